package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import genka.catalog.Accelerators;
import genka.catalog.Transformer;
import genka.plan.Strategy.Recompute;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Measured memory: torch.cuda.max_memory_allocated of the fullest rank, Megatron-LM 23e00ed0 with Transformer Engine 2.11 on 8 B200,
 * models cut to a few layers. BF16, no recomputation, gradients in 32 bits, distributed optimizer, micro-batch 1, fused loss. Source:
 * MooreThreads/SimuMax 4dcaae5, docs/b200/b200_release_v1.2_summary.md.
 */
class MemoryModelTest {
    private static final double GIBI = 1 << 30;

    @ParameterizedTest
    @CsvSource({
        // model, layers, first dense, tensor, pipeline, context, expert, sequence, GiB
        "llama3-70b, 12, 0, 1, 2, 1, 1, 4096, 66.55",
        "llama3-70b, 12, 0, 2, 1, 1, 1, 4096, 60.68",
        "llama3-70b, 12, 0, 4, 1, 1, 1, 4096, 39.07",
        "llama3-70b, 12, 0, 8, 1, 1, 1, 4096, 28.29",
        "llama3.1-405b, 4, 0, 1, 2, 1, 1, 4096, 87.08",
        "llama3.1-405b, 4, 0, 2, 1, 1, 1, 4096, 81.59",
        "llama3.1-405b, 4, 0, 4, 1, 1, 1, 4096, 52.89",
        "llama3.1-405b, 4, 0, 8, 1, 1, 1, 4096, 38.57",
        "llama3-70b, 12, 0, 2, 1, 4, 1, 32768, 68.43",
        "llama3-70b, 12, 0, 1, 1, 8, 1, 32768, 104.51",
        "llama3.1-405b, 4, 0, 2, 1, 4, 1, 32768, 87.03",
        "llama3.1-405b, 4, 0, 1, 1, 8, 1, 32768, 139.22",
        "llama3-70b, 12, 0, 2, 1, 4, 1, 131072, 112.67",
        "llama3-70b, 12, 0, 1, 1, 8, 1, 131072, 147.99",
        "llama3.1-405b, 4, 0, 2, 1, 4, 1, 131072, 118.13",
        "deepseek-v2, 4, 1, 1, 1, 1, 8, 4096, 45.63",
        "deepseek-v2, 4, 1, 1, 2, 1, 4, 4096, 44.70",
        "deepseek-v3, 4, 1, 1, 1, 1, 8, 4096, 104.30",
        "deepseek-v3, 4, 1, 1, 2, 1, 4, 4096, 114.00",
    })
    void measuredMemoryIsMetWithinTwoPercent(
            String name,
            int layers,
            int dense,
            int tensor,
            int pipeline,
            int context,
            int expert,
            int sequence,
            double gibibytes) {
        Transformer whole = Transformers.shipped().named(name);
        boolean experts = whole.moeLayers() > 0;
        Transformer cut = new Transformer(
                name,
                whole.hidden(),
                whole.vocab(),
                false,
                whole.attention(),
                layers,
                0,
                0,
                experts ? dense : layers,
                whole.intermediate(),
                true,
                whole.experts(),
                experts ? layers - dense : 0,
                0,
                0,
                0,
                whole.extras(),
                true);
        int data = 8 / (tensor * pipeline * context);
        Strategy strategy = new Strategy(
                tensor,
                pipeline,
                1,
                context,
                data,
                expert,
                1,
                1,
                Recompute.NONE,
                Schedule.ONE_F_ONE_B,
                tensor > 1,
                Precision.BF16);
        Job job = new Job(
                cut,
                Cluster.of(Accelerators.shipped().named("B200"), 8),
                strategy,
                new Stack(
                        "megatron",
                        "general",
                        Stack.AttentionKernel.FUSED,
                        true,
                        false,
                        false,
                        false,
                        4,
                        Stack.MASTER_AND_MOMENTS,
                        Optional.empty(),
                        false),
                sequence,
                8L * data);
        assertThat(MemoryModel.of(job).allocated() / GIBI).isCloseTo(gibibytes, within(0.02 * gibibytes));
    }
}
