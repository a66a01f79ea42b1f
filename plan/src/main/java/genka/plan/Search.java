package genka.plan;

import genka.plan.Strategy.Recompute;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * The strategies a step could be spread by. Degrees are powers of two (pipelines also divisors of the depth), tensor ranks stay inside
 * a link domain, memory is checked before time.
 */
public final class Search {
    /** A strategy that fits, with its step time. */
    public record Found(Job job, double seconds, double bytes) {}

    /** How the accelerators are divided: what is left after tensor, pipeline and context ranks are data ranks. */
    private record Grid(int tensor, int pipeline, int context, int data) {}

    private static final int MOST_TENSOR = 8;
    private static final int MOST_PIPELINE = 64;
    private static final int MOST_CONTEXT = 16;
    private static final int LONG_SEQUENCE = 16384;
    private static final int MOST_EXPERT = 256;
    private static final int MOST_MICRO_BATCH = 16;
    private static final int MOST_CHUNKS = 4;
    /** The fastest by closed forms of which the fastest is found by playing them through: forms err by some per cent. */
    private static final int FINALISTS = 6;
    /** Without a pipeline no schedule differs from another. */
    private static final List<Schedule> ALONE = List.of(Schedule.ONE_F_ONE_B);

    private final StepModel model;
    private final ToDoubleFunction<Job> played;
    private final StepTime time = new StepTime();

    public Search(Calibration calibration) {
        this(calibration, job -> calibration.playing().evaluate(job, new StepTime()));
    }

    /** @param played seconds of a step as a plan of the job tells them */
    Search(Calibration calibration, ToDoubleFunction<Job> played) {
        this.model = calibration.model();
        this.played = played;
    }

    /** The fastest that fits, if any does, with its time played through. */
    public Optional<Found> fastest(Workload work) {
        PriorityQueue<Found> best =
                new PriorityQueue<>(Comparator.comparingDouble(Found::seconds).reversed());
        each(work, found -> {
            best.add(found);
            if (best.size() > FINALISTS) {
                best.remove();
            }
        });
        return best.stream()
                .map(found -> new Found(found.job(), played.applyAsDouble(found.job()), found.bytes()))
                .min(Comparator.comparingDouble(Found::seconds));
    }

    /** Those that no other beats on any of these numbers of accelerators, with their times played through. */
    Front front(Workload work, List<Integer> accelerators) {
        Front front = new Front();
        accelerators.forEach(count -> each(work.on(count), front::offer));
        return front.timed(played);
    }

    /** The one that needs the fewest bytes, whether it fits or not; none when the accelerators cannot be divided at all. */
    public Optional<Found> smallest(Workload work) {
        List<Found> best = new ArrayList<>();
        jobs(work, job -> {
            double bytes = MemoryModel.total(job);
            if (best.isEmpty() || bytes < best.getFirst().bytes()) {
                best.clear();
                best.add(new Found(job, model.evaluate(job, time), bytes));
            }
        });
        return best.stream().findFirst();
    }

    /** Hands every strategy that fits to {@code into}, with its time by closed forms. */
    public void each(Workload work, Consumer<Found> into) {
        jobs(work, job -> {
            double bytes = MemoryModel.total(job);
            if (MemoryModel.fits(bytes, job.cluster())) {
                into.accept(new Found(job, model.evaluate(job, time), bytes));
            }
        });
    }

    /** Hands every strategy to {@code into}, whether it fits or not. */
    void jobs(Workload work, Consumer<Job> into) {
        int count = work.cluster().accelerators();
        int depth = work.model().depth();
        int widest = Math.min(work.cluster().domain(), MOST_TENSOR);
        for (int tensor = 1; tensor <= widest && count % tensor == 0; tensor *= 2) {
            if (!Layout.dealsHeads(work.model(), tensor)) {
                break;
            }
            for (int pipeline = 1; pipeline <= Math.min(MOST_PIPELINE, depth); pipeline++) {
                boolean cut = Integer.bitCount(pipeline) == 1 || depth % pipeline == 0;
                if (cut && count % (tensor * pipeline) == 0) {
                    contexts(work, tensor, pipeline, into);
                }
            }
        }
    }

    private static void contexts(Workload work, int tensor, int pipeline, Consumer<Job> into) {
        int count = work.cluster().accelerators();
        int most = work.sequence() >= LONG_SEQUENCE ? MOST_CONTEXT : 1;
        for (int context = 1; context <= most && count % (tensor * pipeline * context) == 0; context *= 2) {
            int data = count / (tensor * pipeline * context);
            if (Layout.fillsRanks(work.globalBatch(), data, 1)) {
                experts(work, new Grid(tensor, pipeline, context, data), into);
            }
        }
    }

    private static void experts(Workload work, Grid grid, Consumer<Job> into) {
        int experts = work.model().moeLayers() == 0 ? 1 : work.model().experts().routed();
        int group = grid.data() * grid.context() * grid.tensor();
        for (int expert = 1; expert <= Math.min(Math.min(experts, group), MOST_EXPERT); expert *= 2) {
            if (group % expert != 0 || experts % expert != 0) {
                continue;
            }
            long most = Math.min(MOST_MICRO_BATCH, work.globalBatch() / grid.data());
            for (int micro = 1; micro <= most; micro *= 2) {
                for (Schedule schedule : grid.pipeline() == 1 ? ALONE : work.schedules()) {
                    kept(work, grid, expert, micro, schedule, into);
                }
            }
        }
    }

    private static void kept(Workload work, Grid grid, int expert, int micro, Schedule schedule, Consumer<Job> into) {
        boolean interleaves = grid.pipeline() > 1 && schedule == Schedule.ONE_F_ONE_B;
        double microBatches = Math.ceil((double) work.globalBatch() / ((double) grid.data() * micro));
        for (int chunks = 1; chunks <= (interleaves ? MOST_CHUNKS : 1); chunks *= 2) {
            if (!Layout.cutsLayers(work.model(), grid.pipeline(), schedule, chunks)
                    || schedule.refusal(grid.pipeline(), chunks, microBatches).isPresent()) {
                continue;
            }
            for (Recompute recompute : Recompute.values()) {
                for (int zero = 1; zero <= (grid.pipeline() > 1 ? 1 : 3); zero += 2) {
                    into.accept(work.spread(new Strategy(
                            grid.tensor(),
                            grid.pipeline(),
                            chunks,
                            grid.context(),
                            grid.data(),
                            expert,
                            micro,
                            zero,
                            recompute,
                            schedule,
                            grid.tensor() > 1,
                            work.precision())));
                }
            }
        }
    }
}
