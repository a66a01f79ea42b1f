package genka.model;

import genka.catalog.AttentionSpec;
import genka.kernel.CausalSoftmax;
import genka.kernel.Gemm;
import genka.kernel.PackedMatrix;
import genka.kernel.Rows;
import genka.kernel.SerialGemm;
import java.util.Arrays;

/**
 * Softmax attention of the expanded form, one (group, head) at a time on one thread: the sequences of a group see the rows they go on
 * from, whose gradients are added up in the order of sequences. The key of a head is [k_nope | k_rope], its rotary half shared by all
 * heads. Scores lie with a row for each key and a column for each query, so that sums over keys go down the vectors; only keys up to a
 * tile's diagonal are met. No probabilities are kept: the backward computes them again from the scores and two numbers a query
 * (FlashAttention, arXiv 2205.14135 §3.1).
 */
final class CausalAttention {
    /** Queries, or keys, of a tile: a multiple of all vector lengths. */
    private static final int TILE = 32;

    /** Queries whose gradients the backward holds at once, a multiple of {@link #TILE}. */
    private static final int SLAB = 128;

    /** Queries of a block, see {@link SerialGemm#columnBlock}. */
    private static final int BLOCK = SerialGemm.COLUMN_BLOCK;

    /** From one key's scores to the next's: the products with them read them where they lie. */
    private static final int SPREAD = SerialGemm.SPREAD_ROWS;

    /** What one worker needs for one head. */
    private static final class Scratch {
        private final float[] largest = new float[SLAB];
        private final float[] inverseSums = new float[SLAB];
        private final float[] dots = new float[SLAB];
        private float[] keys = {};
        private float[] keyGradients = {};
        private float[] scores = {};
        private float[] dScores = {};
        private float[] blocks = {};
        private PackedMatrix packedKeys = new PackedMatrix(0, 0);
        private PackedMatrix packedValues = new PackedMatrix(0, 0);
        private final PackedMatrix queries;
        private final PackedMatrix queriesTurned;
        private final PackedMatrix dOutput;
        private final PackedMatrix dOutputTurned;

        Scratch(int width, int value) {
            queries = new PackedMatrix(SLAB, width);
            queriesTurned = new PackedMatrix(width, SLAB);
            dOutput = new PackedMatrix(SLAB, value);
            dOutputTurned = new PackedMatrix(value, SLAB);
        }
    }

    private final Gemm gemm;
    private final int heads;
    private final int nope;
    private final int rope;
    private final int width;

    /** From one key to the next: {@link #SPREAD}, or their width if that is more. */
    private final int keyStep;

    private final int value;
    private final int latentWidth;
    private final int ldkv;
    private final int ldo;
    private final Scratch[] scratch;

    private RaggedRows rows = new RaggedRows();
    private RaggedRows ends = rows;
    private RaggedRows queryRows = rows;
    private float softmaxScale;
    private float[] q = {};
    private int ldq;
    private float[] latent = {};
    private float[] kv = {};
    private float[] output = {};
    private float[] sums = {};
    private float[] dOutput = {};
    private float[] dq = {};
    private float[] dkv = {};
    private float[] headRopeKeys = {};

    CausalAttention(Gemm gemm, AttentionSpec.Mla mla) {
        this.gemm = gemm;
        this.heads = mla.heads();
        this.nope = mla.qkNopeHeadDim();
        this.rope = mla.qkRopeHeadDim();
        this.width = mla.qkHeadDim();
        this.keyStep = Math.max(SPREAD, width);
        this.value = mla.vHeadDim();
        this.latentWidth = mla.cacheValuesPerToken();
        this.ldkv = heads * (nope + value);
        this.ldo = heads * value;
        this.scratch = new Scratch[gemm.team().threads()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = new Scratch(width, value);
        }
    }

    /**
     * What the heads work on: q [query rows, ldq], rotated; latent [rows, kvLora + rope], whose last part is the rotated shared key; kv
     * [rows, heads * (nope + value)]; output [ends, heads * value]; sums [ends, heads, 2]: what
     * {@link CausalSoftmax#forward} says of a query.
     *
     * @param ends those of the rows that are queries
     * @param queryRows how the rows of q lie: as the rows or as the ends
     */
    void begin(
            RaggedRows rows,
            RaggedRows ends,
            RaggedRows queryRows,
            float scale,
            float[] q,
            int ldq,
            float[] latent,
            float[] kv,
            float[] output,
            float[] sums) {
        this.rows = rows;
        this.ends = ends;
        this.queryRows = queryRows;
        this.softmaxScale = scale;
        this.q = q;
        this.ldq = ldq;
        this.latent = latent;
        this.kv = kv;
        this.output = output;
        this.sums = sums;
        int length = rows.longest();
        for (Scratch own : scratch) {
            own.keys = Workspace.room(own.keys, (long) length * keyStep);
            own.scores = Workspace.room(own.scores, (long) TILE * Math.max(SPREAD, whole(length)));
            reserveBlocks(own, TILE);
            own.packedValues = room(own.packedValues, length, value);
        }
    }

