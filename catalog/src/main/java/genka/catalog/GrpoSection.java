package genka.catalog;

import genka.catalog.StageSpec.CurriculumSpec;
import genka.catalog.StageSpec.DrawSpec;
import genka.catalog.StageSpec.Grpo;
import genka.catalog.StageSpec.GrpoSpec;
import genka.catalog.StageSpec.RewardSpec;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A stage of group relative policy optimisation; its preset's values already stand below its own. */
final class GrpoSection {
    private static final List<String> AGGREGATES = List.of("sequence-mean", "token-mean", "constant");

    private GrpoSection() {}

    /** @param written the stage's own keys, without its preset's */
    static Grpo read(Section stage, YamlNode.Mapping written, String name, StageSpec.Inputs inputs, ModelSpec model) {
        long evaluateEvery = stage.whole("evaluate_every", 0, Range.COUNT);
        int prompts = (int) stage.requiredWhole("prompts", Range.POSITIVE_INT, "questions a step");
        GrpoSpec objective = objective(stage.section("objective"), own(written, "objective"), prompts);
        return new Grpo(
                name,
                inputs,
                stage.text("preset", Presets.DEFAULT),
                stage.requiredWhole("steps", Range.POSITIVE, "how many rollouts"),
                prompts,
                (int) stage.requiredWhole("group", Range.between(2, 1 << 20), "answers to each question"),
                accumulate(stage, prompts, objective.minibatches()),
                maxNewTokens(stage, model),
                stage.number("temperature", 1, Range.TEMPERATURE),
                objective,
                reward(stage.section("reward")),
                draws(stage),
                StageSection.biasUpdate(stage, model),
                evaluateEvery,
                stage.whole("sample_every", 0, Range.COUNT),
                WeightSection.stop(stage, evaluateEvery),
                WeightSection.weights(stage, evaluateEvery),
                OptimizerSection.optimizer(stage.section("optimizer")),
                OptimizerSection.schedule(stage.section("schedule")));
    }

    /** Micro-batches an update, each of whole groups and all alike. */
    private static int accumulate(Section stage, int prompts, int minibatches) {
        int accumulate = (int) stage.whole("accumulate", 1, Range.POSITIVE_INT);
        if (accumulate > 1 && prompts % ((long) minibatches * accumulate) != 0) {
            stage.problem(
                    "accumulate",
                    minibatches == 1
                            ? "must divide prompts (" + prompts + ")"
                            : "must divide the prompts of an update (" + prompts + " in " + minibatches
                                    + " minibatches)");
        }
        return accumulate;
    }

    /** The longest answer; with any prompt before it, it has to fit. */
    static int maxNewTokens(Section stage, ModelSpec model) {
        int maxNewTokens = (int) stage.requiredWhole("max_new_tokens", Range.POSITIVE_INT, "the longest answer");
        if (maxNewTokens >= model.maxPositions()) {
            stage.problem(
                    "max_new_tokens",
                    "must be below the model's max_position_embeddings (" + model.maxPositions() + ")");
        }
        return maxNewTokens;
    }

    private static Set<String> own(YamlNode.Mapping written, String key) {
        return written.entries().get(key) instanceof YamlNode.Mapping section
                ? section.entries().keySet()
                : Set.of();
    }

    /** @param own keys that are the recipe's and not the preset's: what cannot hold is refused of them, and left out of a preset */
    private static GrpoSpec objective(Section section, Set<String> own, int prompts) {
        GrpoSpec spec = new GrpoSpec(
                section.truth("scale", true),
                GrpoSpec.Aggregate.valueOf(section.choice("aggregate", AGGREGATES, Optional.of("token-mean"))
                        .toUpperCase(Locale.ROOT)
                        .replace('-', '_')),
                section.truth("sequence_ratio", false),
                section.number("clip_low", 0.2, Range.ABOVE_ZERO),
                section.number("clip_high", 0.2, Range.ABOVE_ZERO),
                section.number("kl_beta", 0, Range.NOT_NEGATIVE),
                unbiasedKl(section),
                referenceEvery(section, own),
                minibatches(section, own, prompts),
                section.truth("drop_zero_variance", false),
                section.truth("mask_truncated", false),
                section.number("entropy_bonus", 0, Range.NOT_NEGATIVE));
        section.close();
        return spec;
    }

    private static boolean unbiasedKl(Section section) {
        boolean unbiased = section.truth("unbiased_kl", false);
        if (unbiased && isWithoutReference(section)) {
            section.problem("unbiased_kl", "needs a KL term, but kl_beta is 0. Maybe kl_beta: 0.001");
        }
        return unbiased;
    }

    private static long referenceEvery(Section section, Set<String> own) {
        long every = section.whole("reference_every", 0, Range.COUNT);
        if (every == 0 || !isWithoutReference(section)) {
            return every;
        }
        if (own.contains("reference_every")) {
            section.problem(
                    "reference_every",
                    "needs a reference model, but kl_beta is 0. Maybe kl_beta: 0.001, or leave it out");
        }
        section.resolve("reference_every", 0L);
        return 0;
    }

    private static boolean isWithoutReference(Section section) {
        return section.resolved().get("kl_beta") instanceof Double beta && beta == 0;
    }

    private static int minibatches(Section section, Set<String> own, int prompts) {
        int minibatches = (int) section.whole("minibatches", 1, Range.POSITIVE_INT);
        if (minibatches <= prompts) {
            return minibatches;
        }
        if (own.contains("minibatches")) {
            section.problem(
                    "minibatches",
                    "must be at most prompts (" + prompts + "): an update takes whole groups. Maybe " + prompts);
        }
        section.resolve("minibatches", (long) prompts);
        return prompts;
    }

    private static DrawSpec draws(Section stage) {
        return new DrawSpec(
                (int) stage.whole("refill", 0, Range.between(0, 1000)),
                stage.optionalSection("curriculum").map(GrpoSection::curriculum));
    }

    private static CurriculumSpec curriculum(Section section) {
        double low = section.number("low", 1.0 / 16, Range.SHARE);
        double high = section.number("high", 0.75, Range.SHARE);
        long refreshEvery = section.whole("refresh_every", 25, Range.POSITIVE);
        if (low >= high) {
            section.problem(
                    section.has("low") ? "low" : "high", "must leave room: low is " + low + ", high is " + high);
            low = 0;
            high = 1;
        }
        section.close();
        return new CurriculumSpec(low, high, refreshEvery);
    }

    private static RewardSpec reward(Section section) {
        RewardSpec spec = new RewardSpec(
                section.number("accuracy", 1, Range.NOT_NEGATIVE),
                section.number("format", 0.1, Range.NOT_NEGATIVE),
                section.number("language", 0, Range.NOT_NEGATIVE),
                (int) section.whole("overlong", 0, Range.between(0, Integer.MAX_VALUE)));
        if (spec.accuracy() + spec.format() + spec.language() == 0) {
            section.problem("accuracy", "and format must not both be 0: nothing would be learned");
        }
        section.close();
        return spec;
    }
}
