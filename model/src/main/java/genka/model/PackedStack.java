package genka.model;

import genka.catalog.AttentionSpec;
import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;
import java.util.ArrayList;
import java.util.List;

/**
 * All layers for one new token of each of many sequences, with weights packed once for a rollout. A worker takes its rows through
 * everything that rows do alone; the team meets only before and after the experts' lists.
 */
final class PackedStack {
    /** Values that a core's own cache holds beside what is multiplied with them: 1 MB. */
    private static final int NEAR_VALUES = 256 * 1024;

    private final Gemm gemm;
    private final ThreadTeam team;
    private final PackedAttention[] attention;
    private final PackedFeedForward[] feedForward;
    private final PackedLinear head;
    private final List<PackedLinear> weights = new ArrayList<>();
    private final boolean far;
    private final ThreadTeam.RangeTask packTask = this::packWeights;
    private final ThreadTeam.RangeTask rowTask = this::runRows;

    private int layer;
    private int[] slots = {};
    private int[] positions = {};
    private final LatentCache cache;
    private float[] x = {};

    PackedStack(Gemm gemm, Model model, RotaryTables tables, LatentCache cache) {
        AttentionSpec.Mla mla = DecoderLayer.latent(model.spec());
        PackedAttention.Shared shared = new PackedAttention.Shared(gemm.team(), tables);
        PackedFeedForward.Shared inner = new PackedFeedForward.Shared(gemm.team());
        this.gemm = gemm;
        this.team = gemm.team();
        this.cache = cache;
        attention = new PackedAttention[model.spec().layers()];
        feedForward = new PackedFeedForward[attention.length];
        for (int i = 0; i < attention.length; i++) {
            attention[i] = new PackedAttention(gemm, model, i, mla, shared);
            feedForward[i] = new PackedFeedForward(gemm, model, i, inner);
            attention[i].forEachWeight(weights::add);
            feedForward[i].forEachWeight(weights::add);
        }
        head = TokenLoss.head(gemm, model).packed();
        weights.add(head);
        far = weights.stream().mapToLong(PackedLinear::size).sum() > NEAR_VALUES;
    }

    /** Copies the weights as they are now. */
    void pack() {
        team.each(weights.size(), packTask);
    }

    private void packWeights(int worker, int from, int to) {
        for (int i = from; i < to; i++) {
            weights.get(i).pack(far);
        }
    }

    /** Turns the tokens' embeddings x [count, hidden] into the last layer's output; each token joins its slot's cache. */
    void run(int count, int[] slots, float[] x) {
        this.slots = slots;
        this.positions = cache.positions(count, slots);
        this.x = x;
        int length = cache.longest(count, slots) + 1;
        for (layer = 0; layer < attention.length; layer++) {
            attention[layer].reserve(count, length);
            feedForward[layer].reserve(count);
            team.run(count, 1, rowTask);
            feedForward[layer].runExperts(count);
        }
        team.run(count, 1, rowTask);
    }

    /** Logits [count, vocab] of final states [count, hidden]. */
    void logits(int count, float[] states, float[] logits) {
        head.apply(gemm, count, states, 0, head.in(), logits, 0, head.out());
    }

    /** The end of the layer before, then this layer up to its experts; after the last layer only its end. */
    private void runRows(int worker, int from, int to) {
        if (layer > 0) {
            feedForward[layer - 1].combine(from, to, x);
        }
        if (layer < attention.length) {
            attention[layer].run(worker, from, to, slots, positions, cache, x);
            feedForward[layer].run(worker, from, to, x);
        }
    }
}
