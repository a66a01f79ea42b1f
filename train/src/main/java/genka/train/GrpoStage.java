package genka.train;

import genka.books.Use;
import genka.catalog.StageSpec;
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
    private final TaskMix questions;
    private final TaskEvaluator evaluator;
    private final Asking asking;
    private final StageWeights weights;
    private final Schedule schedule;
    private final PolicyUpdate update;
    private final Optional<Curriculum> curriculum;
    private RunEvents.@Nullable PreFlight preFlight;
    private @Nullable Sample lastSample;

    GrpoStage(StageSpec.Grpo spec, int index, Workbench bench, TaskMix questions, TaskEvaluator evaluator) {
        this.spec = spec;
        this.index = index;
        this.bench = bench;
        this.questions = questions;
        this.evaluator = evaluator;
        this.asking = new Asking(bench, spec.maxNewTokens(), spec.temperature());
        this.weights = bench.weights(spec);
        this.schedule = Schedule.of(spec.schedule(), spec.steps());
        this.update = new PolicyUpdate(spec, bench.model, bench.gemm, weights);
        this.curriculum = spec.draws().curriculum().map(Curriculum::new);
    }

    @Override
    public StageSpec spec() {
        return spec;
    }

    @Override
    public long steps() {
        return spec.steps();
    }

    @Override
    public Optional<StageWeights> weights() {
        return Optional.of(weights);
    }

    /** Measures the base. */
    @Override
    public void begin() {
        weights.optimizer().clearGradients();
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
        List<TaskMix.Question> asked = new ArrayList<>();
        for (int i = 0; i < PREFLIGHT_PROMPTS; i++) {
            asked.add(questions.draw(Stream.PREFLIGHT.of(bench.seed, index, i)));
        }
        Asking.Answers answers = asking.ask(
                asked, PREFLIGHT_SAMPLES, Stream.PREFLIGHT.of(bench.seed, index).nextLong());
        bench.evaluated.accept(answers.size());
        int[] right = new int[PREFLIGHT_PROMPTS];
        Tally tally = new Tally();
        for (int i = 0; i < answers.size(); i++) {
            Judgement judgement = asking.judge(answers, i);
            right[i / PREFLIGHT_SAMPLES] += judgement.right() ? 1 : 0;
            tally.add(judgement);
        }
        return new RunEvents.PreFlight(
                name(),
                PREFLIGHT_PROMPTS,
                PREFLIGHT_SAMPLES,
                PassAtK.mean(PREFLIGHT_SAMPLES, right, 1),
                PassAtK.mean(PREFLIGHT_SAMPLES, right, PREFLIGHT_SAMPLES),
                tally.formatRate(),
                tally.truncatedShare());
    }

    @Override
    public Report step(long step) {
        Rollout rollout = new Rollout(spec);
        for (int round = 0; round <= spec.draws().refill() && rollout.missing() > 0; round++) {
            bench.clock.enter(Use.DATA);
            List<TaskMix.Question> asked = draw(step, round, rollout.missing());
            bench.clock.enter(Use.ROLLOUT);
            Asking.Answers answers = asking.ask(asked, spec.group(), rolloutSeed(step, round));
            bench.clock.enter(Use.REWARD);
            rollout.add(asking, answers);
            if (round == 0) {
                Judgement first = asking.judge(answers, 0);
                lastSample = new Sample(
                        asked.getFirst().prompt(), first.text(), first.score().accuracy());
            }
        }
        Map<String, Double> metrics = new LinkedHashMap<>();
        rollout.report(metrics);
        curriculum.ifPresent(rollout::teach);
        curriculum.flatMap(kinds -> kinds.after(step + 1)).ifPresent(bench.events::notice);
        Rollout.Chosen chosen = rollout.chosen();
        bench.clock.enter(Use.UPDATE);
        update.run(step, schedule.multiplier(step), chosen.prompts(), chosen.answers(), chosen.advantages(), metrics);
        Tally tally = rollout.tally();
        return new Report("reward", metrics.getOrDefault("reward", 0.0), tally.tokens(), tally.answers(), metrics);
    }

    private List<TaskMix.Question> draw(long step, int round, int count) {
        List<TaskMix.Question> asked = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            SeededRandom random = round == 0
                    ? Stream.PROMPTS.of(bench.seed, index, step, i)
                    : Stream.PROMPTS.of(bench.seed, index, step, i, round);
            asked.add(curriculum.isPresent() ? curriculum.get().draw(questions, random) : questions.draw(random));
        }
        return asked;
    }

    private long rolloutSeed(long step, int round) {
        SeededRandom random = round == 0
                ? Stream.ROLLOUTS.of(bench.seed, index, step)
                : Stream.ROLLOUTS.of(bench.seed, index, step, round);
        return random.nextLong();
    }

    @Override
    public boolean answers() {
        return true;
    }

    @Override
    public Optional<Evaluation> evaluate(long step) {
        return Optional.of(evaluator.evaluate(name(), step));
    }

    @Override
    public List<RunResult.Exchange> exchanges() {
        return evaluator.exchanges();
    }

    /** The first answer of the last step. */
    @Override
    public Sample sample(long step) {
        return lastSample != null ? lastSample : evaluator.sample(questions, index, step);
    }

    @Override
    public long[] position() {
        return new long[0];
    }

    @Override
    public Map<String, float[]> arrays() {
        Map<String, float[]> arrays = new LinkedHashMap<>(update.arrays());
        curriculum.ifPresent(kinds -> arrays.putAll(kinds.arrays()));
        return arrays;
    }

    @Override
    public void restore(Checkpoint checkpoint) {
        update.restore(checkpoint.arrays());
        curriculum.ifPresent(kinds -> kinds.restore(checkpoint.arrays()));
        weights.optimizer().clearGradients();
    }
}
