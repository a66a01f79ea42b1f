package genka.model;

import genka.catalog.AttentionSpec;
import genka.kernel.Gemm;
import genka.kernel.SerialGemm;
import genka.kernel.Softmax;
import genka.kernel.ThreadTeam;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Latent attention of one new token against the cache itself: the key projection is absorbed into the query and the value projection
 * into the output, so that all heads share keys of {@code kvLora + rope} and values of {@code kvLora} values (DeepSeek-V2 §2.1.2).
 */
final class AbsorbedAttention {
    private final Gemm gemm;
    private final int heads;
    private final int nope;
    private final int rope;
    private final int value;
    private final int rank;
    private final int width;
    private final float[][] scores;
    private final ThreadTeam.RangeTask queryTask = this::absorbQueries;
    private final ThreadTeam.RangeTask attendTask = this::attendRows;
    private final ThreadTeam.RangeTask valueTask = this::expandValues;

    private int count;
    private int[] slots = {};
    private int[] positions = {};
    private @Nullable Linear keyValueProjection;
    private @Nullable LatentCache cache;
    private int layer;
    private float softmaxScale;
    private float[] query = {};
    private int queryStride;
    private float[] output = {};
    private float[] absorbed = {};
    private float[] mixed = {};

    AbsorbedAttention(Gemm gemm, AttentionSpec.Mla mla) {
        this.gemm = gemm;
        this.heads = mla.heads();
        this.nope = mla.qkNopeHeadDim();
        this.rope = mla.qkRopeHeadDim();
        this.value = mla.vHeadDim();
        this.rank = mla.kvLoraRank();
        this.width = mla.cacheValuesPerToken();
        this.scores = new float[gemm.team().threads()][0];
    }

    /** output [count, heads * value] of rotated queries [count, queryStride] whose own lines are in the cache at {@code positions}. */
    void attend(
            int count,
            int[] slots,
            int[] positions,
            LatentCache cache,
            int layer,
            Linear keyValueProjection,
            float softmaxScale,
            float[] query,
            int queryStride,
            float[] output) {
        this.count = count;
        this.slots = slots;
        this.positions = positions;
        this.cache = cache;
        this.layer = layer;
        this.keyValueProjection = keyValueProjection;
        this.softmaxScale = softmaxScale;
        this.query = query;
        this.queryStride = queryStride;
        this.output = output;
        absorbed = Workspace.room(absorbed, (long) count * heads * width);
        mixed = Workspace.room(mixed, (long) count * heads * rank);
        int longest = cache.longest(count, slots) + 1;
        for (int w = 0; w < scores.length; w++) {
            scores[w] = Workspace.room(scores[w], (long) heads * longest);
        }
        gemm.team().run(heads, grain((long) count * rank * nope), queryTask);
        gemm.team().run(count, grain((long) heads * longest * width), attendTask);
        gemm.team().run(heads, grain((long) count * rank * value), valueTask);
    }

    /** Items of that many multiplications each that are worth another thread. */
    private static int grain(long multiplications) {
        return (int) Math.max(1, 65536 / Math.max(1, multiplications));
    }

    /** Row i, head h of {@code absorbed}: [q_nope W_k | q_rope]. */
    private void absorbQueries(int worker, int from, int to) {
        SerialGemm serial = gemm.serial(worker);
        Linear projection = Objects.requireNonNull(keyValueProjection);
        for (int h = from; h < to; h++) {
            int out = h * (nope + value);
            int queryAt = h * (nope + rope);
            projection.absorb(
                    serial, out, out + nope, count, query, queryAt, queryStride, absorbed, h * width, heads * width);
            for (int i = 0; i < count; i++) {
                System.arraycopy(
                        query, i * queryStride + queryAt + nope, absorbed, (i * heads + h) * width + rank, rope);
            }
        }
    }

    private void attendRows(int worker, int from, int to) {
        SerialGemm serial = gemm.serial(worker);
        float[] p = scores[worker];
        for (int i = from; i < to; i++) {
            float[] lines = Objects.requireNonNull(cache).lines(layer, slots[i]);
            int length = positions[i] + 1;
            serial.nt(heads, length, width, absorbed, i * heads * width, width, lines, 0, width, p, 0, length, false);
            for (int h = 0; h < heads; h++) {
                Softmax.row(length, softmaxScale, p, h * length);
            }
            serial.nn(heads, rank, length, p, 0, length, lines, 0, width, mixed, i * heads * rank, rank, false);
        }
    }

    private void expandValues(int worker, int from, int to) {
        SerialGemm serial = gemm.serial(worker);
        Linear projection = Objects.requireNonNull(keyValueProjection);
        for (int h = from; h < to; h++) {
            int out = h * (nope + value) + nope;
            projection.outputs(
                    serial, out, out + value, count, mixed, h * rank, heads * rank, output, h * value, heads * value);
        }
    }
}
