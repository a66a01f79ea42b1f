package genka.catalog;

/**
 * A DeepSeek mixture of experts.
 *
 * @param intermediateSize width of one expert
 * @param firstDense layers before this one are dense (first_k_dense_replace)
 * @param groups experts form this many groups; {@code keptGroups} of them may be chosen from
 */
public record MoeSpec(
        int routedExperts,
        int expertsPerToken,
        int sharedExperts,
        int intermediateSize,
        int firstDense,
        int layerFrequency,
        Scoring scoring,
        Selection selection,
        int groups,
        int keptGroups,
        boolean normalised,
        double scalingFactor) {

    /** The affinity of a token to an expert, from the router's logits. */
    public enum Scoring {
        SIGMOID,
        SOFTMAX
    }

    /** How experts are chosen from the affinities. */
    public enum Selection {
        /** V3: a correction bias is added for the choice; a group's score is the sum of its best two; other groups get -inf. */
        NOAUX_TC,
        /** V2-Lite: the best affinities. */
        GREEDY,
        /** V2: a group's score is its best expert. */
        GROUP_LIMITED_GREEDY
    }
}
