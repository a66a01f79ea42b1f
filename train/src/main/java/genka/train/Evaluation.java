package genka.train;

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
 */
public record Evaluation(
        String stage,
        long step,
        double greedyAccuracy,
        double meanResponseTokens,
        double thinkShare,
        double formatRate,
        double truncatedShare,
        double bitsPerByte) {

    /** An evaluation of held-out text. */
    public static Evaluation ofText(String stage, long step, double bitsPerByte) {
        return new Evaluation(stage, step, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, bitsPerByte);
    }

    /** Whether it was text: then only {@link #bitsPerByte} means something. */
    public boolean isText() {
        return Double.isNaN(greedyAccuracy);
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
        }
        return json;
    }
}
