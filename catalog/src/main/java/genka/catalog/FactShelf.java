package genka.catalog;

import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Every fact under facts/, whatever the file: a section that has a {@code value} is a fact, and must say its source, date and
 * evidence. What it is called is the path of keys that leads to it.
 */
public final class FactShelf {
    /**
     * A fact where it stands.
     *
     * @param file below facts/
     * @param name path of keys: accelerators.h100-sxm.facts.bf16_teraflops
     * @param value as written: mostly a number
     * @param range low and high as written, where sources disagree
     */
    public record Entry(
            String file,
            String name,
            String value,
            Optional<String> range,
            String source,
            String date,
            String evidence) {}

    private final List<Entry> entries = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private FactShelf() {}

    /** All facts of all files under facts/, files by name. */
    public static FactShelf read() {
        return read(GenkaRoot.path().resolve("facts"));
    }

    public static FactShelf read(Path folder) {
        FactShelf shelf = new FactShelf();
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .forEach(file -> shelf.walk(folder.relativize(file).toString(), "", YamlFile.read(file)));
        } catch (IOException e) {
            throw new GenkaException(Fault.USER, folder + " cannot be listed: " + e.getMessage(), e);
        }
        return shelf;
    }

    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** What is wrong, a line each; empty when every fact has its source, date and evidence. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** Facts whose file or name holds all words, without regard to case. */
    public List<Entry> named(String words) {
        String[] wanted = words.toLowerCase(Locale.ROOT).strip().split("[ .]+", -1);
        return entries.stream()
                .filter(entry -> {
                    String text = (entry.file() + " " + entry.name()).toLowerCase(Locale.ROOT);
                    return Stream.of(wanted).allMatch(text::contains);
                })
                .toList();
    }

    private void walk(String file, String path, @Nullable Object node) {
        switch (node) {
            case Map<?, ?> map -> {
                if (map.get("value") != null && !(map.get("value") instanceof Map)) {
                    add(file, path, map);
                    return;
                }
                map.forEach((key, value) -> walk(file, path.isEmpty() ? "" + key : path + "." + key, value));
            }
            case List<?> list -> list.forEach(item -> walk(file, path, item));
            case null, default -> {}
        }
    }

    private void add(String file, String path, Map<?, ?> map) {
        String place = "facts/" + file + ": " + path;
        String source = text(map, "source");
        String date = text(map, "date");
        String evidence = text(map, "evidence");
        if (source.isBlank()) {
            problems.add(place + " has no source. Maybe say where the number was read, or remove it");
        }
        if (source.toLowerCase(Locale.ROOT).contains("recalled")) {
            problems.add(place + " is recalled, not read. Maybe look it up, or remove it");
        }
        if (!date.matches("[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")) {
            problems.add(place + ".date (" + date + ") must be year, year-month or year-month-day");
        }
        if (!List.of("primary", "secondary", "estimate", "fitted").contains(evidence)) {
            problems.add(place + ".evidence (" + evidence + ") must be primary, secondary, estimate or fitted");
        }
        Optional<String> range = map.containsKey("low") && map.containsKey("high")
                ? Optional.of(text(map, "low") + " to " + text(map, "high"))
                : Optional.empty();
        entries.add(new Entry(file, path, text(map, "value"), range, source, date, evidence));
    }

    private static String text(Map<?, ?> map, String key) {
        Object value = map.get(key);
        return switch (value) {
            case null -> "";
            case Double number ->
                new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
            default -> value.toString().strip();
        };
    }
}
