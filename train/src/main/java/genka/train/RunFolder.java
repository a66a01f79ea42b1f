package genka.train;

import genka.model.AtomicFile;
import genka.units.Fault;
import genka.units.GenkaException;
import genka.units.Words;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Stream;

/** Where a run's files are: {@code home/runs/RUN}, RUN being date, time and recipe. */
final class RunFolder {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    private static final String RECIPE = "recipe.yaml";

    private RunFolder() {}

    /** A new folder with the recipe in it; runs that start in the same second get numbers. */
    static Path create(Path home, String recipe, String yaml) {
        Path runs = home.resolve("runs");
        String stem = LocalDateTime.now(ZoneOffset.UTC).format(STAMP) + "-" + recipe.replaceAll("[^A-Za-z0-9_-]+", "-");
        try {
            Files.createDirectories(runs);
            Path folder = createNew(runs, stem);
            orNothing(folder, () -> AtomicFile.write(folder.resolve(RECIPE), yaml));
            return folder;
        } catch (IOException e) {
            throw failed(runs, e);
        }
    }

    /** Does the rest of what a new run needs; where that fails, the folder of a run that nobody knows is removed. */
    static void orNothing(Path folder, Runnable rest) {
        try {
            rest.run();
        } catch (RuntimeException failed) {
            try {
                Files.deleteIfExists(folder.resolve(RECIPE));
                Files.deleteIfExists(folder);
            } catch (IOException left) {
                failed.addSuppressed(left);
            }
            throw failed;
        }
    }

    private static Path createNew(Path runs, String stem) throws IOException {
        for (int i = 1; ; i++) {
            try {
                return Files.createDirectory(runs.resolve(i == 1 ? stem : stem + "-" + i));
            } catch (FileAlreadyExistsException _) {
                // Another run took the name in this second.
            }
        }
    }

    /** The folder of a run that can go on. */
    static Path existing(Path home, String run) {
        Path folder = home.resolve("runs").resolve(run);
        if (!Files.isDirectory(folder)) {
            throw GenkaException.user("Run " + run + " is not under " + home.resolve("runs")
                    + ". Maybe ./genka runs lists the one you mean?");
        }
        if (Files.exists(folder.resolve("result.json"))) {
            throw GenkaException.user(
                    "Run " + run + " is finished; there is nothing to resume. Maybe ./genka show " + run + "?");
        }
        return folder;
    }

    /** What the operating system calls the processor. */
    static String processorName() {
        Path info = Path.of("/proc/cpuinfo");
        if (Files.isReadable(info)) {
            try (Stream<String> lines = Files.lines(info)) {
                return lines.filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse(System.getProperty("os.arch"));
            } catch (IOException _) {
                return System.getProperty("os.arch");
            }
        }
        return System.getProperty("os.arch");
    }

    private static GenkaException failed(Path path, IOException e) {
        return new GenkaException(
                Fault.RESOURCE,
                path + " cannot be written (" + Words.reason(e) + "). " + Words.remedy(e)
                        + " Another folder is chosen with --home or GENKA_HOME.",
                e);
    }
}
