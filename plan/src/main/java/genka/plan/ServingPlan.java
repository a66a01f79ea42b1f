package genka.plan;

import genka.catalog.Traffic;
import java.util.List;

/**
 * What serving some traffic takes: nodes that read prompts and nodes that write answers.
 *
 * @param prefillRate tokens a second that a node reads, those found in the cache included
 * @param decodeRate tokens a second that a node writes
 * @param tokenSeconds seconds between two tokens of an answer
 * @param firstTokenSeconds mean wait for the first token of an answer
 * @param busy share of the time that nodes which read prompts work, so that others wait no longer
 * @param requests answers an accelerator writes at once
 * @param fitting answers whose cache would fit on it
 * @param hitShare seconds of a prompt's token that is in the cache beside one that is not
 * @param low measured over predicted seconds: tenth percentile of served models that were left out of the fit; {@code high} ninetieth
 * @param inputs what it hangs on, with the tier of each
 */
public record ServingPlan(
        Traffic traffic,
        double cacheBytesPerToken,
        double prefillRate,
        double decodeRate,
        double tokenSeconds,
        double firstTokenSeconds,
        double busy,
        double requests,
        double fitting,
        double hitShare,
        double low,
        double high,
        List<PlanInput> inputs) {
    private static final double SECONDS_A_DAY = 86_400;
    private static final double MILLION = 1e6;

    public ServingPlan {
        inputs = List.copyOf(inputs);
    }

    public double prefillNodes() {
        return traffic.input() / SECONDS_A_DAY / prefillRate;
    }

    public double decodeNodes() {
        return traffic.output() / SECONDS_A_DAY / decodeRate;
    }

    public double nodes() {
        return prefillNodes() + decodeNodes();
    }

    /** Whether more answers at once would be too slow for their readers; otherwise memory is full. */
    public boolean boundByLatency() {
        return requests < fitting;
    }

    public double usdPerDay() {
        return traffic.cost(nodes());
    }

    public double usdPerMillionOutput() {
        return traffic.cost(decodeNodes()) / traffic.output() * MILLION;
    }

    public double usdPerMillionMiss() {
        return traffic.cost(prefillNodes()) / (traffic.misses() + hitShare * traffic.hits()) * MILLION;
    }

    public double usdPerMillionHit() {
        return hitShare * usdPerMillionMiss();
    }

    public double margin() {
        return traffic.margin(nodes());
    }
}
