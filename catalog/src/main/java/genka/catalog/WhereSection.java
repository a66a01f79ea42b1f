package genka.catalog;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where a recipe runs. */
final class WhereSection {
    private static final List<String> DEGREES =
            List.of("tensor", "pipeline", "chunks", "expert", "context", "data", "micro_batch");

    private WhereSection() {}

    static Recipe.Placement read(Section section) {
        if (section.has("accelerator") || section.has("count")) {
            String accelerator = section.requiredText("accelerator", "what the fleet is made of, such as H800");
            int count = (int) section.requiredWhole("count", Range.POSITIVE_INT, "how many accelerators");
            Map<String, Object> parallelism = parallelism(section.section("parallelism"));
            section.close();
            return new Recipe.Placement.Fleet(accelerator, count, parallelism);
        }
        section.choice("machine", List.of("here"), Optional.of("here"));
        int threads = (int) section.whole("threads", 0, Range.between(0, 1024));
        section.close();
        return new Recipe.Placement.Here(threads);
    }

    private static Map<String, Object> parallelism(Section section) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (String key : DEGREES) {
            section.optionalWhole(key, Range.POSITIVE_INT).ifPresent(value -> values.put(key, value));
        }
        section.optionalWhole("zero_stage", Range.between(0, 3)).ifPresent(value -> values.put("zero_stage", value));
        for (String key : List.of("pipeline_schedule", "recompute", "precision", "moments")) {
            section.optionalText(key).ifPresent(value -> values.put(key, value));
        }
        section.close();
        return values;
    }
}
