package genka.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a model could do at one moment of a stage. Figures that do not apply are NaN: text has no accuracy, tasks have no bits per byte.
 *
 * @param step steps done in the stage; 0 is before its first
 * @param greedyAccuracy share of the evaluation prompts answered right when decoding greedily, 0–1
 * @param meanResponseTokens of those answers, the end token included
 * @param thinkShare share of them that think before they answer
 * @param formatRate mean format score
 * @param truncatedShare share that hit the length limit
 * @param bitsPerByte cross-entropy on held-out text in bits for each byte of UTF-8
 * @param language mean language consistency of the thoughts; NaN where there is nothing to mix
 * @param accuracyBySource greedy accuracy on the recipe's other evaluated sources, by name
 */
public record Evaluation(
        String stage,
        long step,
        double greedyAccuracy,
        double meanResponseTokens,
        double thinkShare,
        double formatRate,
        double truncatedShare,
        double bitsPerByte,
        double language,
        Map<String, Double> accuracyBySource) {
    public Evaluation {
        accuracyBySource = Collections.unmodifiableMap(new LinkedHashMap<>(accuracyBySource));
    }

    /** An evaluation of held-out text. */
    public static Evaluation ofText(String stage, long step, double bitsPerByte) {
        return new Evaluation(
                stage,
                step,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                bitsPerByte,
                Double.NaN,
                Map.of());
    }

    /** The same figures as those of a stage that starts with these weights. */
    Evaluation atStartOf(String nextStage) {
        return at(nextStage, 0);
    }

    /** The same figures at another moment. */
    Evaluation at(String anotherStage, long anotherStep) {
        return new Evaluation(
                anotherStage,
                anotherStep,
                greedyAccuracy,
                meanResponseTokens,
                thinkShare,
                formatRate,
                truncatedShare,
                bitsPerByte,
                language,
                accuracyBySource);
    }

    /** Whether it was text: then only {@link #bitsPerByte} means something. */
    public boolean isText() {
        return Double.isNaN(greedyAccuracy);
    }

    /** One figure to compare evaluations of the same data by, higher is better; NaN when nothing was held out. */
    double merit() {
        return isText() ? -bitsPerByte : greedyAccuracy;
    }

    /** The figures that apply, under the names that files use. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        if (isText()) {
            json.put("bits_per_byte", bitsPerByte);
        } else {
            json.put("greedy_accuracy", greedyAccuracy);
            json.put("mean_response_tokens", meanResponseTokens);
            json.put("think_share", thinkShare);
            json.put("format_rate", formatRate);
            json.put("truncated_share", truncatedShare);
            if (!Double.isNaN(language)) {
                json.put("language", language);
            }
            if (!accuracyBySource.isEmpty()) {
                json.put("accuracy", accuracyBySource);
            }
        }
        return json;
    }
}
