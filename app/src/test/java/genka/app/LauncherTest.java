package genka.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The launcher script, without a build: what it finds, and what it says when something is missing. */
class LauncherTest {
    private static final Path SCRIPT = Path.of("../genka").toAbsolutePath().normalize();

    @TempDir
    Path folder = Path.of("");

    record Outcome(int exitCode, String text) {}

    @BeforeEach
    void onlyWhereThereIsAShell() {
        assumeThat(Path.of("/bin/sh")).exists();
    }

    private static Outcome sh(Path script, Map<String, String> environment, String... args)
            throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of("/bin/sh", script.toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("GENKA_JAVA_OPTS");
        builder.environment().remove("GENKA_NO_BUILD");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), text);
    }

    /** A copy of the launcher in a folder with a blank in its name. */
    private Path copied() throws IOException {
        Path copy = Files.createDirectories(folder.resolve("a place")).resolve("genka");
        return Files.copy(SCRIPT, copy);
    }

    @Test
    void findsTheJdkThatRunsThisTest() throws Exception {
        Outcome outcome = sh(SCRIPT, Map.of(), "jdk");
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.text())
                .startsWith(System.getProperty("java.home"))
                .contains("Java " + Runtime.version().feature());
    }

    @Test
    void aFolderThatIsNoJdkIsNamedWithAdvice() throws Exception {
        Outcome outcome = sh(SCRIPT, Map.of("GENKA_JAVA_HOME", folder.toString()), "--version");
        assertThat(outcome.exitCode()).isEqualTo(3);
        assertThat(outcome.text())
                .contains("GENKA_JAVA_HOME (" + folder + ") holds no JDK. Maybe unset it")
                .hasLineCount(1);
    }

    @Test
    void anOldJdkIsNotTaken() throws Exception {
        for (String program : List.of("bin/java", "bin/javac")) {
            Path file = folder.resolve("old").resolve(program);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "#!/bin/sh\n");
            assertThat(file.toFile().setExecutable(true)).isTrue();
        }
        Files.writeString(folder.resolve("old/release"), "JAVA_VERSION=\"17.0.12\"\n");
        String old = folder.resolve("old").toString();
        assertThat(sh(SCRIPT, Map.of("GENKA_JAVA_HOME", old), "jdk"))
                .satisfies(outcome -> assertThat(outcome.exitCode()).isEqualTo(3))
                .satisfies(outcome -> assertThat(outcome.text()).contains("holds Java 17.0.12, not a JDK 25 or newer"));
    }

    @Test
    void neitherBuildNorSourcesIsSaidInOneSentence() throws Exception {
        Outcome outcome = sh(copied(), Map.of(), "--version");
        assertThat(outcome.exitCode()).isEqualTo(3);
        assertThat(outcome.text())
                .contains("neither a build")
                .contains("a place")
                .hasLineCount(1);
    }

    @Test
    void aFolderThatJavaWouldPartIsRefused() throws Exception {
        Path script = Files.copy(
                SCRIPT, Files.createDirectories(folder.resolve("a:b")).resolve("genka"));
        Outcome outcome = sh(script, Map.of(), "--version");
        assertThat(outcome.exitCode()).isEqualTo(3);
        assertThat(outcome.text()).contains("must have no colon").hasLineCount(1);
    }

    @Test
    void worksThroughASymbolicLink() throws Exception {
        copied();
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("a place/genka"));
        assertThat(sh(link, Map.of(), "--version").text())
                .contains(folder.resolve("a place").toRealPath().toString());
    }

    @Test
    void missingMavenIsSaidInOneSentence() throws Exception {
        Path script = copied();
        Files.writeString(script.resolveSibling("pom.xml"), "<project/>");
        Path bin = Files.createDirectories(folder.resolve("bin"));
        for (String tool : List.of("dirname", "readlink", "find", "head", "sed")) {
            for (String place : List.of("/usr/bin/", "/bin/")) {
                if (Files.exists(Path.of(place + tool)) && !Files.exists(bin.resolve(tool))) {
                    Files.createSymbolicLink(bin.resolve(tool), Path.of(place + tool));
                }
            }
        }
        Outcome outcome = sh(
                script,
                Map.of(
                        "PATH",
                        bin.toString(),
                        "HOME",
                        folder.toString(),
                        "MAVEN_HOME",
                        "",
                        "M2_HOME",
                        "",
                        "GENKA_MVN",
                        ""),
                "--version");
        assertThat(outcome.exitCode()).isEqualTo(3);
        assertThat(outcome.text()).contains("needs Maven").contains("Maybe").hasLineCount(1);
    }

    /** The build's start.log is a folder, so that nobody can write it: not even root. */
    @Test
    void startsJavaAlsoWhereTheStartLogCannotBeWritten() throws Exception {
        Outcome outcome = started("run", Map.of());
        assertThat(outcome.text()).startsWith("started ");
        assertThat(outcome.exitCode()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"run, vector", "serve, vector", "plan, plain", "--version, plain", "help, plain"})
    void whatMultipliesNothingStartsWithoutTheVectorApi(String command, String options) throws Exception {
        assertThat(started(command, Map.of()).text()).matches("started @.+/" + options + "\\.options (?s:.*)");
    }

    @Test
    void tasksOfOnesOwnComeByTheClassPath() throws Exception {
        assertThat(started("--version", Map.of("GENKA_CLASS_PATH", "my tasks.jar"))
                        .text())
                .contains("/app.jar:my tasks.jar genka.app.Main --version");
    }

    /** Of a JDK of two scripts, which say what they are started with. */
    private Outcome started(String command, Map<String, String> environment) throws Exception {
        Path script = copied();
        Path build = Files.createDirectories(script.resolveSibling("lib").resolve("build-1"));
        Files.createDirectory(build.resolve("start.log"));
        for (String name : List.of("app.jar", "plain.options", "vector.options")) {
            Files.createFile(build.resolve(name));
        }
        Files.writeString(script.resolveSibling("lib").resolve("current"), "build-1\n");
        Path jdk = folder.resolve("jdk");
        for (String program : List.of("bin/java", "bin/javac")) {
            Path file = jdk.resolve(program);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "#!/bin/sh\necho started \"$@\"\n");
            assertThat(file.toFile().setExecutable(true)).isTrue();
        }
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25\"\n");
        Map<String, String> all = new java.util.HashMap<>(environment);
        all.put("GENKA_JAVA_HOME", jdk.toString());
        return sh(script, all, command);
    }

    @Test
    void aGivenMavenThatIsNoneIsNamed() throws Exception {
        Path script = copied();
        Files.writeString(script.resolveSibling("pom.xml"), "<project/>");
        Outcome outcome = sh(script, Map.of("GENKA_MVN", folder.toString()), "--version");
        assertThat(outcome.exitCode()).isEqualTo(3);
        assertThat(outcome.text())
                .contains("GENKA_MVN (" + folder + ") is no program. Maybe unset it")
                .hasLineCount(1);
    }

    @Test
    void whatTheLauncherDoesItselfHasHelpToo() throws Exception {
        assertThat(sh(SCRIPT, Map.of(), "help", "test"))
                .isEqualTo(sh(SCRIPT, Map.of(), "test", "--help"))
                .satisfies(outcome -> assertThat(outcome.exitCode()).isZero());
        assertThat(sh(SCRIPT, Map.of(), "help", "jdk").text()).startsWith("Usage: ./genka jdk");
    }

    @Test
    void needsNoHomeFolder() throws Exception {
        Path script = copied();
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", script.toString(), "jdk").redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("HOME", "GENKA_JAVA_HOME"));
        builder.environment().put("JAVA_HOME", "/nothing");
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(text).doesNotContain("parameter not set");
        assertThat(process.waitFor()).isIn(0, 3);
    }

    @Test
    void anUnknownOptionOfTestIsRefused() throws Exception {
        Outcome outcome = sh(SCRIPT, Map.of(), "test", "--lnog");
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.text()).contains("--long").hasLineCount(1);
    }
}
