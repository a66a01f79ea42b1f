package genka.plan;

import genka.catalog.MuonWork;
import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.catalog.TextLengths;
import genka.catalog.Transformer;
import java.util.LinkedHashMap;
import java.util.Map;

/** How much a recipe's stages have to do where they run in one process: steps, and FLOP as if all were work of training. */
public final class LocalWork {
    /** Decoding a token at a time reaches this share of the speed of training. Assumed; a step's answers are decoded together. */
    static final double DECODING = 0.18;
    /** Of a training pass's work, what a forward pass needs. */
    private static final double FORWARD = 1.0 / 3;
    /** Questions that dynamic sampling asks for each that it keeps. Assumed: a fourth of the groups are all right or all wrong. */
    static final double ASKED_AGAIN = 4.0 / 3;

    private final Recipe recipe;
    private final TextLengths lengths;

    public LocalWork(Recipe recipe, TextLengths lengths) {
        this.recipe = recipe;
        this.lengths = lengths;
    }

    double steps(StageSpec stage) {
        return switch (stage) {
            case StageSpec.Supervised s -> lengths.steps(s);
            case StageSpec.Grpo g -> usualSteps(g);
            case StageSpec.RejectionSample r -> r.steps();
        };
    }

    /** Steps until a stage is good enough, where its recipe says how many that usually takes. */
    static double usualSteps(StageSpec.Grpo stage) {
        return stage.usualSteps().map(Integer::doubleValue).orElse((double) stage.steps());
    }

    /** All steps of a stage and its evaluations. */
    double flops(StageSpec stage) {
        Transformer model = recipe.transformer(stage);
        return evaluations(stage, model)
                + switch (stage) {
                    case StageSpec.Supervised s -> steps(s) * step(s);
                    case StageSpec.Grpo g -> steps(g) * reinforced(g, model);
                    case StageSpec.RejectionSample r ->
                        answers(model, r.prompts(), r.samples(), r.inputs().data(), r.maxNewTokens());
                };
    }

    /** FLOP of a step of supervised training. */
    public double step(StageSpec.Supervised stage) {
        Transformer model = recipe.transformer(stage);
        double rows = lengths.rows(stage);
        return stage.batch() * rows * model.trainingFlopsPerToken(rows) + optimizer(stage, model);
    }

    /** Asking, and an update in which the answers to a question share it. */
    private double reinforced(StageSpec.Grpo stage, Transformer model) {
        Map<String, Double> data = stage.inputs().data();
        double prompt = lengths.prompt(data);
        double answer = Math.min(stage.maxNewTokens(), lengths.answer(data));
        double passes = 1
                + (stage.objective().weighsByAdvantage() ? 0 : FORWARD)
                + (stage.objective().klBeta() > 0 ? FORWARD : 0);
        double rows = stage.prompts() * (prompt + stage.group() * answer);
        double asked = stage.prompts() * (stage.draws().refill() > 0 ? ASKED_AGAIN : 1);
        return answers(model, asked, stage.group(), data, stage.maxNewTokens())
                + passes * rows * model.trainingFlopsPerToken(prompt + answer)
                + optimizer(stage, model);
    }

    /** Answers to the prompts that are kept apart, every so many steps and after the last. */
    private double evaluations(StageSpec stage, Transformer model) {
        if (stage instanceof StageSpec.RejectionSample) {
            return 0;
        }
        Map<String, Double> asked = new LinkedHashMap<>();
        recipe.sources().forEach((name, source) -> {
            if (source instanceof Recipe.DataSpec.Task task && task.evaluationPrompts() > 0) {
                asked.put(name, (double) task.evaluationPrompts());
            }
        });
        double prompts = asked.values().stream().mapToDouble(each -> each).sum();
        double times = stage.evaluateEvery() == 0 ? 1 : Math.ceil(steps(stage) / stage.evaluateEvery());
        int limit = stage instanceof StageSpec.Grpo grpo ? grpo.maxNewTokens() : Integer.MAX_VALUE;
        return times * answers(model, prompts, 1, asked, limit);
    }

    /** Each question is read once, then answered so many times. */
    private double answers(
            Transformer model, double prompts, double samples, Map<String, Double> tasks, int maxNewTokens) {
        double prompt = lengths.prompt(tasks);
        double answer = Math.min(maxNewTokens, lengths.answer(tasks));
        double tokens = prompts * (prompt + samples * answer / DECODING);
        return tokens == 0 ? 0 : FORWARD * tokens * model.trainingFlopsPerToken(prompt + answer);
    }

    private static double optimizer(StageSpec.Training stage, Transformer model) {
        return stage.optimizer()
                .muon()
                .map(muon -> MuonWork.replicated(muon, model) + MuonWork.routed(muon, model))
                .orElse(0.0);
    }
}
