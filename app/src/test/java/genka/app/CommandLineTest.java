package genka.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

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
        explain(
                List.of(),
                Commands.complete(Terminal.into(new ByteArrayOutputStream(), new ByteArrayOutputStream())),
                all);
        GoldenText.check("help", all.toString());
    }

    private static void explain(List<String> path, CommandLine command, StringBuilder all) {
        command.getSubcommands().forEach((name, inner) -> {
            List<String> words = new ArrayList<>(path);
            words.add(name);
            String line = String.join(" ", words);
            for (String text : inner.getCommandSpec().usageMessage().footer()) {
                assertThatCode(() -> String.format(text)).as(line).doesNotThrowAnyException();
            }
            words.add("--help");
            Outcome outcome = genka(words.toArray(String[]::new));
            assertThat(outcome.exitCode()).as(line).isZero();
            assertThat(outcome.err()).as(line).isEmpty();
            all.append("\n──── ").append(line).append(" ────\n").append(outcome.out());
            explain(words.subList(0, words.size() - 1), inner, all);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plan", "bench gemm", "help", "--help"})
    void helpIsACommandToo(String command) {
        Outcome asked = genka(("help " + command).trim().split(" ", -1));
        assertThat(asked.exitCode()).isZero();
        assertThat(asked.out())
                .isEqualTo(genka((command.replace("help", "").replace("--", "") + " --help")
                                .trim()
                                .split(" ", -1))
                        .out());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ask     | 1+2= | the name of the run or model folder ('') is empty. Maybe last?
            eval    |      | the name of the run or model folder ('') is empty. Maybe last?
            show    |      | the name of the run ('') is empty. Maybe last, for the newest?
            bill    |      | the name of the run ('') is empty. Maybe last, for the newest?
            """)
    void anEmptyNameIsCalledEmpty(String command, @Nullable String more, String expected) {
        Outcome outcome = more == null ? genka(command, "") : genka(command, "", more);
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).startsWith(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --versoin                 | unknown option '--versoin'. Maybe you meant --version?
            frobnicate                | unknown command 'frobnicate'. Maybe see ./genka --help.
            hepl                      | unknown command 'hepl'. Maybe you meant help?
            bench foo                 | unknown command 'foo' of bench. Maybe see ./genka bench --help.
            bench train               | bench train needs --config and --batch and --seq. Maybe see ./genka bench train --help.
            tset --long               | unknown command 'tset'. Maybe you meant test?
            help frobnicate           | unknown command 'frobnicate'. Maybe see ./genka --help.
            plan                      | plan needs a recipe, or --model, --tokens and --on.
            plan --serve deepseek-dya | traffic (deepseek-dya) is not in facts/traffic. Maybe you meant deepseek-day?
            runs --home=              | --home must not be empty: it names a folder.
            serve                     | serve is not in this release
            serve last --port 8080    | serve is not in this release
            eval last --seed -1       | --seed (-1) must not be negative. Maybe 1?
            ask last 1+2= --seed -1   | --seed (-1) must not be negative. Maybe 0?
            eval last@                | '''last@'' names no stage after its @. Maybe RUN@STAGE,'
            eval @pretrain            | '''@pretrain'' names no run before its @. Maybe RUN@STAGE,'
            run --set                 | --set needs a value: KEY=VALUE. Maybe see ./genka run --help.
            run --set --json          | --set needs a value: KEY=VALUE. Maybe see ./genka run --help.
            calibrate --home          | --home needs a value: DIR.
            plan nothere.yaml         | nothere.yaml does not exist. Maybe
            bill --people-hours abc   | --people-hours (abc) must be a number. Maybe see ./genka bill --help.
            bill --people-hours 2     | --people-hours (2) changes nothing without --usd-per-people-hour.
            bill --usd-per-people-hour 100 | --usd-per-people-hour (100) changes nothing without --people-hours.
            watch --port x            | --port (x) must be a whole number of at most 2147483647.
            """)
    void mistakesGetTheNearestNameAndExitTwo(String line, String expected) {
        Outcome outcome = genka(line.split(" ", -1));
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).startsWith(expected).hasLineCount(1);
    }
}
