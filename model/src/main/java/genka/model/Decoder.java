package genka.model;

import genka.catalog.ModelSpec;
import genka.kernel.Gemm;
import genka.kernel.Rows;
import org.jspecify.annotations.Nullable;

/** Token-by-token decoding with the latent cache, absorbed form; prompts run in the expanded form. Not thread-safe. */
public final class Decoder {
    private final ModelSpec spec;
    private final Model model;
    private final Gemm gemm;
    private final RotaryTables tables;
    private final Embedding embedding;
    private final LayerStack stack;
    private final StreamedStack streamed;
    private final NormLayer finalNorm;
    private final LatentCache cache;
    private final RaggedRows rows = new RaggedRows();
    private float[] x = {};
    private float[] lastRows = {};
    private int[] lastIndex = {};
    private float[] states = {};
    private float[] inverse = {};
    private float[] logits = {};
    private @Nullable PackedStack packed;
    private boolean stale = true;

    /**
     * @param slots sequences that can be in flight
     * @param maxLength tokens a sequence can hold
     */
    public Decoder(Model model, Gemm gemm, int slots, int maxLength) {
        spec = model.spec();
        this.gemm = gemm;
        this.model = model;
        tables = new RotaryTables(spec.rope(), DecoderLayer.latent(spec));
        embedding = new Embedding(gemm.team(), model.parameters());
        stack = new LayerStack(gemm, model, tables, false);
        stack.sharePacks();
        streamed = new StreamedStack(gemm, model, tables);
        finalNorm = new NormLayer(gemm.team(), model.parameters(), "model.norm.weight", spec.rmsNormEps());
        cache = new LatentCache(spec.layers(), spec.attention().cacheValuesPerToken(), slots, maxLength);
    }

    /** Runs prompt i of the batch into slot {@code slots[i]} (which starts empty) and leaves the logits after its last token in row i of {@link #logits()}. */
    public void prefill(TokenBatch prompts, int[] slots) {
        rows.of(prompts);
        int count = rows.sequences();
        lastIndex = Workspace.room(lastIndex, count);
        for (int s = 0; s < count; s++) {
            if (rows.length(s) == 0) {
                throw new IllegalArgumentException("prompt " + s + " is empty");
            }
            cache.setLength(slots[s], 0);
            cache.reserve(slots[s], rows.length(s));
            lastIndex[s] = rows.start(s) + rows.length(s) - 1;
        }
        float[] input = embed(rows.rows(), prompts.ids());
        for (int layer = 0; layer < spec.layers(); layer++) {
            stack.layer(layer).forward(rows, rows, input);
            stack.layer(layer).store(rows, cache, layer, slots);
            input = stack.layer(layer).output();
        }
        for (int s = 0; s < count; s++) {
            cache.setLength(slots[s], rows.length(s));
        }
        int hidden = spec.hiddenSize();
        lastRows = Workspace.room(lastRows, (long) count * hidden);
        Rows.gather(0, count, hidden, input, 0, hidden, lastIndex, 0, lastRows, 0, hidden);
        finish(count, lastRows);
    }

    /** Makes slot {@code to} hold what slot {@code from} holds: a group shares its prompt. */
    public void copySlot(int from, int to) {
        cache.copy(from, to);
    }

    /** To be called when weights have changed: what was copied of them is copied again when it is needed. */
    public void refresh() {
        stale = true;
    }

    /** Appends {@code tokens[i]} to slot {@code slots[i]} for i in 0..count-1 and leaves the logits in row i of {@link #logits()}. */
    public void step(int count, int[] slots, int[] tokens) {
        for (int i = 0; i < count; i++) {
            cache.reserve(slots[i], cache.length(slots[i]) + 1);
        }
        float[] input = embed(count, tokens);
        if (count <= StreamedStack.MOST_TOKENS) {
            streamed.run(count, slots, cache, input);
        } else {
            packed().run(count, slots, input);
        }
        for (int i = 0; i < count; i++) {
            cache.setLength(slots[i], cache.length(slots[i]) + 1);
        }
        finish(count, input);
    }

    private PackedStack packed() {
        PackedStack ready = packed;
        if (ready == null) {
            ready = new PackedStack(gemm, model, tables, cache);
            packed = ready;
        }
        if (stale) {
            ready.pack();
            stale = false;
        }
        return ready;
    }

    private float[] embed(int count, int[] ids) {
        x = Workspace.room(x, (long) count * spec.hiddenSize());
        embedding.forward(count, ids, x);
        return x;
    }

    private void finish(int count, float[] last) {
        int hidden = spec.hiddenSize();
        states = Workspace.room(states, (long) count * hidden);
        inverse = Workspace.room(inverse, count);
        int vocab = spec.vocabSize();
        logits = Workspace.room(logits, (long) count * vocab);
        finalNorm.forward(count, last, states, 0, hidden, inverse);
        if (count <= StreamedStack.MOST_TOKENS) {
            streamed.logits(count, states, logits);
        } else {
            packed().logits(count, states, logits);
        }
    }

    /** [count, vocab] of the last prefill or step; overwritten by the next. */
    public float[] logits() {
        return logits;
    }

    /** Tokens that slot holds. */
    public int length(int slot) {
        return cache.length(slot);
    }

    /** What the decoder remembers, and what that takes. */
    public LatentCache cache() {
        return cache;
    }
}
