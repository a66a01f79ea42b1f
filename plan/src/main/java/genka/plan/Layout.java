package genka.plan;

import genka.catalog.StageSpec;
import genka.catalog.Transformer;
import genka.units.GenkaException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which ways to spread a step can be: searches leave the others out, recipes are told. */
final class Layout {
    private Layout() {}

    /** Whether tensor ranks have as many heads each. */
    static boolean dealsHeads(Transformer model, int tensor) {
        return model.attention().heads() % tensor == 0;
    }

    /** Whether each part of a pipeline has a layer. */
    static boolean cutsLayers(Transformer model, int pipeline, Schedule schedule, int chunks) {
        return (long) schedule.parts(chunks) * pipeline <= model.depth();
    }

    /** Whether data ranks have a micro-batch each. */
    static boolean fillsRanks(long batch, long data, long microBatch) {
        return data * microBatch <= batch;
    }

    /**
     * Refuses what a recipe says and cannot be.
     *
     * @param stage its name
     */
    static void require(Job job, String stage) {
        Transformer model = job.model();
        Strategy s = job.strategy();
        int heads = model.attention().heads();
        if (s.tensor() > heads) {
            throw refused(
                    "tensor",
                    s.tensor(),
                    "at most the " + heads + " attention heads of stage " + stage + "'s model",
                    Integer.lowestOneBit(heads));
        }
        if (!cutsLayers(model, s.pipeline(), s.schedule(), s.chunks())) {
            int parts = s.schedule().parts(s.chunks());
            String cut = parts > 1 ? ", of which each rank holds " + parts + " parts" : "";
            int most = Math.max(1, model.depth() / parts);
            throw refused(
                    "pipeline",
                    s.pipeline(),
                    "at most the " + model.depth() + " layers of stage " + stage + "'s model" + cut,
                    Integer.highestOneBit(most));
        }
        if (s.schedule() == Schedule.DUALPIPE && s.pipeline() % 2 != 0) {
            throw refused("pipeline", s.pipeline(), "even, since dualpipe goes both ways", s.pipeline() + 1);
        }
        if (s.chunks() > 1) {
            shortfall(job).ifPresent(needs -> {
                throw GenkaException.user("where.parallelism.chunks (" + s.chunks() + "): " + needs
                        + ", and a step of stage " + stage + " has " + Math.round(job.microBatches()) + ". Maybe 1?");
            });
        }
        if (!fillsRanks(job.globalBatch(), s.data(), s.microBatch())) {
            throw refused(
                    "micro_batch",
                    s.microBatch(),
                    "at most the " + job.globalBatch() / s.data() + " sequences that a step of stage " + stage
                            + " has for each of " + s.data() + " data ranks",
                    Long.highestOneBit(job.globalBatch() / s.data()));
        }
    }

    private static GenkaException refused(String key, int value, String limit, long maybe) {
        return GenkaException.user(
                "where.parallelism." + key + " (" + value + ") must be " + limit + ". Maybe " + maybe + "?");
    }

    /**
     * What is odd about the way a recipe spreads its stages, a line each. A schedule that no pre-training has micro-batches enough for is
     * refused: shorter stages are often spread as the first one was, and what a pipeline does with fewer can be reckoned.
     */
    static List<String> oddities(List<StageSpec> said, List<StagePlan> stages) {
        List<String> notes = new ArrayList<>();
        List<StagePlan> shorter = new ArrayList<>();
        List<StagePlan> pretraining = new ArrayList<>();
        for (int i = 0; i < stages.size(); i++) {
            StagePlan stage = stages.get(i);
            if (said.get(i) instanceof StageSpec.Training) {
                heads(stage).ifPresent(notes::add);
                boolean one = stage.job().strategy().schedule() == Schedule.DUALPIPE
                        && stage.job().microBatches() < 2;
                if (one) {
                    requireSchedule(stage); // it would go one way only
                }
                if (shortfall(stage.job()).isPresent()) {
                    shorter.add(stage);
                }
                if (said.get(i).kind().equals("pretrain")) {
                    pretraining.add(stage);
                }
            }
        }
        if (!pretraining.isEmpty() && shorter.containsAll(pretraining)) {
            requireSchedule(pretraining.getFirst());
        }
        if (!shorter.isEmpty()) {
            notes.add(fewer(shorter));
        }
        return notes;
    }

    /** Heads that ranks share unevenly can be reckoned, too. */
    private static Optional<String> heads(StagePlan stage) {
        int tensor = stage.job().strategy().tensor();
        Transformer model = stage.job().model();
        return dealsHeads(model, tensor)
                ? Optional.empty()
                : Optional.of("stage " + stage.name() + ": " + model.attention().heads()
                        + " attention heads do not divide by " + tensor
                        + " tensor ranks, which most frameworks refuse; planned as if they did");
    }

    private static String fewer(List<StagePlan> stages) {
        Job job = stages.getFirst().job();
        String each = stages.stream()
                .map(stage -> stage.name() + " (" + Math.round(stage.job().microBatches()) + ")")
                .collect(Collectors.joining(", "));
        return job.strategy().schedule().word() + ": "
                + shortfall(job).orElseThrow() + "; steps of " + each
                + " have fewer and are planned as if it ran with them";
    }

    private static void requireSchedule(StagePlan stage) {
        Job job = stage.job();
        Strategy s = job.strategy();
        shortfall(job).ifPresent(needs -> {
            throw GenkaException.user(
                    "where.parallelism.pipeline_schedule (" + s.schedule().word() + "): " + needs
                            + ", and a step of stage " + stage.name() + " has " + Math.round(job.microBatches()) + " ("
                            + job.globalBatch()
                            + " sequences, " + s.data() + " data ranks, micro-batches of " + s.microBatch()
                            + "). Maybe zb-v, or a larger batch?");
        });
    }

    /** Why a schedule lacks micro-batches, if it does. */
    private static Optional<String> shortfall(Job job) {
        Strategy s = job.strategy();
        return s.pipeline() == 1
                ? Optional.empty()
                : s.schedule().refusal(s.pipeline(), s.chunks(), job.microBatches());
    }
}