    /** After {@link #begin}: gradients from that of the output: dq as q, dkv as kv, and those of the rotated key by head, [rows, heads * rope]. */
    void beginBackward(float[] dOutput, float[] dq, float[] dkv, float[] headRopeKeys) {
        this.dOutput = dOutput;
        this.dq = dq;
        this.dkv = dkv;
        this.headRopeKeys = headRopeKeys;
        int length = rows.longest();
        for (Scratch own : scratch) {
            own.keyGradients = Workspace.room(own.keyGradients, (long) length * width);
            own.dScores = Workspace.room(own.dScores, (long) TILE * SPREAD);
            reserveBlocks(own, Math.min(SLAB, whole(length)));
            own.packedKeys = room(own.packedKeys, length, width);
        }
    }

    private void reserveBlocks(Scratch own, int queries) {
        own.blocks = Workspace.room(own.blocks, (long) rows.longest() * queries + BLOCK);
    }

    private static PackedMatrix room(PackedMatrix old, int k, int n) {
        return old.fits(k, n) ? old : new PackedMatrix(k, n);
    }

    private static int whole(int length) {
        return (length + TILE - 1) / TILE * TILE;
    }

    private int keyAt(int row, int head) {
        return row * ldkv + head * (nope + value);
    }

    private int valueAt(int row, int head) {
        return keyAt(row, head) + nope;
    }

    /** Copies the keys of a head to the places {@code from..to} of {@code own.keys}; the row of place 0 would be {@code first}. */
    private void keys(Scratch own, int first, int from, int to, int head) {
        int count = to - from;
        int row = first + from;
        int at = from * keyStep;
        Rows.copy(count, nope, kv, keyAt(row, head), ldkv, own.keys, at, keyStep);
        Rows.copy(count, rope, latent, (row + 1) * latentWidth - rope, latentWidth, own.keys, at + nope, keyStep);
    }

    /** Inside a task: the output of one head of one group. */
    void forwardHead(int worker, int group, int head) {
        int first = rows.firstSequence(group);
        scratch[worker].packedValues.reshape(rows.longest(group), value);
        forwardSequence(worker, first, 0, head);
        for (int s = first + 1; s < rows.firstSequence(group + 1); s++) {
            forwardSequence(worker, s, rows.length(first), head);
        }
    }

    /** A sequence whose rows come after {@code shared} others, with what it sees of those in its places. */
    private void forwardSequence(int worker, int sequence, int shared, int head) {
        Scratch own = scratch[worker];
        int first = rows.start(sequence) - shared;
        int length = shared + rows.length(sequence);
        keys(own, first, shared, length, head);
        own.packedValues.packRows(shared, length, kv, valueAt(first + shared, head), ldkv);
        for (int from = shared + ends.skipped(sequence); from < length; from += TILE) {
            forwardTile(worker, sequence, shared, head, from, Math.min(length, from + TILE));
        }
    }

    /** The row of {@code rows} that a sequence has at a place, when those of {@code shared} others come before its own. */
    private static int row(RaggedRows rows, int sequence, int shared, int place) {
        return rows.start(sequence) - rows.skipped(sequence) - shared + place;
    }

    private void forwardTile(int worker, int sequence, int shared, int head, int from, int to) {
        Scratch own = scratch[worker];
        SerialGemm serial = gemm.serial(worker);
        int row = row(ends, sequence, shared, from);
        int count = to - from;
        int outputAt = row * ldo + head * value;
        int queryAt = row(queryRows, sequence, shared, from) * ldq + head * width;
        own.queriesTurned.reshape(width, count);
        own.queriesTurned.packTransposed(q, queryAt, ldq);
        serial.packedColumns(to, 0, count, own.keys, 0, keyStep, own.queriesTurned, own.scores, 0, TILE);
        CausalSoftmax.forward(
                from, count, to, softmaxScale, own.scores, TILE, own.blocks, to * BLOCK, own.largest, own.inverseSums);
        blocksTimes(worker, from, to, own.packedValues, output, outputAt, ldo);
        for (int r = 0; r < count; r++) {
            int at = 2 * ((row + r) * heads + head);
            sums[at] = own.largest[r];
            sums[at + 1] = own.inverseSums[r];
        }
    }

    /** Inside a task: the gradients of one head of one group. */
    void backwardHead(int worker, int group, int head) {
        Scratch own = scratch[worker];
        int first = rows.firstSequence(group);
        int shared = rows.length(first);
        own.packedKeys.reshape(rows.longest(group), width);
        backwardSequence(worker, first, rows.start(first), 0, head);
        for (int s = first + 1; s < rows.firstSequence(group + 1); s++) {
            backwardSequence(worker, s, rows.start(first), shared, head);
            keyGradients(own, rows.start(s) - shared, shared, shared + rows.length(s), head);
        }
        keyGradients(own, rows.start(first), 0, shared, head);
    }

