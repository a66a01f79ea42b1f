package genka.model;

import genka.kernel.AlignedFloats;
import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;
import genka.kernel.Vectors;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Training of a small model by slices of the batch: a thread takes some sequences forward and backward through all layers before
 * the next, so that everything a slice keeps stays in its second cache, and threads meet only at the end. Each lane adds up the
 * gradients of its slices, then the lanes are added in their order. Slices and lanes depend on the batch alone, so the number of threads
 * changes no bit. The last slices of the last lanes are handed out one by one when all lanes have begun: whole lanes would leave threads
 * waiting for each other longer.
 */
final class Lanes {
    /** How many gradients are added up apart at most, and so how many threads help at once; any of the team's may. */
    static final int LANES = 8;

    /** Lanes whose last slice is handed out apart, for each thread. */
    private static final int SPLIT_A_THREAD = 2;

    /** Between two looks for a lane that is done but for its last slice: short beside a slice, and the processor is free meanwhile. */
    private static final long WAIT_NANOS = 20_000;

    /** Parameters up to which weights, packed weights and gradients leave the caches room. */
    private static final long MOST_PARAMETERS = 1_000_000;

    /** Sums over rows; whoever asks clears them. */
    static final class Sums {
        double sum;
        int counted;
        double mtpSum;
        int mtpCounted;
        double balance;

        void clear() {
            sum = 0;
            counted = 0;
            mtpSum = 0;
            mtpCounted = 0;
            balance = 0;
        }

        void add(Sums other) {
            sum += other.sum;
            counted += other.counted;
            mtpSum += other.mtpSum;
            mtpCounted += other.mtpCounted;
            balance += other.balance;
        }
    }

    /** Gradients and sums of some of the slices. */
    private static final class Lane {
        private final float[] gradients;
        private final Sums sums = new Sums();
        private final AtomicBoolean awaitsLast = new AtomicBoolean();

        Lane(int parameters) {
            gradients = new float[parameters];
        }
    }

    /** One thread's pass and the slice it is at: what it keeps of a slice lies where the one before lay, in the cache. */
    private static final class Worker {
        private final Parameters parameters;
        private final ModelPass pass;
        private final Slice slice = new Slice();

        Worker(Model model) {
            parameters = model.parameters().withOwnGradients();
            // A team of one has no threads to end: its caller does the work.
            pass = new ModelPass(new Model(model.spec(), parameters), new Gemm(new ThreadTeam(1)));
        }
    }

    private final ThreadTeam team;
    private final Parameters parameters;
    private final Lane[] lanes = new Lane[LANES];
    private final Worker[] workers;
    private final Slices slices = new Slices();
    private final ThreadTeam.RangeTask laneTask = this::runLanes;
    private final ThreadTeam.RangeTask addTask = this::addGradients;
    private TokenBatch batch = new TokenBatch(0, new int[1], new int[0], new int[0]);
    private LossTerms terms = new LossTerms();
    private int inUse;
    private int whole;
    private float[] logProb = {};
    private float[] entropy = {};

    Lanes(Model model, ThreadTeam team) {
        this.team = team;
        this.parameters = model.parameters();
        for (int i = 0; i < LANES; i++) {
            lanes[i] = new Lane(parameters.values().length);
        }
        workers = new Worker[team.threads()];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(model);
        }
        AlignedFloats forward = new AlignedFloats(workers[0].pass.packedSize());
        AlignedFloats backward = new AlignedFloats(forward.size());
        for (Worker worker : workers) {
            worker.pass.keepPacked(forward, backward);
        }
    }

    /** Whether a batch with so many rows and so long a sequence is trained by slices. */
    static boolean suit(long parameters, long rows, int longest) {
        return parameters <= MOST_PARAMETERS && longest <= RaggedRows.BLOCK && rows > RaggedRows.BLOCK;
    }

    /**
     * As {@link ModelPass#addGradient(TokenBatch, LossTerms, Sums)}; what the experts got is added to {@code loads}.
     *
     * @param logProb [rows] out, as is {@code entropy}
     */
    void addGradient(
            TokenBatch batch, LossTerms terms, RouterLoads loads, Sums sums, float[] logProb, float[] entropy) {
        this.batch = batch;
        this.terms = terms;
        this.logProb = logProb;
        this.entropy = entropy;
        slices.of(batch);
        workers[0].pass.packAll();
        inUse = lanes(slices.count());
        whole = team.threads() == 1 ? inUse : Math.max(0, inUse - SPLIT_A_THREAD * team.threads());
        for (int i = whole; i < inUse; i++) {
            lanes[i].awaitsLast.set(false);
        }
        team.each(2 * inUse - whole, laneTask);
        parameters.gradients();
        team.run(parameters.values().length, Workspace.grain(1), addTask);
        for (int i = 0; i < inUse; i++) {
            sums.add(lanes[i].sums);
        }
        for (Worker worker : workers) {
            loads.take(worker.pass.loads());
        }
    }

    /** A lane for each two or more slices: clearing and adding up its gradients is paid for by few others. */
    private static int lanes(int slices) {
        return slices < 2 * LANES ? Math.max(1, Math.min(LANES / 2, slices / 2)) : LANES;
    }

    /** Those with a slice more come first: what is left at the end, when others have nothing to do, is short. */
    private int firstSlice(int lane) {
        return slices.count() / inUse * lane + Math.min(lane, slices.count() % inUse);
    }

    /** The lanes in their order, then once more for each that is split: the last slice of one of them. */
    private void runLanes(int worker, int from, int to) {
        for (int i = from; i < to; i++) {
            if (i < whole) {
                begin(worker, i, firstSlice(i + 1));
            } else if (i < inUse) {
                try {
                    begin(worker, i, firstSlice(i + 1) - 1);
                } finally {
                    lanes[i].awaitsLast.set(true);
                }
            } else {
                int lane = awaitingLast();
                run(worker, lanes[lane], firstSlice(lane + 1) - 1, firstSlice(lane + 1));
            }
        }
    }

    /** A split lane that nobody else ends: there is one for each who asks, as soon as whoever began it is done. */
    private int awaitingLast() {
        while (true) {
            for (int i = whole; i < inUse; i++) {
                if (lanes[i].awaitsLast.compareAndSet(true, false)) {
                    return i;
                }
            }
            LockSupport.parkNanos(this, WAIT_NANOS);
        }
    }

    private void begin(int worker, int lane, int endSlice) {
        lanes[lane].sums.clear();
        Arrays.fill(lanes[lane].gradients, 0);
        run(worker, lanes[lane], firstSlice(lane), endSlice);
    }

    private void run(int worker, Lane lane, int fromSlice, int toSlice) {
        Worker own = workers[worker];
        own.parameters.gradients(lane.gradients);
        for (int slice = fromSlice; slice < toSlice; slice++) {
            int first = slices.first(slice);
            own.slice.of(batch, terms, first, slices.first(slice + 1));
            own.pass.addGradient(own.slice.batch(), own.slice.terms(), lane.sums);
            own.pass.copyRows(own.slice.copied(), logProb, entropy, batch.starts()[first]);
        }
    }

    private void addGradients(int worker, int from, int to) {
        for (int i = 0; i < inUse; i++) {
            Vectors.add(to - from, lanes[i].gradients, from, parameters.gradients(), from);
        }
    }
}
