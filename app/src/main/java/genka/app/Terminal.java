package genka.app;

import genka.units.Fault;
import genka.units.Words;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Where text goes: results to {@link #out()}, progress and errors to {@link #err()}, both UTF-8. The launcher knows what
 * the two are connected to and says so in {@code genka.terminal} ("stdout,stderr,80").
 */
final class Terminal {
    private static final int USUAL_COLUMNS = 100;

    private final ResultStream results;
    private final PrintStream out;
    private final PrintStream err;
    private final boolean live;
    private final boolean outColour;
    private final boolean errColour;
    private final int columns;

    /**
     * @param live whether stderr is a terminal on which a line can be rewritten
     * @param columns width of that terminal
     */
    private Terminal(
            OutputStream out, OutputStream err, boolean live, boolean outColour, boolean errColour, int columns) {
        this.results = new ResultStream(out);
        this.out = new PrintStream(results, false, StandardCharsets.UTF_8);
        this.err = new PrintStream(err, true, StandardCharsets.UTF_8);
        this.live = live;
        this.outColour = outColour;
        this.errColour = errColour;
        this.columns = columns;
    }

    /** The process's own streams. */
    static Terminal ofProcess() {
        List<String> facts = List.of(System.getProperty("genka.terminal", "").split(","));
        boolean colour = System.getenv("NO_COLOR") == null && !"dumb".equals(System.getenv("TERM"));
        OutputStream err = realStderr();
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        int columns = USUAL_COLUMNS;
        for (String fact : facts) {
            if (!fact.isEmpty() && fact.chars().allMatch(Character::isDigit)) {
                columns = Math.clamp(Integer.parseInt(fact), 40, 400);
            }
        }
        boolean live = facts.contains("stderr");
        return new Terminal(
                new FileOutputStream(FileDescriptor.out),
                err,
                live,
                colour && facts.contains("stdout"),
                colour && live,
                columns);
    }

    /** A terminal that remembers, for tests. */
    static Terminal into(OutputStream out, OutputStream err) {
        return new Terminal(out, err, false, false, false, USUAL_COLUMNS);
    }

    /**
     * The launcher starts Java with stderr aside, to swallow one line, and keeps the real one open as descriptor 3. Terminals and
     * pipes can be opened once more by name, which is quick. A file could be too, but with a position of its own, over which
     * others who write to it would write; so there the descriptor itself moves back.
     */
    private static OutputStream realStderr() {
        switch (String.valueOf(System.getenv("GENKA_STDERR"))) {
            case "reopen" -> {
                try {
                    return new FileOutputStream("/dev/fd/3", true);
                } catch (IOException unavailable) {
                    Posix.duplicate(3, 2);
                }
            }
            case "restore" -> Posix.duplicate(3, 2);
            default -> {}
        }
        return new FileOutputStream(FileDescriptor.err);
    }

    /** Results. */
    PrintStream out() {
        return out;
    }

    /**
     * Writes what is still held back.
     *
     * @return the exit code: another one where the command went well but its results could not be written
     */
    int flush(int exitCode) {
        out.flush();
        Optional<IOException> lost = results.lost();
        if (exitCode == 0 && lost.isPresent()) {
            err.println("the results cannot be written to stdout: " + Words.reason(lost.get()) + ". "
                    + Words.remedy(lost.get()));
        }
        err.flush();
        return exitCode == 0 && lost.isPresent() ? Fault.RESOURCE.exitCode() : exitCode;
    }

    /** Progress and errors. */
    PrintStream err() {
        return err;
    }

    /** Whether stderr shows a person a line that can be rewritten. */
    boolean live() {
        return live;
    }

    int columns() {
        return columns;
    }

    /** Style for results. */
    Style style() {
        return new Style(outColour);
    }

    /** Style for progress. */
    Style errStyle() {
        return new Style(errColour);
    }
}
