package genka.app;

import genka.train.Evaluation;
import genka.train.RunEvents;
import genka.train.RunResult;
import genka.train.Trouble;
import genka.units.Words;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * Shows a run on stderr as it goes. On a terminal one line is rewritten, with what remains of the stage; elsewhere a few calm lines a
 * stage.
 */
final class ProgressView implements RunEvents {
    private static final long REDRAW_NANOS = 100_000_000L;
    private static final long CALM_NANOS = 10_000_000_000L;
    private static final int BAR = 20;

    /** The first steps compile code: what they would predict is wrong. */
    private static final int GUESS_FROM = 5;

    private static final String CLEAR = "\r\u001b[2K";

    private final Terminal terminal;
    private final Style style;
    private final LongSupplier nanoTime;
    private boolean lineShown;
    private boolean anyDrawn;
    private long lastDrawn;

    ProgressView(Terminal terminal, LongSupplier nanoTime) {
        this.terminal = terminal;
        this.style = terminal.errStyle();
        this.nanoTime = nanoTime;
    }

    @Override
    public void runStarted(RunStart start) {
        say(style.bold((start.resumed() ? "resuming " : "") + start.run()) + ": " + start.recipe() + ", "
                + Words.count(start.parameters()) + " parameters, " + threads(start.threads())
                + (start.species().isEmpty() ? "" : ", " + start.species()));
    }

    @Override
    public void stageStarted(String stage, int index, int of) {
        say(style.bold("stage " + (index + 1) + "/" + of + " " + stage));
        lastDrawn = nanoTime.getAsLong();
        anyDrawn = false;
    }

    @Override
    public void progress(Progress progress) {
        long now = nanoTime.getAsLong();
        boolean due = now - lastDrawn >= (terminal.live() ? REDRAW_NANOS : CALM_NANOS);
        boolean first = !anyDrawn && terminal.live();
        if (!due && !first) {
            return;
        }
        lastDrawn = now;
        anyDrawn = true;
        String line = line(progress);
        if (terminal.live()) {
            int room = terminal.columns() - 1;
            terminal.err().print(CLEAR + (line.length() > room ? line.substring(0, room) : line));
            terminal.err().flush();
            lineShown = true;
        } else {
            say(line);
        }
    }

    private static String line(Progress p) {
        String eta = Double.isFinite(p.etaSeconds()) && p.step() >= GUESS_FROM
                ? ", " + Words.duration(p.etaSeconds()) + " left"
                : "";
        return "  " + bar(p.step(), p.steps()) + " " + p.step() + "/" + p.steps() + "  " + p.metric() + " "
                + Words.decimal(p.value(), 3) + "  " + Words.count(p.tokensPerSecond()) + " tokens/s" + eta;
    }

    private static String bar(long step, long steps) {
        int full = Math.clamp(steps <= 0 ? 0 : BAR * step / steps, 0, BAR);
        return "━".repeat(full) + "┄".repeat(BAR - full);
    }

    @Override
    public void evaluated(Evaluation e) {
        say("  step " + e.step() + ": " + figures(e));
    }

    @Override
    public void averageEvaluated(Evaluation e) {
        say("  step " + e.step() + ", average of the weights: " + figures(e));
    }

    private static String figures(Evaluation e) {
        return e.isText()
                ? Words.decimal(e.bitsPerByte(), 3) + " bits per byte on held-out text"
                : "greedy accuracy " + Words.percent(e.greedyAccuracy()) + ", answers of "
                        + Words.decimal(e.meanResponseTokens(), 1) + " tokens, " + Words.percent(e.thinkShare())
                        + " think";
    }

    @Override
    public void preFlight(PreFlight p) {
        rates("before the first step", p);
    }

    @Override
    public void postFlight(PreFlight p) {
        rates("after the last step", p);
    }

    @Override
    public void trouble(Trouble trouble) {
        TroubleView.lines(trouble, style).forEach(this::say);
    }

    private void rates(String when, PreFlight p) {
        say("  " + when + ": pass@1 " + Words.percent(p.passAt1()) + ", pass@16 "
                + Words.percent(p.passAt16()) + ", well-formed " + Words.percent(p.formatRate()) + ", cut off "
                + Words.percent(p.truncatedShare()) + " (" + p.prompts() + " prompts × " + p.samples()
                + " samples)");
    }

    @Override
    public void sample(String stage, long step, String prompt, String response, double score) {
        String mark = Double.isNaN(score) ? "" : score >= 1 ? style.good("  ✓") : style.warn("  ✗");
        say("  step " + step + " says: " + style.dim(Words.oneLine(prompt)) + Words.oneLine(response) + mark);
    }

    @Override
    public void notice(String text) {
        say("  " + style.warn(text));
    }

    @Override
    public void checkpointed(String stage, long step, Path file) {
        // Routine; the ledger and the run's folder have it.
    }

    @Override
    public void stageFinished(RunResult.Stage stage) {
        say("  done: " + stage.steps() + " steps, " + Words.count(stage.tokens()) + " tokens in "
                + Words.duration(stage.wallSeconds()) + " (" + Words.count(stage.tokensPerSecond()) + " tokens/s)"
                + stage.kept()
                        .map(kept -> ", " + kept.kept() + " of " + kept.answers() + " answers kept")
                        .orElse(""));
    }

    /** A line of its own, the moving one out of its way. */
    void say(String text) {
        if (lineShown) {
            terminal.err().print(CLEAR);
            lineShown = false;
        }
        terminal.err().println(text);
    }

    private static String threads(int count) {
        return count == 1 ? "1 thread" : count + " threads";
    }
}
