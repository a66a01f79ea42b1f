package genka.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A question and what the model said.
 *
 * @param score 0–1, NaN where nobody judged it
 */
record Sample(String stage, long step, String prompt, String response, double score) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Those of a run's samples.jsonl, oldest first. */
    static List<Sample> read(Path file) {
        List<Sample> samples = new ArrayList<>();
        RunFiles.lines(file).forEach(line -> parsed(line).ifPresent(samples::add));
        return samples;
    }

    /** Empty for a line that a kill cut off. */
    private static Optional<Sample> parsed(String line) {
        try {
            return Optional.of(of(JSON.readTree(line)));
        } catch (JacksonException cutOff) {
            return Optional.empty();
        }
    }

    static Sample of(JsonNode json) {
        return new Sample(
                json.path("stage").asString(""),
                json.path("step").asLong(0),
                json.path("prompt").asString(""),
                json.path("response").asString(""),
                json.path("score").asDouble(Double.NaN));
    }

    boolean judged() {
        return !Double.isNaN(score);
    }

    boolean right() {
        return score >= 1;
    }
}
