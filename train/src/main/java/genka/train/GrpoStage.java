package genka.train;

import genka.books.Use;
import genka.catalog.StageSpec;
import genka.generate.Completion;
import genka.generate.Sampling;
import genka.kernel.SeededRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Group relative policy optimisation on a task: answers are sampled from the live weights, judged by rules, compared within their group
 * and made more or less likely (DeepSeekMath, arXiv 2402.03300 §4.1; R1-Zero, arXiv 2501.12948 §2.2).
 */
final class GrpoStage implements Stage {
    private static final int PREFLIGHT_PROMPTS = 32;
    private static final int PREFLIGHT_SAMPLES = 16;
    private final StageSpec.Grpo spec;
    private final int index;
    private final Workbench bench;
    private final TaskData data;
    private final TaskEvaluator evaluator;
    private final Optimizer optimizer;
    private final Schedule schedule;
    private final PolicyUpdate update;
    private final float[] rewards;
    private final float[] advantages;
    private RunEvents.@Nullable PreFlight preFlight;
    private @Nullable Sample lastSample;

    GrpoStage(StageSpec.Grpo spec, int index, Workbench bench, TaskData data) {
        this.spec = spec;
        this.index = index;
        this.bench = bench;
        this.data = data;
        this.evaluator = new TaskEvaluator(bench, data, spec.maxNewTokens());
        this.optimizer = new Optimizer(
                spec.optimizer(),
                bench.gemm.team(),
                bench.model.parameters().values(),
                bench.model.parameters().gradients());
        this.schedule = Schedule.of(spec.schedule(), spec.steps());
        this.update = new PolicyUpdate(spec, bench.model, bench.pass, bench.gemm, optimizer);
        this.rewards = new float[spec.prompts() * spec.group()];
        this.advantages = new float[rewards.length];
    }

    @Override
    public String name() {
        return spec.name();
    }

    @Override
    public long steps() {
        return spec.steps();
    }

    @Override
    public long evaluateEvery() {
        return spec.evaluateEvery();
    }

    @Override
    public long sampleEvery() {
        return spec.sampleEvery();
    }

    @Override
    public Optimizer optimizer() {
        return optimizer;
    }

    @Override
    public Optional<StageSpec.StopSpec> stop() {
        return spec.stop();
    }

    /** Measures the base. */
    @Override
    public void begin() {
        optimizer.clearGradients();
        preFlight = measured();
    }

    @Override
    public Optional<RunEvents.PreFlight> preFlight() {
        return Optional.ofNullable(preFlight);
    }

    @Override
    public Optional<RunEvents.PreFlight> postFlight() {
        return Optional.of(measured());
    }

    @Override
    public Optional<Diagnostics> diagnostics() {
        return Optional.of(new Diagnostics(spec));
    }

    /** How often samples are right, on prompts of training that are the same before and after. */
    private RunEvents.PreFlight measured() {
        bench.clock.enter(Use.EVALUATION);
        List<Task.Problem> problems = new ArrayList<>();
        for (int i = 0; i < PREFLIGHT_PROMPTS; i++) {
            problems.add(data.problem(Stream.PREFLIGHT.of(bench.seed, index, i)));
        }
        List<Completion> answers = answer(
                problems,
                PREFLIGHT_SAMPLES,
                Stream.PREFLIGHT.of(bench.seed, index).nextLong());
        int[] right = new int[PREFLIGHT_PROMPTS];
        double format = 0;
        int truncated = 0;
        for (int i = 0; i < answers.size(); i++) {
            Task.Score score = evaluator.score(problems.get(i / PREFLIGHT_SAMPLES), answers.get(i));
            right[i / PREFLIGHT_SAMPLES] += score.accuracy() >= 1 ? 1 : 0;
            format += score.format();
            truncated += answers.get(i).truncated() ? 1 : 0;
        }
        return new RunEvents.PreFlight(
                name(),
                PREFLIGHT_PROMPTS,
                PREFLIGHT_SAMPLES,
                PassAtK.mean(PREFLIGHT_SAMPLES, right, 1),
                PassAtK.mean(PREFLIGHT_SAMPLES, right, PREFLIGHT_SAMPLES),
                format / answers.size(),
                truncated / (double) answers.size());
    }

