package genka.app;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** docs/cli.md is the list of all options: none appears or goes by accident. */
class ReferencePageTest {
    @Test
    void thePageNamesEveryCommandAndOption() {
        CommandLine complete =
                Commands.complete(Terminal.into(new ByteArrayOutputStream(), new ByteArrayOutputStream()));
        StringBuilder page = new StringBuilder("""
                # Commands

                Generated from the commands themselves; a test compares (CONTRIBUTING.md says how to rewrite it). Results go to
                stdout, progress and errors to stderr; `--json` prints exactly one object. Exit codes: [errors.md](errors.md).
                RUN is a run's name, a unique beginning of it, or `last`.

                | beside them | |
                |---|---|
                | `./genka` | one screen |
                | `./genka --version` | the version |
                | `./genka test [--long]` | every check of a checkout |
                | `./genka jdk` | the JDK the launcher found |

                | variable | |
                |---|---|
                | `GENKA_HOME` | where runs and the ledger are kept (`~/.genka`) |
                | `GENKA_JAVA_HOME` | the JDK to use, before `JAVA_HOME` and the usual folders |
                | `GENKA_JAVA_OPTS` | further options of the JVM, for example `-Xmx8g`; with any, Java shows its harmless `WARNING: Using incubator modules` on stderr |
                | `GENKA_CLASS_PATH` | jars with [tasks of your own](training.md#a-task-of-your-own) |
                | `GENKA_MVN` | the Maven to build with |
                | `GENKA_NO_BUILD` | never build |
                | `NO_COLOR` | no colours |
                """);
        complete.getSubcommands().forEach((name, command) -> describe("./genka " + name, command, page));
        GoldenText.check(Path.of("../docs/cli.md"), "docs/cli.md", page.toString());
    }

    private static void describe(String path, CommandLine command, StringBuilder page) {
        CommandSpec spec = command.getCommandSpec();
        String parameters = spec.positionalParameters().stream()
                .filter(parameter -> !parameter.hidden())
                .map(parameter -> parameter.arity().min() == 0
                        ? " [" + parameter.paramLabel() + "]"
                        : " " + parameter.paramLabel())
                .collect(Collectors.joining());
        page.append("\n## `").append(path).append(parameters).append("`\n\n");
        page.append(String.join(" ", spec.usageMessage().header())).append("\n\n");
        if (!command.getSubcommands().isEmpty()) {
            command.getSubcommands().forEach((name, inner) -> describe(path + " " + name, inner, page));
            return;
        }
        page.append("| | |\n|---|---|\n");
        spec.positionalParameters().stream()
                .filter(parameter -> !parameter.hidden())
                .forEach(p -> row(p.paramLabel(), p.description(), page));
        spec.options()
                .forEach(option -> row(
                        String.join(", ", option.names())
                                + (option.arity().max() == 0 ? "" : " " + option.paramLabel()),
                        option.description(),
                        page));
    }

    private static void row(String name, String[] description, StringBuilder page) {
        page.append("| `")
                .append(name.replace("|", "\\|"))
                .append("` | ")
                .append(String.join(" ", description))
                .append(" |\n");
    }
}
