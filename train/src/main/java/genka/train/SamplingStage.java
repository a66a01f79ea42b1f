package genka.train;

import genka.books.Use;
import genka.catalog.StageSpec;
import genka.units.GenkaException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rejection sampling: the model answers, what is right and well-formed becomes a data set (R1, arXiv 2501.12948 §2.3.3: only correct answers are
 * retained; mixed languages, long paragraphs and code blocks are filtered out).
 */
final class SamplingStage implements Stage {
    private final StageSpec.RejectionSample spec;
    private final int index;
    private final Workbench bench;
    private final TaskMix questions;
    private final Asking asking;
    private final SampleFile file;
    private long bytes;
    private long answered;
    private long kept;
    private @Nullable Sample lastSample;

    SamplingStage(StageSpec.RejectionSample spec, int index, Workbench bench, TaskMix questions, Path runFolder) {
        this.spec = spec;
        this.index = index;
        this.bench = bench;
        this.questions = questions;
        this.asking = new Asking(bench, spec.maxNewTokens(), spec.temperature());
        this.file = new SampleFile(runFolder, spec.name());
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
        return Optional.empty();
    }

    @Override
    public void begin() {
        bytes = 0;
        answered = 0;
        kept = 0;
    }

    @Override
    public Report step(long step) {
        bench.clock.enter(Use.DATA);
        int count = (int) Math.min(spec.batch(), spec.prompts() - step * spec.batch());
        List<TaskMix.Question> asked = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            asked.add(questions.draw(Stream.PROMPTS.of(bench.seed, index, step, i)));
        }
        bench.clock.enter(Use.ROLLOUT);
        Asking.Answers answers = asking.ask(
                asked,
                spec.samples(),
                Stream.ROLLOUTS.of(bench.seed, index, step).nextLong());
        bench.clock.enter(Use.REWARD);
        Tally tally = new Tally();
        List<SampleFile.Line> chosen = chosen(answers, tally);
        bytes = file.append(bytes, chosen);
        answered += answers.size();
        kept += chosen.size();
        if (step + 1 == steps()) {
            finish();
        }
        return report(tally, chosen.size());
    }

    /** What is kept of the answers, which {@code tally} counts. */
    List<SampleFile.Line> chosen(Asking.Answers answers, Tally tally) {
        List<SampleFile.Line> lines = new ArrayList<>();
        Set<String> said = new HashSet<>();
        for (int i = 0; i < answers.size(); i++) {
            if (i % spec.samples() == 0) {
                said.clear();
            }
            Judgement judgement = asking.judge(answers, i);
            tally.add(judgement);
            TaskMix.Question question = answers.question(i);
            if (i == 0) {
                lastSample = new Sample(
                        question.prompt(), judgement.text(), judgement.score().accuracy());
            }
            if (passes(judgement) && said.size() < spec.filter().perPrompt() && said.add(judgement.text())) {
                lines.add(new SampleFile.Line(
                        question.prompt(), judgement.text(), question.from().name()));
            }
        }
        return lines;
    }

    private boolean passes(Judgement answer) {
        boolean mixed = answer.language() < spec.filter().language();
        return answer.right()
                && answer.score().format() >= 1
                && !mixed
                && answer.tokens() <= spec.filter().longest();
    }

    private void finish() {
        if (kept == 0) {
            throw GenkaException.user(
                    "Stage " + name() + " kept none of " + answered
                            + " answers: none is right, well-formed and passes keep. Maybe reinforce longer before it, or ask for less under keep?");
        }
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("stage", name());
        facts.put("model", spec.inputs().model());
        facts.put("prompts", spec.prompts());
        facts.put("answers", answered);
        facts.put("kept", kept);
        file.close(facts);
    }

    private static Report report(Tally tally, int chosen) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        double share = chosen / (double) tally.answers();
        metrics.put("kept", share);
        metrics.put("accuracy", tally.accuracy());
        metrics.put("format", tally.formatRate());
        if (!Double.isNaN(tally.language())) {
            metrics.put("language", tally.language());
        }
        metrics.put("response_tokens", tally.meanTokens());
        return new Report("kept", share, tally.tokens(), tally.answers(), metrics);
    }

    @Override
    public Optional<RunResult.Kept> kept() {
        return Optional.of(new RunResult.Kept(spec.prompts(), answered, kept));
    }

    @Override
    public boolean answers() {
        return true;
    }

    /** Weights do not change here. */
    @Override
    public Optional<Evaluation> evaluate(long step) {
        return Optional.empty();
    }

    /** The first answer of the last step. */
    @Override
    public Sample sample(long step) {
        return java.util.Objects.requireNonNull(lastSample);
    }

    @Override
    public long[] position() {
        return new long[] {bytes, answered, kept};
    }

    @Override
    public Map<String, float[]> arrays() {
        return Map.of();
    }

    @Override
    public void restore(Checkpoint checkpoint) {
        long[] position = checkpoint.header().position();
        bytes = position[0];
        answered = position[1];
        kept = position[2];
    }
}
