package genka.catalog;

import genka.catalog.StageSpec.LossOn;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The stages, in order. */
final class StageSection {
    private static final List<String> KINDS = List.of("pretrain", "sft", "grpo", "rejection-sample", "distill");
    private static final int MOST = 100;

    private StageSection() {}

    static List<StageSpec> read(
            Section top, Map<String, Recipe.ModelSource> models, Map<String, Recipe.DataSpec> sources) {
        InputsSection inputs = new InputsSection(models, sources);
        OptimizerSection defaults = OptimizerSection.defaults(top);
        List<Section> sections = top.sections("stages");
        boolean none = sections.isEmpty()
                && top.find("stages").map(YamlNode.Sequence.class::isInstance).orElse(true);
        if (none || sections.size() > MOST) {
            top.problem("stages", "must list one stage or more, " + MOST + " at most, each with a kind");
        }
        List<StageSpec> stages = new ArrayList<>();
        List<Object> resolved = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Section written : sections.subList(0, Math.min(MOST, sections.size()))) {
            String kind = written.choice("kind", KINDS, Optional.empty());
            Section stage = kind.equals("grpo") ? Presets.under(written) : written;
            stage = kind.equals("rejection-sample") ? stage : defaults.under(stage);
            stage.choice("kind", KINDS, Optional.of(kind));
            String name = stage.text("name", kind);
            if (!names.add(name) && !written.isSilent()) {
                stage.problem(
                        stage.has("name") ? "name" : "kind",
                        "must be unique: an earlier stage is named " + name + ". Maybe add name: " + name + "-2");
            }
            if (!name.matches(Section.NAME) || sources.containsKey(name) || name.equals(StageSpec.Inputs.FRESH)) {
                stage.problem(
                        "name",
                        "must be letters, digits, dots and dashes, 64 at most, and no source's name. Maybe " + kind);
            }
            StageSpec.Inputs from = inputs.read(stage, kind, stages);
            ModelSpec model = inputs.model(from);
            stages.add(
                    switch (kind) {
                        case "grpo" -> GrpoSection.read(stage, written.node(), name, from, model);
                        case "rejection-sample" -> rejectionSample(stage, name, from, model);
                        default -> supervised(stage, kind, name, from, model, inputs.hasResponses(from));
                    });
            stage.close();
            resolved.add(stage.resolved());
        }
        top.resolve("stages", resolved);
        return stages;
    }

    private static StageSpec rejectionSample(Section stage, String name, StageSpec.Inputs inputs, ModelSpec model) {
        int maxNewTokens = GrpoSection.maxNewTokens(stage, model);
        int samples = (int) stage.whole("samples", 4, Range.between(1, 1024));
        StageSpec.RejectionSample spec = new StageSpec.RejectionSample(
                name,
                inputs,
                stage.requiredWhole("prompts", Range.POSITIVE, "how many questions are asked"),
                samples,
                (int) stage.whole("batch", 64, Range.between(1, 1 << 20)),
                maxNewTokens,
                stage.number("temperature", 1, Range.TEMPERATURE),
                filter(stage.section("keep"), maxNewTokens, samples),
                stage.whole("sample_every", 0, Range.COUNT));
        return spec;
    }

    private static StageSpec.Filter filter(Section section, int maxNewTokens, int samples) {
        StageSpec.Filter filter = new StageSpec.Filter(
                section.number("language", 1, Range.SHARE),
                (int) section.whole("longest", maxNewTokens, Range.POSITIVE_INT),
                (int) section.whole("per_prompt", samples, Range.POSITIVE_INT));
        section.close();
        return filter;
    }

    private static StageSpec supervised(
            Section stage, String kind, String name, StageSpec.Inputs inputs, ModelSpec model, boolean hasResponses) {
        Optional<Long> steps = stage.optionalWhole("steps", Range.POSITIVE);
        Optional<Double> tokens = stage.optionalTokens("tokens");
        if (steps.isEmpty() == tokens.isEmpty()) {
            stage.problem(
                    steps.isEmpty() ? "steps" : "tokens",
                    steps.isEmpty() ? "or tokens must say how long the stage is" : "must not stand beside steps");
            steps = Optional.of(1L);
            tokens = Optional.empty();
        }
        int batch = (int) stage.whole("batch", 64, Range.between(1, 1 << 24));
        int accumulate = (int) stage.whole("accumulate", 1, Range.POSITIVE_INT);
        if (batch % accumulate != 0) {
            stage.problem("accumulate", "must divide batch (" + batch + ")");
        }
        long evaluateEvery = stage.whole("evaluate_every", 0, Range.COUNT);
        return new StageSpec.Supervised(
                kind,
                name,
                inputs,
                steps,
                tokens,
                batch,
                sequenceLength(stage, model),
                accumulate,
                lossOn(stage, !kind.equals("pretrain"), hasResponses),
                mtpWeight(stage, model),
                stage.number("balance_weight", 0, Range.NOT_NEGATIVE),
                biasUpdate(stage, model),
                evaluateEvery,
                stage.whole("sample_every", 0, Range.COUNT),
                WeightSection.stop(stage, evaluateEvery),
                WeightSection.weights(stage, evaluateEvery),
                OptimizerSection.optimizer(stage.section("optimizer")),
                OptimizerSection.schedule(stage.section("schedule")));
    }

    private static LossOn lossOn(Section stage, boolean wantsResponses, boolean hasResponses) {
        List<String> choices = List.of("all", "response");
        String chosen =
                stage.choice("loss_on", choices, Optional.of(choices.get(wantsResponses && hasResponses ? 1 : 0)));
        LossOn lossOn = LossOn.valueOf(chosen.toUpperCase(Locale.ROOT));
        if (lossOn == LossOn.RESPONSE && !hasResponses) {
            stage.problem(
                    "loss_on",
                    "must be all: this text has no responses. Maybe data of kind jsonl with prompt_field and response_field");
        }
        return lossOn;
    }

    private static double mtpWeight(Section stage, ModelSpec model) {
        double weight = stage.number("mtp_weight", model.mtpModules() > 0 ? 0.3 : 0, Range.NOT_NEGATIVE);
        if (weight > 0 && model.mtpModules() == 0 && !ModelSection.isUnread(model)) {
            stage.problem("mtp_weight", "must be 0: this model predicts one token (num_nextn_predict_layers is 0)");
        }
        return weight;
    }

    private static int sequenceLength(Section stage, ModelSpec model) {
        int most = model.maxPositions();
        int length = (int) stage.whole("sequence_length", Math.min(most, 512), Range.POSITIVE_INT);
        if (length > most) {
            stage.problem("sequence_length", "must be at most the model's max_position_embeddings (" + most + ")");
        }
        return length;
    }

    /** V3's 0.001 where the router has a correction bias (arXiv 2412.19437 §4.2), else 0. */
    static double biasUpdate(Section stage, ModelSpec model) {
        boolean hasBias = model.moe()
                .filter(moe -> moe.selection() == MoeSpec.Selection.NOAUX_TC)
                .isPresent();
        double update = stage.number("bias_update", hasBias ? 0.001 : 0, Range.NOT_NEGATIVE);
        if (update > 0 && !hasBias && !ModelSection.isUnread(model)) {
            stage.problem("bias_update", "must be 0: this model's router has no correction bias");
        }
        return update;
    }
}
