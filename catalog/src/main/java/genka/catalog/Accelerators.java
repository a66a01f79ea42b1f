package genka.catalog;

import genka.units.GenkaException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The accelerators of facts/accelerators.yaml, found by id or by what people call them. */
public final class Accelerators {
    private final Map<String, Accelerator> byId;

    private Accelerators(Map<String, Accelerator> byId) {
        this.byId = byId;
    }

    public static Accelerators shipped() {
        return read(GenkaRoot.path().resolve("facts").resolve("accelerators.yaml"));
    }

    /** Reads a file; all its problems are told at once. */
    public static Accelerators read(Path path) {
        Problems problems = new Problems();
        Section top = Facts.open(path, problems);
        top.text("about", "");
        Section list = top.requiredSection("accelerators", "the accelerators by id");
        Map<String, Accelerator> byId = new LinkedHashMap<>();
        for (String id : list.node().entries().keySet()) {
            byId.put(id, accelerator(id, list.requiredSection(id, "an accelerator")));
        }
        list.close();
        top.close();
        problems.throwIfAny();
        return new Accelerators(byId);
    }

    private static Accelerator accelerator(String id, Section section) {
        String name = section.requiredText("name", "its product name");
        String vendor = section.requiredText("vendor", "who makes it");
        List<String> aliases = section.texts("aliases");
        Section list = section.requiredSection("facts", "peaks, memory and links");
        Map<String, Fact> facts = new LinkedHashMap<>();
        for (String key : list.node().entries().keySet()) {
            facts.put(key, Facts.fact(list, key));
        }
        list.close();
        List<Fact> prices = history(section, "purchase_usd");
        List<Fact> rents = history(section, "rent_usd_per_hour");
        section.close();
        return new Accelerator(id, name, vendor, aliases, facts, prices, rents);
    }

    private static List<Fact> history(Section section, String key) {
        List<Fact> facts = new ArrayList<>();
        section.sections(key).forEach(each -> facts.add(Facts.fact(key, each)));
        return facts;
    }

    public List<Accelerator> all() {
        return List.copyOf(byId.values());
    }

    /** By id, product name or alias, without regard to case; a user error with the nearest name when there is none. */
    public Accelerator named(String name) {
        return find(name)
                .orElseThrow(() -> GenkaException.user(
                        "accelerator (" + name + ") is not in facts/accelerators.yaml." + advice(name)));
    }

    /** As {@link #named}; what stands in brackets after a name ("A100 80GB (4 per node)") is not part of it. */
    public Optional<Accelerator> find(String name) {
        String wanted = plain(name);
        for (Accelerator accelerator : byId.values()) {
            if (plain(accelerator.id()).equals(wanted)
                    || plain(accelerator.name()).equals(wanted)
                    || accelerator.aliases().stream()
                            .anyMatch(alias -> plain(alias).equals(wanted))) {
                return Optional.of(accelerator);
            }
        }
        return Optional.empty();
    }

    private String advice(String name) {
        List<String> names = new ArrayList<>();
        byId.values().forEach(each -> names.addAll(each.aliases()));
        return Nearest.of(name, names)
                .map(near -> " Maybe you meant " + near + "?")
                .orElse(" Maybe one of " + String.join(", ", byId.keySet()) + ".");
    }

    private static String plain(String name) {
        return name.replaceFirst("\\(.*", "").toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]", "");
    }
}
