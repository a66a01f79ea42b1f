package genka.plan;

import genka.catalog.Transformer;
import genka.units.GenkaException;

/**
 * A model that answers many requests at once, in a steady state.
 *
 * @param tensor ranks that share each layer, {@code data} ranks that hold their own requests and attention, {@code expert} ranks that
 *     experts lie on
 * @param requests answered at once, over all ranks
 * @param input tokens of a prompt
 * @param output tokens of an answer
 * @param weights precision that weights are kept in
 * @param together prompts are read by the same ranks, between the tokens of other answers
 */
public record ServingJob(
        Transformer model,
        Cluster cluster,
        int tensor,
        int data,
        int expert,
        double requests,
        int input,
        int output,
        Precision weights,
        boolean together)
        implements Task {
    static final String FAMILY = "serving";

    public ServingJob {
        if (tensor <= 0 || data <= 0 || expert <= 0) {
            throw GenkaException.user(
                    "tensor, data and expert ranks (" + tensor + ", " + data + ", " + expert + ") must be positive");
        }
        if (requests <= 0 || input <= 0 || output <= 0) {
            throw GenkaException.user(
                    "requests, input and output (" + requests + ", " + input + ", " + output + ") must be positive");
        }
    }

    @Override
    public String family() {
        return FAMILY;
    }

    ServingJob withRequests(double count) {
        return new ServingJob(model, cluster, tensor, data, expert, count, input, output, weights, together);
    }

    /** Bytes of a value in the cache: 8 bits beside narrow weights. */
    double cacheValueBytes() {
        return weights.narrow() ? 1 : 2;
    }

    double ranks() {
        return (double) tensor * data;
    }

    /** Tokens that an answer in the middle of its writing looks back at. */
    double context() {
        return input + output / 2.0;
    }
}
