package genka.app;

import static org.assertj.core.api.Assertions.assertThat;

import genka.catalog.GenkaRoot;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that the launcher starts without the Vector API need none. */
class PlainVerbsTest {
    private static final Pattern PLAIN = Pattern.compile("'' \\| -\\* \\| ([a-z |]+)\\) kind=plain");

    @TempDir
    Path home = Path.of("");

    /** Runs each line of the command line given as one argument. */
    static final class Lines {
        public static void main(String[] lines) {
            for (String line : lines) {
                int exit = Main.run(line.split(" ", -1), Terminal.ofProcess());
                System.err.println("exit " + exit + " of " + line);
            }
        }
    }

    @Test
    void runWithoutTheVectorApi() throws Exception {
        Path root = GenkaRoot.path();
        String recipe = root.resolve("recipes/r1-zero-tiny.yaml").toString();
        String stage = "stages=[{kind: pretrain, steps: 2, batch: 4, optimizer: {learning_rate: 1e-3}}]";
        assertThat(CommandLineTest.genka("run", recipe, "--set", stage, "--home", home.toString())
                        .exitCode())
                .isZero();
        Path rows = Files.writeString(
                home.resolve("rows.yaml"),
                "rows:\n  - {model: LLAMA3_8B, gpu: H100, gpus: 64, seq: 8192, gbs: 128, mbs: 1, step_s: 4.5}\n");
        List<String> lines = List.of(
                "help plan",
                "plan " + root.resolve("recipes/deepseek-v3.yaml"),
                "facts h800",
                "validate " + rows,
                "runs --home " + home,
                "show --home " + home,
                "bill --home " + home,
                "report --home " + home);
        assertThat(lines).extracting(line -> line.split(" ", -1)[0]).containsExactlyElementsOf(plainVerbs());
        String said = plainJava(lines);
        assertThat(lines).allSatisfy(line -> assertThat(said).contains("exit 0 of " + line + "\n"));
    }

    private static List<String> plainVerbs() throws Exception {
        Matcher list = PLAIN.matcher(Files.readString(GenkaRoot.path().resolve("genka")));
        assertThat(list.find()).as("the launcher's list").isTrue();
        return List.of(list.group(1).split(" \\| ", -1));
    }

    private String plainJava(List<String> lines) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dgenka.root=" + GenkaRoot.path(),
                "-cp",
                System.getProperty("java.class.path"),
                Lines.class.getName()));
        command.addAll(lines);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
