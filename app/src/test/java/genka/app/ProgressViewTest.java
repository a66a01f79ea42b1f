package genka.app;

import static org.assertj.core.api.Assertions.assertThat;

import genka.train.Evaluation;
import genka.train.RunEvents;
import genka.train.RunResult;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressViewTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final AtomicLong now = new AtomicLong();
    private final ProgressView view = new ProgressView(Terminal.into(out, err), now::get);

    @Test
    void aRunReadsCalmlyWhereNobodyWatches() {
        view.runStarted(new RunEvents.RunStart(
                "r1-zero-tiny-1", "r1-zero-tiny", Path.of("runs/r"), false, 141_952, 2, "AVX-512"));
        view.stageStarted("pretrain", 0, 2);
        for (int step = 1; step <= 1200; step++) {
            now.addAndGet(20_000_000L);
            view.progress(
                    new RunEvents.Progress("pretrain", step, 1200, 152_000, (1200 - step) * 0.02, "loss", 1.0 / step));
        }
        view.evaluated(
                new Evaluation("pretrain", 1200, 0.13, 2.1, 0.01, 1, 0, Double.NaN, Double.NaN, java.util.Map.of()));
        view.stageFinished(
                new RunResult.Stage("pretrain", "pretrain", "main", 1200, 24.1, 3_600_000, java.util.Optional.empty()));
        view.stageStarted("grpo", 1, 2);
        view.preFlight(new RunEvents.PreFlight("grpo", 64, 16, 0.312, 0.91, 0.98, 0));
        view.sample("grpo", 10, "1+2=", "T1+2=3/A3", 1);
        view.notice("stopped early: greedy accuracy reached 98 % twice");
        assertThat(out.size()).isZero();
        GoldenText.check("progress-calm", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void progressIsRareWhenTimeIsShort() {
        view.stageStarted("pretrain", 0, 1);
        for (int step = 1; step <= 99; step++) {
            now.addAndGet(1_000_000L);
            view.progress(new RunEvents.Progress("pretrain", step, 99, 1000, 1, "loss", 1));
        }
        assertThat(err.toString(StandardCharsets.UTF_8)).hasLineCount(1);
    }
}
