package genka.catalog;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A YAML value that remembers where it was written. */
sealed interface YamlNode {
    Place place();

    /** What error messages show in parentheses. */
    String shown();

    /** Text as written; {@code plain} when without quotes, so that it may also be a number, a truth value or null. */
    record Scalar(String text, boolean plain, Place place) implements YamlNode {
        boolean isNull() {
            return plain && (text.isEmpty() || text.equals("null") || text.equals("~"));
        }

        @Override
        public String shown() {
            String start = text.length() <= 60 ? text : text.substring(0, 57) + "...";
            return plain ? start : '"' + start + '"';
        }
    }

    record Sequence(List<YamlNode> items, Place place) implements YamlNode {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String shown() {
            return "a list of " + items.size();
        }
    }

    record Mapping(Map<String, YamlNode> entries, Place place) implements YamlNode {
        public Mapping {
            entries = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        @Override
        public String shown() {
            return "a section";
        }

        /** This mapping with entries of {@code lower} where this one has none; sections inside both are merged alike. */
        Mapping over(Mapping lower) {
            Map<String, YamlNode> merged = new LinkedHashMap<>(lower.entries);
            entries.forEach((key, value) -> {
                YamlNode below = merged.get(key);
                merged.put(key, value instanceof Mapping own && below instanceof Mapping old ? own.over(old) : value);
            });
            return new Mapping(merged, place);
        }
    }
}
