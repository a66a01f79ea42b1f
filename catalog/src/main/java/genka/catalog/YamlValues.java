package genka.catalog;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.JsonSchema;

/** Nodes as plain Java values (String, Long, Double, Boolean, List, Map, null) by YAML 1.2's JSON schema, and back to text. */
final class YamlValues {
    private static final ScalarResolver RESOLVER = new JsonSchema().getScalarResolver();

    private YamlValues() {}

    static @Nullable Object of(YamlNode node) {
        return switch (node) {
            case YamlNode.Scalar scalar -> scalar(scalar);
            case YamlNode.Sequence sequence -> {
                List<@Nullable Object> items = new ArrayList<>();
                sequence.items().forEach(item -> items.add(of(item)));
                yield items;
            }
            case YamlNode.Mapping mapping -> map(mapping);
        };
    }

    static Map<String, @Nullable Object> map(YamlNode.Mapping mapping) {
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        mapping.entries().forEach((key, value) -> entries.put(key, of(value)));
        return entries;
    }

    private static @Nullable Object scalar(YamlNode.Scalar scalar) {
        if (!scalar.plain()) {
            return scalar.text();
        }
        if (scalar.isNull()) {
            return null;
        }
        Tag tag = RESOLVER.resolve(scalar.text(), true);
        if (tag.equals(Tag.BOOL)) {
            return Boolean.valueOf(scalar.text());
        }
        if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
            return number(scalar.text());
        }
        return scalar.text();
    }

    private static Object number(String text) {
        try {
            if (text.length() < 19 && text.matches("-?[0-9]+")) {
                return Long.valueOf(text);
            }
            double value = new BigDecimal(text).doubleValue();
            return Double.isFinite(value) ? value : text;
        } catch (NumberFormatException e) {
            return text;
        }
    }

    /** YAML text that {@link #of} reads as the same values. */
    static String text(Map<String, @Nullable Object> values) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setWidth(4000)
                .setSplitLines(false)
                .build();
        return new Dump(settings).dumpToString(copy(values));
    }

    /** Fresh collections throughout: the writer would turn a collection it meets twice into an alias. */
    private static @Nullable Object copy(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<Object, @Nullable Object> entries = new LinkedHashMap<>();
                map.forEach((key, entry) -> entries.put(key, copy(entry)));
                yield entries;
            }
            case List<?> list -> {
                List<@Nullable Object> items = new ArrayList<>();
                list.forEach(item -> items.add(copy(item)));
                yield items;
            }
            case null -> null;
            default -> value;
        };
    }
}
