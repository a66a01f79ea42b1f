package genka.books;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a run worked through in all its attempts, lost work included.
 *
 * @param tokensByStage tokens trained on, or generated to train on
 * @param answers answers generated in rollouts and evaluations
 */
public record RunFacts(Map<String, Long> tokensByStage, long answers) {
    static final RunFacts NONE = new RunFacts(Map.of(), 0);

    public RunFacts {
        tokensByStage = Collections.unmodifiableMap(new LinkedHashMap<>(tokensByStage));
    }

    RunFacts plus(RunFacts other) {
        Map<String, Long> tokens = new LinkedHashMap<>(tokensByStage);
        other.tokensByStage.forEach((stage, n) -> tokens.merge(stage, n, Math::addExact));
        return new RunFacts(tokens, Math.addExact(answers, other.answers));
    }
}
