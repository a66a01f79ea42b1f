package genka.catalog;

import genka.units.GenkaException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The numbers of one file under facts/: each has value, source, date and evidence, its unit is in its key. A value
 * without a source is refused.
 */
public final class Facts {
    private final String file;
    private final Map<String, Fact> byKey;

    private Facts(String file, Map<String, Fact> byKey) {
        this.file = file;
        this.byKey = byKey;
    }

    /** The file of that name, such as "machines.yaml", under facts/. */
    public static Facts named(String name) {
        return read(GenkaRoot.path().resolve("facts").resolve(name));
    }

    public static Facts read(Path path) {
        Problems problems = new Problems();
        Section top = open(path, problems);
        top.text("about", "");
        Map<String, Fact> facts = new LinkedHashMap<>();
        Section list = top.requiredSection("facts", "the facts, each with value, source, date and evidence");
        for (String key : list.node().entries().keySet()) {
            facts.put(key, fact(list, key));
        }
        top.close();
        problems.throwIfAny();
        return new Facts(String.valueOf(path.getFileName()), facts);
    }

    /** The fact, or a user error with the nearest key the file has. */
    public Fact fact(String key) {
        Fact fact = byKey.get(key);
        if (fact == null) {
            throw GenkaException.user(file + " has no fact " + key + "." + Nearest.advice(key, byKey.keySet()));
        }
        return fact;
    }

    /** All facts, in the order of the file. */
    public List<Fact> all() {
        return List.copyOf(byKey.values());
    }

    static Section open(Path path, Problems problems) {
        String name = String.valueOf(path.getFileName());
        Path folder = Objects.requireNonNull(path.toAbsolutePath().getParent());
        Place start = new Place(name, 1, 1, "", folder);
        return Section.of(
                YamlText.parse(YamlText.readFile(path), start, problems)
                        .orElseThrow(() -> GenkaException.user(name + " is empty. Maybe restore it")),
                problems);
    }

    /** Reads the fact under a key of the section. */
    static Fact fact(Section parent, String key) {
        return fact(key, parent.requiredSection(key, "a section with value, source, date and evidence"));
    }

    /** As {@link #fact(Section, String)}, with a problem when the value is less than {@code least}. */
    static Fact atLeast(Section parent, String key, double least) {
        Section section = parent.requiredSection(key, "a section with value, source, date and evidence");
        Fact fact = fact(key, section);
        if (fact.value().compareTo(BigDecimal.valueOf(least)) < 0) {
            section.problem("value", "must be " + Range.plain(least) + " or more");
        }
        return fact;
    }

    /** As {@link #atLeast}, with a problem when the value is no whole number. */
    static int wholeAtLeast(Section parent, String key, int least) {
        BigDecimal value = atLeast(parent, key, least).value();
        BigDecimal whole = value.setScale(0, RoundingMode.HALF_UP);
        boolean counts = value.compareTo(whole) == 0 && whole.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) <= 0;
        if (!counts) {
            parent.section(key)
                    .problem(
                            "value",
                            "must be a whole number up to " + Integer.MAX_VALUE + ". Maybe "
                                    + whole.min(BigDecimal.valueOf(Integer.MAX_VALUE)));
        }
        return counts ? whole.intValueExact() : least;
    }

    /** Reads the fact a section is. */
    static Fact fact(String key, Section section) {
        String value = section.requiredText("value", "the number");
        BigDecimal number = BigDecimal.ONE;
        if (Range.number(value).isEmpty()) {
            if (section.has("value")) {
                section.problem("value", "must be a number");
            }
        } else {
            number = new BigDecimal(value.replace("_", ""));
        }
        String source =
                section.requiredText("source", "where the number was read. Maybe remove the fact if nobody knows");
        String date = section.requiredText("date", "when the source said so");
        if (section.has("date") && !date.matches("[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")) {
            section.problem("date", "must be year, year-month or year-month-day");
        }
        Fact.Evidence evidence = evidence(section);
        Optional<Fact.Range> range = range(section, number);
        section.close();
        return new Fact(key, number, source.isBlank() ? "?" : source, date, evidence, range);
    }

    private static Optional<Fact.Range> range(Section section, BigDecimal value) {
        Range any = Range.between(-Double.MAX_VALUE, Double.MAX_VALUE);
        Optional<Double> low = section.optionalNumber("low", any);
        Optional<Double> high = section.optionalNumber("high", any);
        if (low.isEmpty() && high.isEmpty()) {
            return Optional.empty();
        }
        if (low.isEmpty() || high.isEmpty()) {
            section.problem(low.isEmpty() ? "high" : "low", "must stand beside the other end of the range");
            return Optional.empty();
        }
        if (low.get() > value.doubleValue() || high.get() < value.doubleValue()) {
            section.problem("value", "must lie between low and high");
            return Optional.empty();
        }
        return Optional.of(new Fact.Range(BigDecimal.valueOf(low.get()), BigDecimal.valueOf(high.get())));
    }

    static Fact.Evidence evidence(Section section) {
        List<String> grades = List.of("primary", "secondary", "estimate");
        return Fact.Evidence.valueOf(
                section.choice("evidence", grades, Optional.empty()).toUpperCase(Locale.ROOT));
    }
}
