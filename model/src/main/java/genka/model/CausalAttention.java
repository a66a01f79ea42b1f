package genka.model;

import genka.catalog.AttentionSpec;
import genka.kernel.Gemm;
import genka.kernel.SerialGemm;
import genka.kernel.Softmax;
import genka.kernel.ThreadTeam;
import genka.kernel.Vectors;

/**
 * Softmax attention of the expanded form, one (sequence, head) at a time on one thread, in blocks of query rows that see only the keys
 * before them. The key of a head is [k_nope | k_rope], its rotary half shared by all heads. Probabilities are kept for the backward.
 */
final class CausalAttention {
    /** Query rows a block. */
    private static final int BLOCK = 64;

    /** What a backward needs of a forward: [sequence][head][length, length]. */
    static final class Probabilities {
        private float[] values = {};
        private int[] at = {};
    }

    /** What one worker needs for one head. */
    private static final class Scratch {
        private float[] keys = {};
        private float[] keyGradients = {};
        private float[] scores = {};
    }

    private final Gemm gemm;
    private final int heads;
    private final int nope;
    private final int rope;
    private final int value;
    private final int latentWidth;
    private final boolean keep;
    private final Scratch[] scratch;
    private final ThreadTeam.RangeTask forwardTask = this::forwardHeads;
    private final ThreadTeam.RangeTask backwardTask = this::backwardHeads;

    private float softmaxScale;
    private RaggedRows rows = new RaggedRows();
    private float[] q = {};
    private int ldq;
    private float[] latent = {};
    private float[] kv = {};
    private float[] output = {};
    private float[] dq = {};
    private int lddq;
    private float[] dkv = {};
    private float[] headRopeKeys = {};
    private float[] probabilities = {};
    private int[] probabilityAt = {};

    CausalAttention(Gemm gemm, AttentionSpec.Mla mla, boolean keep) {
        this.gemm = gemm;
        this.heads = mla.heads();
        this.nope = mla.qkNopeHeadDim();
        this.rope = mla.qkRopeHeadDim();
        this.value = mla.vHeadDim();
        this.latentWidth = mla.cacheValuesPerToken();
        this.keep = keep;
        this.scratch = new Scratch[gemm.team().threads()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = new Scratch();
        }
    }

    /**
     * output [rows, heads * value] from q [rows, ldq], rotated; latent [rows, kvLora + rope], whose last part is the rotated shared key;
     * kv [rows, heads * (nope + value)].
     */
    void forward(
            RaggedRows rows,
            float scale,
            float[] q,
            int ldq,
            float[] latent,
            float[] kv,
            float[] output,
            Probabilities kept) {
        set(rows, scale, q, ldq, latent, kv, output);
        reserve(kept);
        gemm.team().each(rows.sequences() * heads, forwardTask);
    }

    /** As {@link #forward} had it, with the gradient of the output. Then {@link #backward}. */
    void resume(
            RaggedRows rows,
            float scale,
            float[] q,
            int ldq,
            float[] latent,
            float[] kv,
            float[] dOutput,
            Probabilities kept) {
        set(rows, scale, q, ldq, latent, kv, dOutput);
        reserve(kept);
    }

    private void set(RaggedRows rows, float scale, float[] q, int ldq, float[] latent, float[] kv, float[] output) {
        this.rows = rows;
        this.softmaxScale = scale;
        this.q = q;
        this.ldq = ldq;
        this.latent = latent;
        this.kv = kv;
        this.output = output;
    }

    /** Gradients: dq [rows, lddq], dkv as kv, and those of the rotated key by head, [rows, heads * rope]. */
    void backward(float[] dq, int lddq, float[] dkv, float[] headRopeKeys) {
        this.dq = dq;
        this.lddq = lddq;
        this.dkv = dkv;
        this.headRopeKeys = headRopeKeys;
        gemm.team().each(rows.sequences() * heads, backwardTask);
    }

    private void reserve(Probabilities kept) {
        long length = rows.longest();
        long block = Math.min(BLOCK, length);
        for (Scratch own : scratch) {
            own.keys = Workspace.room(own.keys, length * (nope + rope));
            own.keyGradients = Workspace.room(own.keyGradients, length * (nope + rope));
            own.scores = Workspace.room(own.scores, block * length);
        }
        if (keep) {
            long total = 0;
            kept.at = Workspace.room(kept.at, rows.sequences());
            for (int s = 0; s < rows.sequences(); s++) {
                kept.at[s] = (int) total;
                total += (long) heads * rows.length(s) * rows.length(s);
            }
            kept.values = Workspace.room(kept.values, total);
            probabilities = kept.values;
            probabilityAt = kept.at;
        }
    }

    private void forwardHeads(int worker, int from, int to) {
        for (int i = from; i < to; i++) {
            forwardHead(scratch[worker], gemm.serial(worker), i / heads, i % heads);
        }
    }