    @Override
    public Report step(long step) {
        bench.clock.enter(Use.DATA);
        List<Task.Problem> problems = new ArrayList<>(spec.prompts());
        for (int i = 0; i < spec.prompts(); i++) {
            SeededRandom random = Stream.PROMPTS.of(bench.seed, index, step, i);
            problems.add(data.problem(random));
        }
        bench.clock.enter(Use.ROLLOUT);
        List<Completion> answers = answer(
                problems,
                spec.group(),
                Stream.ROLLOUTS.of(bench.seed, index, step).nextLong());
        bench.clock.enter(Use.REWARD);
        Map<String, Double> metrics = new LinkedHashMap<>();
        long tokens = judge(problems, answers, metrics);
        bench.clock.enter(Use.UPDATE);
        update.run(step, schedule.multiplier(step), prompts(problems), answers, advantages, metrics);
        lastSample = new Sample(
                problems.getFirst().prompt(),
                TaskEvaluator.text(answers.getFirst(), bench.tokenizer),
                evaluator.score(problems.getFirst(), answers.getFirst()).accuracy());
        return new Report("reward", metrics.getOrDefault("reward", 0.0), tokens, answers.size(), metrics);
    }

    /** Rewards and advantages of the answers; returns how many tokens they have. */
    private long judge(List<Task.Problem> problems, List<Completion> answers, Map<String, Double> metrics) {
        double reward = 0;
        double accuracy = 0;
        double format = 0;
        int truncated = 0;
        int thinking = 0;
        long tokens = 0;
        for (int i = 0; i < answers.size(); i++) {
            Completion answer = answers.get(i);
            Task.Score score = evaluator.score(problems.get(i / spec.group()), answer);
            rewards[i] = (float)
                    (spec.reward().accuracy() * score.accuracy() + spec.reward().format() * score.format());
            reward += rewards[i];
            accuracy += score.accuracy();
            format += score.format();
            truncated += answer.truncated() ? 1 : 0;
            thinking += data.task().thinks(TaskEvaluator.text(answer, bench.tokenizer)) ? 1 : 0;
            tokens += answer.ids().length;
        }
        double n = answers.size();
        int zeroVariance = Advantages.of(
                rewards, answers.size(), spec.group(), spec.objective().scale(), advantages);
        metrics.put("reward", reward / n);
        metrics.put("accuracy", accuracy / n);
        metrics.put("format", format / n);
        metrics.put("response_tokens", tokens / n);
        metrics.put("think_share", thinking / n);
        metrics.put("truncated_share", truncated / n);
        metrics.put("zero_variance_share", zeroVariance / (double) spec.prompts());
        return tokens;
    }

    private List<Completion> answer(List<Task.Problem> problems, int perPrompt, long seed) {
        return bench.generator.generate(
                prompts(problems),
                perPrompt,
                spec.maxNewTokens(),
                Sampling.temperature(spec.temperature()),
                bench.tokenizer.endId(),
                seed);
    }

    private List<int[]> prompts(List<Task.Problem> problems) {
        List<int[]> prompts = new ArrayList<>(problems.size());
        for (Task.Problem problem : problems) {
            prompts.add(bench.tokenizer.encode(problem.prompt()));
        }
        return prompts;
    }

    @Override
    public boolean answers() {
        return true;
    }

    @Override
    public Evaluation evaluate(long step) {
        return evaluator.evaluate(name(), step);
    }

    @Override
    public Optional<RunResult.Exchange> exchange() {
        return Optional.of(evaluator.exchange());
    }

    /** The first answer of the last step. */
    @Override
    public Sample sample(long step) {
        return lastSample != null ? lastSample : evaluator.sample(index, step);
    }

    @Override
    public long[] position() {
        return data.position();
    }

    @Override
    public Map<String, float[]> arrays() {
        return update.arrays();
    }

    @Override
    public void restore(Checkpoint checkpoint) {
        update.restore(checkpoint.arrays());
        optimizer.clearGradients();
    }
}
