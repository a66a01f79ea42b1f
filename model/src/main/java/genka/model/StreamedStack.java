package genka.model;

import genka.catalog.AttentionSpec;
import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;

/** All layers for one new token of each of a few sequences, where reading the weights takes longer than multiplying with them. */
final class StreamedStack {
    /** Tokens at once up to which weights are read as they lie; for more of them a packed copy is faster. */
    static final int MOST_TOKENS = 4;

    private final StreamedAttention[] attention;
    private final StreamedFeedForward[] feedForward;
    private final ThreadTeam team;
    private final Linear head;
    private final ThreadTeam.RangeTask logitsTask = this::someLogits;
    private int count;
    private float[] states = {};
    private float[] logits = {};

    StreamedStack(Gemm gemm, Model model, RotaryTables tables) {
        AttentionSpec.Mla mla = DecoderLayer.latent(model.spec());
        StreamedAttention.Shared shared = new StreamedAttention.Shared(gemm.team(), tables);
        StreamedFeedForward.Shared inner = new StreamedFeedForward.Shared(gemm.team());
        team = gemm.team();
        head = TokenLoss.head(gemm, model);
        attention = new StreamedAttention[model.spec().layers()];
        feedForward = new StreamedFeedForward[attention.length];
        for (int layer = 0; layer < attention.length; layer++) {
            attention[layer] = new StreamedAttention(gemm, model, layer, mla, shared);
            feedForward[layer] = new StreamedFeedForward(gemm, model, layer, inner);
        }
    }

    /** Turns the tokens' embeddings x [count, hidden] into the last layer's output; each token joins its slot's cache. */
    void run(int count, int[] slots, LatentCache cache, float[] x) {
        int[] positions = cache.positions(count, slots);
        for (int layer = 0; layer < attention.length; layer++) {
            attention[layer].run(count, slots, positions, cache, x);
            feedForward[layer].run(count, x);
        }
    }

    /** Logits [count, vocab] of final states [count, hidden]. */
    void logits(int count, float[] states, float[] logits) {
        this.count = count;
        this.states = states;
        this.logits = logits;
        StreamedUnits.run(team, head.out(), count * head.in(), logitsTask);
    }

    private void someLogits(int worker, int fromUnit, int toUnit) {
        int from = StreamedUnits.first(fromUnit);
        int to = StreamedUnits.end(toUnit, head.out());
        head.stream(from, to, count, states, 0, head.in(), logits, 0, head.out(), false);
    }
}