    private void backwardHeads(int worker, int from, int to) {
        for (int i = from; i < to; i++) {
            backwardHead(scratch[worker], gemm.serial(worker), i / heads, i % heads);
        }
    }

    private void gatherKeys(float[] keys, int first, int length, int head) {
        int ldkv = heads * (nope + value);
        int width = nope + rope;
        for (int t = 0; t < length; t++) {
            System.arraycopy(kv, (first + t) * ldkv + head * (nope + value), keys, t * width, nope);
            System.arraycopy(latent, (first + t + 1) * latentWidth - rope, keys, t * width + nope, rope);
        }
    }

    private void forwardHead(Scratch own, SerialGemm serial, int sequence, int head) {
        int length = rows.length(sequence);
        int first = rows.start(sequence);
        int width = nope + rope;
        int ldkv = heads * (nope + value);
        int valueAt = first * ldkv + head * (nope + value) + nope;
        gatherKeys(own.keys, first, length, head);
        float[] p = keep ? probabilities : own.scores;
        for (int from = 0; from < length; from += BLOCK) {
            int to = Math.min(length, from + BLOCK);
            int at = keep ? probabilityAt[sequence] + (head * length + from) * length : 0;
            int row = first + from;
            serial.nt(to - from, to, width, q, row * ldq + head * width, ldq, own.keys, 0, width, p, at, length, false);
            softmax(from, to, p, at, length);
            int outputAt = (row * heads + head) * value;
            serial.nn(to - from, value, to, p, at, length, kv, valueAt, ldkv, output, outputAt, heads * value, false);
        }
    }

    private void softmax(int from, int to, float[] p, int at, int ld) {
        if (from == 0) {
            Softmax.causal(to, softmaxScale, p, at, ld);
            return;
        }
        for (int r = from; r < to; r++) {
            int rowAt = at + (r - from) * ld;
            Softmax.row(r + 1, softmaxScale, p, rowAt);
            java.util.Arrays.fill(p, rowAt + r + 1, rowAt + to, 0);
        }
    }

    private void backwardHead(Scratch own, SerialGemm serial, int sequence, int head) {
        int length = rows.length(sequence);
        int first = rows.start(sequence);
        int width = nope + rope;
        int ldkv = heads * (nope + value);
        int valueAt = first * ldkv + head * (nope + value) + nope;
        int ldo = heads * value;
        float[] ds = own.scores;
        gatherKeys(own.keys, first, length, head);
        // Blocks from the last one: it reaches all keys, so it writes where the others add.
        int last = Math.max(0, (length - 1) / BLOCK) * BLOCK;
        for (int from = last; from >= 0 && from < length; from -= BLOCK) {
            int to = Math.min(length, from + BLOCK);
            boolean add = from != last;
            int at = probabilityAt[sequence] + (head * length + from) * length;
            int row = first + from;
            int outputAt = row * ldo + head * value;
            serial.nt(to - from, to, value, output, outputAt, ldo, kv, valueAt, ldkv, ds, 0, length, false);
            serial.tn(to, value, to - from, probabilities, at, length, output, outputAt, ldo, dkv, valueAt, ldkv, add);
            softmaxBackward(from, to, at, ds, length);
            int qAt = row * ldq + head * width;
            serial.nn(
                    to - from,
                    width,
                    to,
                    ds,
                    0,
                    length,
                    own.keys,
                    0,
                    width,
                    dq,
                    row * lddq + head * width,
                    lddq,
                    false);
            serial.tn(to, width, to - from, ds, 0, length, q, qAt, ldq, own.keyGradients, 0, width, add);
        }
        scatterKeyGradients(own.keyGradients, first, length, head);
    }

    private void softmaxBackward(int from, int to, int at, float[] ds, int ld) {
        if (from == 0) {
            Softmax.causalBackward(to, softmaxScale, probabilities, at, ds, 0, ld);
            return;
        }
        for (int r = from; r < to; r++) {
            int p = at + (r - from) * ld;
            int d = (r - from) * ld;
            float dot = Vectors.dot(r + 1, probabilities, p, ds, d);
            for (int i = 0; i <= r; i++) {
                ds[d + i] = softmaxScale * probabilities[p + i] * (ds[d + i] - dot);
            }
            java.util.Arrays.fill(ds, d + r + 1, d + to, 0);
        }
    }

    private void scatterKeyGradients(float[] gradients, int first, int length, int head) {
        int ldkv = heads * (nope + value);
        int width = nope + rope;
        for (int t = 0; t < length; t++) {
            System.arraycopy(gradients, t * width, dkv, (first + t) * ldkv + head * (nope + value), nope);
            System.arraycopy(gradients, t * width + nope, headRopeKeys, ((first + t) * heads + head) * rope, rope);
        }
    }
}
