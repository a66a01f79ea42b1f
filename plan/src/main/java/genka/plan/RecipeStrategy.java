package genka.plan;

import genka.catalog.Accelerator;
import genka.catalog.Nearest;
import genka.catalog.Transformer;
import genka.plan.Strategy.Recompute;
import genka.units.GenkaException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads a recipe's {@code where.parallelism}. */
final class RecipeStrategy {
    private RecipeStrategy() {}

    /** Whether it says how the work is spread, and not only what it is computed and kept in. */
    static boolean spreads(Map<String, Object> said) {
        return !Set.of("precision", "moments").containsAll(said.keySet());
    }

    /** What it says; data ranks are what is left when it does not say them. */
    static Strategy read(Map<String, Object> said, int count, long batch) {
        Values values = new Values(said);
        int tensor = degree(values, "tensor", 1);
        int pipeline = degree(values, "pipeline", 1);
        int context = degree(values, "context", 1);
        long all = (long) tensor * pipeline * context;
        int spread = (int) Math.min(all, Integer.MAX_VALUE);
        if (all > count || count % spread != 0) {
            throw GenkaException.user("where.parallelism: tensor x pipeline x context (" + spread
                    + ") must divide where.count (" + count + ")");
        }
        int data = degree(values, "data", count / spread);
        if ((long) data * spread != count) {
            throw GenkaException.user("where.parallelism: tensor x pipeline x context x data (" + (long) data * spread
                    + ") must be where.count (" + count + "). Maybe data " + count / spread + "?");
        }
        if (data > batch) {
            String what = said.containsKey("data")
                    ? "where.parallelism.data (" + data + ")"
                    : "the data ranks that where.parallelism leaves (where.count / " + spread + " = " + data + ")";
            throw GenkaException.user(
                    what + " must be at most the batch (" + batch
                            + " sequences). Maybe more pipeline ranks, or leave where.parallelism out: then the fastest way is found");
        }
        return new Strategy(
                tensor,
                pipeline,
                degree(values, "chunks", 1),
                context,
                data,
                degree(values, "expert", 1),
                degree(values, "micro_batch", 1),
                values.whole("zero_stage").orElse(1),
                recompute(said).orElse(Recompute.NONE),
                schedule(values),
                tensor > 1,
                precision(said));
    }

    private static int degree(Values values, String key, int otherwise) {
        int degree = values.whole(key).orElse(otherwise);
        if (degree < 1) {
            throw GenkaException.user("where.parallelism." + key + " (" + degree + ") must be positive. Maybe 1?");
        }
        return degree;
    }

    /** Refuses what the recipe says and nothing would come of. */
    static void requireEffect(Map<String, Object> said, List<Transformer> models) {
        Values values = new Values(said);
        if (values.whole("expert").orElse(1) > 1 && models.stream().allMatch(model -> model.moeLayers() == 0)) {
            throw nothing("expert", said, models.size() > 1 ? "no model has experts" : "the model has no experts");
        }
        if (values.text("pipeline_schedule").isPresent()
                && values.whole("pipeline").orElse(1) == 1) {
            throw nothing("pipeline_schedule", said, "there is one pipeline rank");
        }
        if (values.whole("chunks").orElse(1) > 1
                && (values.whole("pipeline").orElse(1) == 1 || schedule(values) != Schedule.ONE_F_ONE_B)) {
            throw nothing("chunks", said, "only 1f1b over several pipeline ranks interleaves");
        }
    }

    /** Experts are dealt out evenly among the ranks that hold the same layers. */
    static void requireDivisible(Strategy strategy, Transformer model) {
        int ranks = strategy.data() * strategy.context() * strategy.tensor();
        if (model.moeLayers() > 0
                && (model.experts().routed() % strategy.expert() != 0 || ranks % strategy.expert() != 0)) {
            throw GenkaException.user("where.parallelism.expert (" + strategy.expert() + ") must divide the model's "
                    + model.experts().routed() + " experts and data x context x tensor (" + ranks + "). Maybe "
                    + Integer.highestOneBit(Math.min(strategy.expert(), ranks)) + "?");
        }
    }

    private static GenkaException nothing(String key, Map<String, Object> said, String why) {
        return GenkaException.user("where.parallelism." + key + " (" + said.get(key) + ") changes nothing: " + why
                + ". Maybe leave it out");
    }

    static Precision precision(Map<String, Object> said) {
        return Precision.named(new Values(said).text("precision").orElse("bf16"));
    }

    /** Accelerators that a recipe was not written for may lack its format of numbers. */
    static String otherPrecision(Accelerator accelerator, Precision said, Precision planned) {
        return "the recipe says " + said.word() + ", which " + accelerator.id() + " does not compute in: planned in "
                + planned.word();
    }

    /** The framework, with optimizer states as the recipe says. */
    static Stack stack(Map<String, Object> said) {
        String moments = new Values(said).text("moments").orElse("fp32");
        return switch (moments) {
            case "fp32" -> Stack.MODERN;
            case "bf16" -> Stack.modern(8);
            default ->
                throw GenkaException.user("where.parallelism.moments (" + moments + ") must be fp32 or bf16."
                        + Nearest.advice(moments, List.of("fp32", "bf16")));
        };
    }

    private static Schedule schedule(Values values) {
        String said = values.text("pipeline_schedule").orElse(Schedule.ONE_F_ONE_B.word());
        return Schedule.find(said)
                .orElseThrow(() -> GenkaException.user("where.parallelism.pipeline_schedule ("
                        + said.toLowerCase(Locale.ROOT) + ") is unknown."
                        + Nearest.advice(said.toLowerCase(Locale.ROOT), Schedule.words())));
    }

    /** What is computed again, where the recipe says it; otherwise as little as fits. */
    static Optional<Recompute> recompute(Map<String, Object> said) {
        return new Values(said)
                .text("recompute")
                .map(word -> Recompute.find(word)
                        .orElseThrow(() -> GenkaException.user("where.parallelism.recompute (" + word
                                + ") must be one of " + String.join(", ", Recompute.words()) + "."
                                + Nearest.advice(word, Recompute.words()))));
    }

    /**
     * The same job with more and more computed again, then cut over context ranks taken from the data ranks, until it fits.
     *
     * @param recomputes whether more may be computed again than the job says
     */
    static Job fitting(Job job, boolean recomputes) {
        Job at = job;
        while (!MemoryModel.fits(at)) {
            Strategy s = at.strategy();
            Strategy next;
            if (recomputes && s.recompute() != Recompute.FULL) {
                Recompute more = s.recompute() == Recompute.NONE ? Recompute.SELECTIVE : Recompute.FULL;
                next = s.with(more);
            } else if (s.data() % 2 == 0 && s.context() < 64) {
                next = s.with(2 * s.context(), s.data() / 2, s.recompute());
            } else {
                return job;
            }
            at = at.with(next);
        }
        return at;
    }
}
