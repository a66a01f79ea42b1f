package genka.catalog;

import java.util.Optional;

/**
 * What a served model is asked in a day, how it is spread, and what is paid for it.
 *
 * @param nodeAccelerators accelerators of a node
 * @param input tokens of prompts a day, {@code hits} of them found in the prefix cache
 * @param output tokens of answers a day
 * @param context tokens an answer's token looks back at in the mean
 * @param userRate tokens a second that a user must get
 * @param firstTokenSeconds a user may wait in the mean for the first token, if anyone minds
 * @param prefillRanks accelerators that read prompts together, {@code decodeRanks} that write answers together
 * @param redundant experts that are held twice, to balance load
 * @param rent dollars of an accelerator and hour
 * @param prices of a million tokens
 */
public record Traffic(
        String name,
        String model,
        String accelerator,
        String precision,
        int nodeAccelerators,
        double input,
        double hits,
        double output,
        double context,
        double userRate,
        Optional<Double> firstTokenSeconds,
        int prefillRanks,
        int decodeRanks,
        int redundant,
        double rent,
        Prices prices,
        Optional<Published> published) {
    private static final double MILLION = 1e6;
    private static final double HOURS = 24;

    /** Dollars a million tokens: of prompts in the cache or not, and of answers. */
    public record Prices(double hit, double miss, double output) {}

    /** What somebody says such traffic took: nodes, and tokens a second of a node, prompts with those in the cache. */
    public record Published(double nodes, double prefillRate, double decodeRate) {}

    /** The same for users who wait so long for the first token at most. */
    public Traffic withFirstToken(double seconds) {
        return new Traffic(
                name,
                model,
                accelerator,
                precision,
                nodeAccelerators,
                input,
                hits,
                output,
                context,
                userRate,
                Optional.of(seconds),
                prefillRanks,
                decodeRanks,
                redundant,
                rent,
                prices,
                published);
    }

    public double misses() {
        return input - hits;
    }

    /** Tokens of a mean answer: a token in its middle looks back at the prompt and half of the answer. */
    public double answerTokens() {
        return context / (input / output + 0.5);
    }

    public double promptTokens() {
        return answerTokens() * input / output;
    }

    /** Dollars a day of so many nodes. */
    public double cost(double nodes) {
        return nodes * nodeAccelerators * HOURS * rent;
    }

    /** Dollars a day at the prices. */
    public double revenue() {
        return (hits * prices.hit() + misses() * prices.miss() + output * prices.output()) / MILLION;
    }

    /** What is earned beside what is paid: 5.45 is 545 %. */
    public double margin(double nodes) {
        return revenue() / cost(nodes) - 1;
    }
}
