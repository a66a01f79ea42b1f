package genka.report;

import genka.report.StageMetrics.Load;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The figures of a run's metrics.jsonl, by stage in the order they ran. Takes lines one by one, so a run can be followed. */
public final class Metrics {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> NOT_FIGURES = List.of("step", "steps", "time", "seconds");
    private static final String LOADS = "expert_load";

    /**
     * A trouble that a stage's curves showed.
     *
     * @param kind its name, with dashes
     * @param severity note, warning or refusal
     * @param finding what was seen, in figures
     */
    record Trouble(String kind, String severity, String stage, long step, String finding, String advice) {}

    private final Map<String, StageMetrics> stages = new LinkedHashMap<>();
    private final List<Trouble> troubles = new ArrayList<>();

    /** Reads a file; a missing one has no figures. */
    public static Metrics read(Path file) {
        Metrics metrics = new Metrics();
        new GrowingFile(file).lines().forEach(metrics::add);
        return metrics;
    }

    /** A line of the file; one that a kill cut off is left out. */
    void add(String line) {
        JsonNode object;
        try {
            object = JSON.readTree(line);
        } catch (JacksonException cutOff) {
            return;
        }
        if (!object.isObject()) {
            return;
        }
        if (object.has("trouble")) {
            troubles.add(trouble(object.path("trouble")));
            return;
        }
        StageMetrics stage = stages.computeIfAbsent(object.path("stage").asString(""), StageMetrics::new);
        long step = object.path("step").asLong(0);
        object.properties().forEach(field -> {
            if (field.getKey().equals(LOADS)) {
                field.getValue().properties().forEach(layer -> load(stage, step, layer.getKey(), layer.getValue()));
            } else {
                figure(stage, step, field.getKey(), field.getKey(), field.getValue());
            }
        });
    }

    private static Trouble trouble(JsonNode json) {
        return new Trouble(
                json.path("kind").asString(""),
                json.path("severity").asString("warning"),
                json.path("stage").asString(""),
                json.path("step").asLong(0),
                json.path("finding").asString(""),
                json.path("advice").asString(""));
    }

    /** A number by its name; those within an object have its name before theirs. */
    private static void figure(StageMetrics stage, long step, String name, String key, JsonNode value) {
        if (value.isObject()) {
            value.properties()
                    .forEach(inner ->
                            figure(stage, step, name + " " + inner.getKey(), inner.getKey(), inner.getValue()));
        } else if (value.isNumber() && !NOT_FIGURES.contains(key)) {
            stage.add(step, name, value.asDouble());
        }
    }

    private static void load(StageMetrics stage, long step, String layer, JsonNode shares) {
        if (layer.matches("\\d{1,6}") && shares.isArray() && !shares.isEmpty()) {
            double[] values = new double[shares.size()];
            for (int e = 0; e < values.length; e++) {
                values[e] = shares.get(e).asDouble(0);
            }
            stage.addLoad(Integer.parseInt(layer), new Load(step, values));
        }
    }

    public Collection<StageMetrics> stages() {
        return Collections.unmodifiableCollection(stages.values());
    }

    List<Trouble> troubles() {
        return Collections.unmodifiableList(troubles);
    }

    public Optional<StageMetrics> stage(String name) {
        return Optional.ofNullable(stages.get(name));
    }
}
