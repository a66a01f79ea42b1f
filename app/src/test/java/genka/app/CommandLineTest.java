package genka.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people read when they only type. */
class CommandLineTest {
    record Outcome(int exitCode, String out, String err) {}

    static Outcome genka(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = Terminal.into(out, err);
        int exitCode = Main.run(args, terminal);
        terminal.out().flush();
        terminal.err().flush();
        return new Outcome(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aloneItShowsOneScreen() {
        Outcome outcome = genka();
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out().lines()).hasSizeLessThanOrEqualTo(24);
        GoldenText.check("welcome", outcome.out());
    }

    @Test
    void versionIsOneLine() {
        assertThat(genka("--version").out()).matches("genka \\d+\\.\\d+\\.\\d+\\R");
    }

    @Test
    void everyCommandExplainsItself() {
        StringBuilder all = new StringBuilder(genka("--help").out());
        for (String name : Commands.complete(Terminal.into(new ByteArrayOutputStream(), new ByteArrayOutputStream()))
                .getSubcommands()
                .keySet()) {
            Outcome outcome = genka(name, "--help");
            assertThat(outcome.exitCode()).as(name).isZero();
            assertThat(outcome.err()).as(name).isEmpty();
            all.append("\n──── ").append(name).append(" ────\n").append(outcome.out());
        }
        GoldenText.check("help", all.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --versoin                 | unknown option '--versoin'. Maybe you meant --version?
            frobnicate                | unknown command 'frobnicate'. Maybe see ./genka --help.
            plan                      | plan needs a recipe, or --model, --tokens and --on.
            plan --serve deepseek-dya | traffic (deepseek-dya) is not in facts/traffic. Maybe you meant deepseek-day?
            serve                     | serve is not in this release
            plan nothere.yaml         | nothere.yaml does not exist. Maybe
            """)
    void mistakesGetTheNearestNameAndExitTwo(String line, String expected) {
        Outcome outcome = genka(line.split(" ", -1));
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).startsWith(expected).hasLineCount(1);
    }
}
