package genka.app;

import genka.books.Ledger;
import genka.books.RunSummary;
import genka.catalog.UserHome;
import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --home}: the folder with the ledger and the runs. */
final class Home {
    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "Where runs and the ledger are kept. Otherwise GENKA_HOME or ~/.genka.")
    @Nullable
    Path chosen;

    /** The folder, absolute; it need not exist yet. */
    Path path() {
        if (chosen != null) {
            if (chosen.toString().isBlank()) {
                throw GenkaException.user(
                        "--home must not be empty: it names a folder. Maybe leave it out, which means ~/.genka?");
            }
            return absolute(chosen);
        }
        String variable = System.getenv("GENKA_HOME");
        return variable == null || variable.isBlank() ? UserHome.path().resolve(".genka") : absolute(Path.of(variable));
    }

    /** Shells leave a tilde alone behind an equals sign ({@code --home=~/runs}) and in quotes; a folder of that name nobody wants. */
    private static Path absolute(Path folder) {
        Path meant = folder.startsWith("~")
                ? UserHome.path().resolve(folder.getName(0).relativize(folder))
                : folder;
        return meant.toAbsolutePath().normalize();
    }

    /** Makes the folder where there is none. */
    void create() {
        try {
            Files.createDirectories(path());
        } catch (IOException e) {
            throw new GenkaException(Fault.RESOURCE, path() + " cannot be made. Maybe --home and a folder of yours", e);
        }
    }

    /** What the next command needs to look in the same place: nothing, or the option as a shell reads it. */
    String option() {
        if (chosen == null) {
            return "";
        }
        String folder = chosen.toString();
        boolean plain = folder.matches("[\\w./:@%+=,-]+");
        return " --home " + (plain ? folder : "'" + folder.replace("'", "'\\''") + "'");
    }

    /** The run of that name, of that unique beginning, or the newest for {@code last}. */
    RunSummary run(Ledger ledger, String name) {
        if (name.equals("last")) {
            return ledger.newest()
                    .orElseThrow(() -> GenkaException.user("there is no run in " + path()
                            + " yet. Maybe start with ./genka run recipes/r1-zero-tiny.yaml"));
        }
        if (name.isBlank()) {
            throw GenkaException.user("the name of the run ('" + name + "') is empty. Maybe last, for the newest?");
        }
        return ledger.run(name);
    }

    /** Where the run's files are: beside the ledger, or where they were when it began. */
    Path folder(RunSummary run) {
        Path here = path().resolve("runs").resolve(run.id());
        return Files.isDirectory(here) ? here : Path.of(run.run().dir());
    }

    /** The same, for what cannot do without the files. */
    Path keptFolder(RunSummary run) {
        Path folder = folder(run);
        if (!Files.isDirectory(folder)) {
            throw GenkaException.user("the files of run " + run.id() + " are gone: there is no " + folder
                    + ". Maybe ./genka bill " + run.id() + option() + ", which needs the ledger only?");
        }
        return folder;
    }
}
