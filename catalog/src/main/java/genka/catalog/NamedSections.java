package genka.catalog;

import java.util.LinkedHashMap;
import java.util.Map;

/** Sections that a recipe names itself, such as models.student and sources.general. */
final class NamedSections {
    private NamedSections() {}

    /** Those under the key, by name and in order; none may be called {@code taken}. */
    static Map<String, Section> under(Section top, String key, String taken) {
        Map<String, Section> sections = new LinkedHashMap<>();
        if (!top.has(key)) {
            return sections;
        }
        Section list = top.section(key);
        for (String name : list.node().entries().keySet()) {
            if (!name.matches(Section.NAME) || name.equals(taken)) {
                list.problem(
                        name,
                        "must have a name of letters, digits, dots and dashes, 64 at most, other than " + taken
                                + ". Maybe student");
            }
            sections.put(name, list.section(name));
        }
        return sections;
    }
}
