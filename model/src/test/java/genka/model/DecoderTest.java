package genka.model;

import static org.assertj.core.api.Assertions.assertThat;

import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecoderTest {
    private static TokenBatch batch(int[]... sequences) {
        int[] starts = new int[sequences.length + 1];
        for (int s = 0; s < sequences.length; s++) {
            starts[s + 1] = starts[s] + sequences[s].length;
        }
        int[] ids = Arrays.stream(sequences).flatMapToInt(Arrays::stream).toArray();
        int[] targets = new int[ids.length];
        Arrays.fill(targets, -1);
        return new TokenBatch(sequences.length, starts, ids, targets);
    }

    private static int argmax(float[] logits, int row, int vocab) {
        int best = 0;
        for (int i = 1; i < vocab; i++) {
            if (logits[row * vocab + i] > logits[row * vocab + best]) {
                best = i;
            }
        }
        return best;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v3_tiny",
                "v3_groups_yarn",
                "v3_no_qlora",
                "v2_lite",
                "v2_grouped",
                "v3_mtp",
                "v3_bf16",
                "v3_fp8",
                "v3_fp8_ue8m0",
                "sharded"
            })
    void greedyIdsEqualTheReference(String name) {
        try (GoldenCase golden = GoldenCase.open(name);
                ThreadTeam team = new ThreadTeam(2)) {
            int vocab = golden.model.spec().vocabSize();
            Decoder decoder = new Decoder(golden.model, new Gemm(team), 3, 64);
            int[] wanted = golden.expectInts("greedy_ids");
            int[] ids = new int[wanted.length];
            int[] slot = {1};
            decoder.prefill(batch(golden.expectInts("prompt_ids")), slot);
            ids[0] = argmax(decoder.logits(), 0, vocab);
            for (int i = 1; i < ids.length; i++) {
                decoder.step(1, slot, new int[] {ids[i - 1]});
                ids[i] = argmax(decoder.logits(), 0, vocab);
            }
            assertThat(ids).isEqualTo(wanted);
        }
    }

    /** Slots of different lengths, out of order, one copied from another, against the whole forward at every step. */
    @ParameterizedTest
    @ValueSource(strings = {"v3_tiny", "v3_groups_yarn", "v3_no_qlora", "v2_grouped"})
    void everyStepEqualsTheWholeForward(String name) {
        try (GoldenCase golden = GoldenCase.open(name);
                ThreadTeam team = new ThreadTeam(2)) {
            int vocab = golden.model.spec().vocabSize();
            Gemm gemm = new Gemm(team);
            ModelPass pass = new ModelPass(golden.model, gemm);
            Decoder decoder = new Decoder(golden.model, gemm, 4, 128);
            int[][] texts = {{5, 9, 2, 33, 7}, {11}, {4, 4, 8}, {4, 4, 8}};
            int[] slots = {2, 0, 3, 1};
            decoder.prefill(batch(texts[0], texts[1], texts[2]), new int[] {2, 0, 3});
            decoder.copySlot(3, 1);
            double worst = 0;
            for (int step = 0; step < 40; step++) {
                int count = step % 7 == 3 ? 1 : 4;
                int[] tokens = new int[count];
                for (int i = 0; i < count; i++) {
                    tokens[i] = (7 * step + 13 * i + 3) % vocab;
                    texts[i] = Arrays.copyOf(texts[i], texts[i].length + 1);
                    texts[i][texts[i].length - 1] = tokens[i];
                }
                decoder.step(count, slots, tokens);
                TokenBatch whole = batch(texts);
                pass.forward(whole, false);
                for (int i = 0; i < count; i++) {
                    assertThat(decoder.length(slots[i])).isEqualTo(texts[i].length);
                    for (int v = 0; v < vocab; v++) {
                        float want = pass.logits()[(whole.starts()[i + 1] - 1) * vocab + v];
                        worst = Math.max(worst, Math.abs(decoder.logits()[i * vocab + v] - want));
                    }
                }
            }
            assertThat(worst).isLessThan(3e-5);
        }
    }

    /** Few sequences read the weights as they lie, many a packed copy. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 40})
    void sameBitsAtAnyThreadCount(int count) {
        assertThat(bits(1, count)).isEqualTo(bits(2, count)).isEqualTo(bits(3, count));
    }

    @Test
    void changedWeightsCountAfterARefresh() {
        try (GoldenCase golden = GoldenCase.open("v3_tiny");
                ThreadTeam team = new ThreadTeam(2)) {
            Decoder kept = new Decoder(golden.model, new Gemm(team), 8, 64);
            oneStep(kept);
            float[] values = golden.model.parameters().values();
            for (int i = 0; i < values.length; i++) {
                values[i] *= 1.01f;
            }
            kept.refresh();
            Decoder fresh = new Decoder(golden.model, new Gemm(team), 8, 64);
            assertThat(oneStep(kept)).isEqualTo(oneStep(fresh));
        }
    }

    private static float[] oneStep(Decoder decoder) {
        int[] slots = {0, 1, 2, 3, 4, 5, 6, 7};
        decoder.prefill(batch(new int[] {3, 1, 4}), slots);
        for (int slot : slots) {
            decoder.copySlot(0, slot);
        }
        decoder.step(slots.length, slots, slots);
        return decoder.logits().clone();
    }

    private static float[] bits(int threads, int count) {
        try (GoldenCase golden = GoldenCase.open("v3_groups_yarn");
                ThreadTeam team = new ThreadTeam(threads)) {
            Decoder decoder = new Decoder(golden.model, new Gemm(team), 40, 64);
            int[] slots = new int[40];
            int[] tokens = new int[40];
            decoder.prefill(batch(new int[] {3, 1, 4, 1, 5, 9, 2, 6}), slots);
            for (int i = 0; i < 40; i++) {
                slots[i] = i;
                tokens[i] = (5 * i + 2) % golden.model.spec().vocabSize();
                decoder.copySlot(0, i);
            }
            for (int step = 0; step < 5; step++) {
                decoder.step(count, slots, tokens);
            }
            return Arrays.copyOf(decoder.logits(), count * golden.model.spec().vocabSize());
        }
    }

    @Test
    void aTokenTakesRankPlusRotaryValuesALayer() {
        try (GoldenCase golden = GoldenCase.open("v3_tiny");
                ThreadTeam team = new ThreadTeam(1)) {
            Decoder decoder = new Decoder(golden.model, new Gemm(team), 1, 64);
            assertThat(decoder.cache().bytesPerToken()).isEqualTo(2 * (32 + 16) * 4);
            assertThat(decoder.cache().bytes()).isZero();
            decoder.prefill(batch(new int[] {3}), new int[1]);
            assertThat(decoder.cache().bytes()).isPositive().isLessThanOrEqualTo(64L * 2 * 48 * 4);
        }
    }
}