    /** A sequence whose rows come after {@code shared} others, from {@code sharedRow}. */
    private void backwardSequence(int worker, int sequence, int sharedRow, int shared, int head) {
        Scratch own = scratch[worker];
        int first = rows.start(sequence) - shared;
        int length = shared + rows.length(sequence);
        keys(own, first, shared, length, head);
        own.packedKeys.packRows(shared, length, own.keys, shared * keyStep, keyStep);
        int firstQuery = shared + ends.skipped(sequence);
        clearGradients(own, first, shared, firstQuery, head);
        for (int from = firstQuery; from < length; from += SLAB) {
            int to = Math.min(length, from + SLAB);
            int queryAt = row(queryRows, sequence, shared, from) * ldq + head * width;
            beginSlab(own, row(ends, sequence, shared, from), queryAt, to - from, head);
            backwardTiles(worker, sharedRow, head, from, to, 0, shared);
            backwardTiles(worker, first, head, from, to, shared, from);
            backwardTiles(worker, first, head, from, to, from, to);
            blocksTimes(worker, from, to, own.packedKeys, dq, queryAt, ldq);
        }
    }

    /** Begins the gradients of keys and values that are before all queries of their sequence, to which any query adds. */
    private void clearGradients(Scratch own, int first, int from, int to, int head) {
        Arrays.fill(own.keyGradients, from * width, to * width, 0);
        for (int place = from; place < to; place++) {
            int at = valueAt(first + place, head);
            Arrays.fill(dkv, at, at + value, 0);
        }
    }

    private void backwardTiles(int worker, int first, int head, int from, int to, int fromKey, int toKey) {
        for (int key = fromKey; key < toKey; key += TILE) {
            backwardTile(worker, first, head, from, to, key, Math.min(toKey, key + TILE));
        }
    }

    /** Copies what {@link #keys} has copied back, as gradients. */
    private void keyGradients(Scratch own, int first, int from, int to, int head) {
        int count = to - from;
        int row = first + from;
        int at = from * width;
        Rows.copy(count, nope, own.keyGradients, at, width, dkv, keyAt(row, head), ldkv);
        int ropeAt = (row * heads + head) * rope;
        Rows.copy(count, rope, own.keyGradients, at + nope, width, headRopeKeys, ropeAt, heads * rope);
    }

    /** What all keys need of the queries from {@code row} on, one of the ends, which are at {@code queryAt} in q. */
    private void beginSlab(Scratch own, int row, int queryAt, int count, int head) {
        int outputAt = row * ldo + head * value;
        own.queries.reshape(count, width);
        own.queries.pack(q, queryAt, ldq);
        own.queriesTurned.reshape(width, count);
        own.queriesTurned.packTransposed(q, queryAt, ldq);
        own.dOutput.reshape(count, value);
        own.dOutput.pack(dOutput, outputAt, ldo);
        own.dOutputTurned.reshape(value, count);
        own.dOutputTurned.packTransposed(dOutput, outputAt, ldo);
        Rows.dots(count, value, output, outputAt, ldo, dOutput, outputAt, ldo, own.dots);
        for (int r = 0; r < count; r++) {
            int at = 2 * ((row + r) * heads + head);
            own.largest[r] = sums[at];
            own.inverseSums[r] = sums[at + 1];
        }
    }

    /**
     * What the queries {@code from..to}, those from the diagonal on, give to the keys {@code fromKey..toKey}, where row {@code first} would be
     * key 0; keeps the scores' gradients.
     */
    private void backwardTile(int worker, int first, int head, int from, int to, int fromKey, int toKey) {
        Scratch own = scratch[worker];
        SerialGemm serial = gemm.serial(worker);
        int skipped = Math.max(from, fromKey) - from;
        int count = to - from;
        int keys = toKey - fromKey;
        int valueAt = valueAt(first + fromKey, head);
        boolean add = fromKey < from;
        serial.packedColumns(
                keys, skipped, count, own.keys, fromKey * keyStep, keyStep, own.queriesTurned, own.scores, 0, SPREAD);
        serial.packedColumns(keys, skipped, count, kv, valueAt, ldkv, own.dOutputTurned, own.dScores, 0, SPREAD);
        CausalSoftmax.backward(
                fromKey,
                toKey,
                from,
                skipped,
                count,
                softmaxScale,
                own.scores,
                own.dScores,
                SPREAD,
                own.blocks,
                to * BLOCK,
                own.largest,
                own.inverseSums,
                own.dots);
        serial.packedRows(keys, skipped, count, own.scores, 0, SPREAD, own.dOutput, dkv, valueAt, ldkv, add);
        serial.packedRows(
                keys,
                skipped,
                count,
                own.dScores,
                0,
                SPREAD,
                own.queries,
                own.keyGradients,
                fromKey * width,
                width,
                add);
    }

    /** What the queries {@code from..to} get of values or keys: each block's of the keys up to its last query. */
    private void blocksTimes(int worker, int from, int to, PackedMatrix packed, float[] out, int outAt, int ldOut) {
        Scratch own = scratch[worker];
        for (int b = 0; b < to - from; b += BLOCK) {
            int queries = Math.min(BLOCK, to - from - b);
            int keys = Math.min(to, from + b + BLOCK);
            int at = b / BLOCK * to * BLOCK;
            gemm.serial(worker).columnBlock(queries, keys, own.blocks, at, packed, out, outAt + b * ldOut, ldOut);
        }
    }
}
