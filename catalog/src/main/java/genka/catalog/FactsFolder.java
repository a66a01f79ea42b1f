package genka.catalog;

import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder under facts/ with one YAML file for each thing of a kind.
 *
 * @param kind what a file holds, for messages: rate card
 * @param folder its name under facts/
 */
public record FactsFolder(String kind, String folder) {
    private static final String YAML = ".yaml";

    public Path path() {
        return GenkaRoot.path().resolve("facts").resolve(folder);
    }

    /** The shipped file of that name, or the file itself when the name ends in .yaml. */
    public Path file(String name) {
        if (name.endsWith(YAML)) {
            return Path.of(name);
        }
        List<String> names = names();
        if (!names.contains(name)) {
            throw GenkaException.user(
                    kind + " (" + name + ") is not in facts/" + folder + "." + Nearest.advice(name, names));
        }
        return path().resolve(name + YAML);
    }

    /** Names of the shipped ones, sorted. */
    public List<String> names() {
        try (Stream<Path> files = Files.list(path())) {
            return files.filter(file -> file.toString().endsWith(YAML))
                    .map(FactsFolder::name)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new GenkaException(
                    Fault.USER, path() + " cannot be listed: " + e.getMessage() + ". Maybe restore facts/" + folder, e);
        }
    }

    /** What a file is called, without its ending. */
    static String name(Path file) {
        return String.valueOf(file.getFileName()).replaceFirst("\\.yaml$", "");
    }
}
