package genka.catalog;

import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The rate cards under facts/rates/, and any other file of the same shape. */
public final class RateCards {
    private RateCards() {}

    /** The shipped card of that name (rent, own), or the card in the file when the name ends in .yaml. */
    public static RateCard named(String name) {
        if (name.endsWith(".yaml")) {
            return read(Path.of(name));
        }
        List<String> names = names();
        if (!names.contains(name)) {
            throw GenkaException.user("rate card (" + name + ") is not in facts/rates." + Nearest.advice(name, names));
        }
        return read(folder().resolve(name + ".yaml"));
    }

    /** Names of the shipped cards, sorted. */
    public static List<String> names() {
        try (Stream<Path> files = Files.list(folder())) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(file -> file.endsWith(".yaml"))
                    .map(file -> file.substring(0, file.length() - ".yaml".length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new GenkaException(
                    Fault.USER, folder() + " cannot be listed: " + e.getMessage() + ". Maybe restore facts/rates", e);
        }
    }

    private static Path folder() {
        return GenkaRoot.path().resolve("facts").resolve("rates");
    }

    /** The card in a file; all its problems are told at once. */
    public static RateCard read(Path file) {
        Problems problems = new Problems();
        Section top = Facts.open(file, problems);
        String name = String.valueOf(file.getFileName()).replaceFirst("\\.yaml$", "");
        top.text("about", "");
        String machine = top.requiredText("machine", "the machine the numbers are for");
        RateCard card = switch (top.choice("basis", List.of("rent", "own"), Optional.empty())) {
            case "rent" -> new RateCard.Rent(name, machine, notNegative(top, "usd_per_machine_hour", 0));
            default ->
                new RateCard.Own(
                        name,
                        machine,
                        notNegative(top, "purchase_usd", 0),
                        notNegative(top, "life_years", 0.01),
                        notNegative(top, "watts", 0),
                        notNegative(top, "usd_per_kwh", 0),
                        notNegative(top, "pue", 1));
        };
        top.close();
        problems.throwIfAny();
        return card;
    }

    private static Fact notNegative(Section top, String key, double least) {
        Fact fact = Facts.fact(top, key);
        if (fact.value().compareTo(BigDecimal.valueOf(least)) < 0) {
            top.problem(key, "must be " + Range.plain(least) + " or more");
        }
        return fact;
    }
}
