package genka.report;

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

    /** A line of samples.jsonl; empty for one that a kill cut off. */
    static Optional<Sample> parsed(String line) {
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
