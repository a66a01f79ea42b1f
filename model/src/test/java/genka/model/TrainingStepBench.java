package genka.model;

import genka.catalog.AttentionSpec;
import genka.catalog.ModelSpec;
import genka.catalog.MoeSpec;
import genka.catalog.RopeSpec;
import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Time of a training step, of a prefill and of decoding, for the tiny model of the R1-Zero recipe. Run by hand: threads, sequences, length. */
final class TrainingStepBench {
    private TrainingStepBench() {}

    static ModelSpec tiny() {
        MoeSpec moe =
                new MoeSpec(4, 2, 1, 64, 1, 1, MoeSpec.Scoring.SIGMOID, MoeSpec.Selection.NOAUX_TC, 1, 1, true, 1);
        return new ModelSpec(
                "deepseek_v3",
                24,
                64,
                2,
                128,
                new AttentionSpec.Mla(4, 48, 32, 16, 16, 24),
                Optional.of(moe),
                0,
                1e-6,
                new RopeSpec.Plain(10000),
                false,
                256,
                Optional.empty(),
                List.of(1),
                Optional.of(0),
                List.of());
    }

    public static void main(String[] arguments) {
        int threads = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2;
        int sequences = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 64;
        int length = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 22;
        int[] lengths = new int[sequences];
        Arrays.fill(lengths, length);
        Model model = TestModels.random(tiny(), 1);
        TokenBatch batch = TestModels.batch(24, 2, lengths);
        try (ThreadTeam team = new ThreadTeam(threads)) {
            Gemm gemm = new Gemm(team);
            ModelPass pass = new ModelPass(model, gemm);
            double step = best(100, 7, () -> pass.crossEntropy(batch, batch.rows(), 0, 0));
            double forward = best(100, 7, () -> pass.forward(batch, false));
            report("training step", step, batch.rows());
            report("forward", forward, batch.rows());
            decode(model, gemm, 128);
            decode(model, gemm, 16);
            decode(model, gemm, 1);
        }
    }

    private static void decode(Model model, Gemm gemm, int count) {
        Decoder decoder = new Decoder(model, gemm, count, 64);
        int[] slots = new int[count];
        int[] tokens = new int[count];
        Arrays.setAll(slots, i -> i);
        TokenBatch prompt = TestModels.batch(24, 3, 12);
        double seconds = best(10, 7, () -> {
            decoder.prefill(prompt, new int[1]);
            for (int i = 1; i < count; i++) {
                decoder.copySlot(0, i);
            }
            for (int step = 0; step < 24; step++) {
                decoder.step(count, slots, tokens);
            }
        });
        report("decode " + count + " sequences, 24 steps", seconds, 24 * count);
    }

    private static void report(String what, double seconds, int tokens) {
        System.out.printf("%s: %.3f ms, %,.0f tokens/s%n", what, seconds * 1e3, tokens / seconds);
    }

    /** Median over repeats of the mean CPU time of this thread: with one thread it does not count what else the machine does. */
    private static double best(int times, int repeats, Runnable work) {
        var clock = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        long bytes = 0;
        double[] seconds = new double[repeats];
        for (int r = 0; r < repeats; r++) {
            bytes = clock.getCurrentThreadAllocatedBytes();
            long start = clock.getCurrentThreadCpuTime();
            for (int i = 0; i < times; i++) {
                work.run();
            }
            seconds[r] = (clock.getCurrentThreadCpuTime() - start) * 1e-9 / times;
        }
        System.out.printf(
                "%d bytes allocated a call, last repeat%n", (clock.getCurrentThreadAllocatedBytes() - bytes) / times);
        Arrays.sort(seconds);
        return seconds[repeats / 2];
    }
}
