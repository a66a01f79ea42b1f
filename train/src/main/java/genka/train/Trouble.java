package genka.train;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Something about a stage that its curves show and its user should know, in words.
 *
 * @param step steps done when it was seen; 0 is before the first
 * @param finding what was seen, in figures
 * @param advice what may help
 */
public record Trouble(Kind kind, Severity severity, String stage, long step, String finding, String advice) {

    /** How much it matters. */
    public enum Severity {
        /** Looks like a fault but is none, or there is nothing to do. */
        NOTE,
        WARNING,
        /** The stage cannot work: it is not begun, or ends with the run. */
        REFUSAL
    }

    /** What is wrong. A stage is told each kind once. */
    public enum Kind {
        NOTHING_TO_REINFORCE("nothing to reinforce"),
        ALREADY_SOLVED("already solved"),
        REWARD_FLAT("reward never rises"),
        FORMAT_NEVER_RIGHT("format never right"),
        NO_SIGNAL("no learning signal"),
        ZERO_LOSS("loss is 0"),
        LENGTH_COLLAPSE("length collapse"),
        LENGTH_EXPLOSION("answers are cut off"),
        ENTROPY_COLLAPSE("entropy collapse"),
        REWARD_HACKING("reward hacking"),
        KL_BLOW_UP("KL blow-up"),
        COVERAGE_WALL("coverage wall"),
        UPDATE_LEFT_OUT("update left out"),
        DIVERGED("diverged"),
        SEEN_BEFORE("questions seen before");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** As people read it. */
        public String words() {
            return words;
        }

        /** As files have it: coverage-wall. */
        public String key() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Under the names that files use. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", kind.key());
        json.put("severity", severity.name().toLowerCase(Locale.ROOT));
        json.put("stage", stage);
        json.put("step", step);
        json.put("finding", finding);
        json.put("advice", advice);
        return json;
    }

    /** What {@link #json} wrote; empty for a kind that this version does not know. */
    static Optional<Trouble> of(JsonNode json) {
        for (Kind kind : Kind.values()) {
            if (kind.key().equals(json.path("kind").asString(""))) {
                return Optional.of(new Trouble(
                        kind,
                        Severity.valueOf(
                                json.path("severity").asString("warning").toUpperCase(Locale.ROOT)),
                        json.path("stage").asString(""),
                        json.path("step").asLong(0),
                        json.path("finding").asString(""),
                        json.path("advice").asString("")));
            }
        }
        return Optional.empty();
    }
}
