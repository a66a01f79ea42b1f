package genka.train;

import genka.catalog.ModelConfig;
import genka.catalog.ModelFlops;
import genka.catalog.ModelSpec;
import genka.kernel.FmaPeak;
import genka.kernel.ThreadTeam;
import genka.kernel.VectorSupport;
import genka.model.ModelMemory;
import genka.units.GenkaException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Speed of a whole training step (forward, loss, backward, clipping, AdamW) on random weights and random tokens, beside the machine's
 * limit, measured in the same process: windows of steps and of the limit alternate.
 */
public final class TrainBench {
    /**
     * What to measure.
     *
     * @param config a config.json
     * @param batch sequences a step
     * @param length tokens a sequence
     * @param seconds all timed windows together
     */
    public record Request(Path config, int batch, int length, int threads, double seconds) {
        public Request {
            require("--batch", batch, 1);
            require("--seq", length, 2);
            require("--threads", threads, 1);
            if (!(seconds > 0)) {
                throw GenkaException.user("--seconds (" + seconds + ") must be positive. Maybe 10?");
            }
        }

        private static void require(String option, int value, int least) {
            if (value < least) {
                throw GenkaException.user(option + " (" + value + ") must be at least " + least + ". Maybe 64?");
            }
        }
    }

    /** Median, least and greatest of the windows. */
    public record Spread(double median, double min, double max) {
        static Spread of(double[] windows) {
            double[] sorted = windows.clone();
            Arrays.sort(sorted);
            int half = sorted.length / 2;
            double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
            return new Spread(median, sorted[0], sorted[sorted.length - 1]);
        }
    }

    /**
     * What was measured.
     *
     * @param achievedGflops tokens per second times the operations a token needs ({@link ModelFlops})
     * @param peakGflops fused multiply-adds on all threads together, the best window
     * @param warmUpSeconds until the rate stood still
     * @param formulaBytes what {@link ModelMemory} says
     * @param measuredBytes what stays reachable after the steps beyond what was before the model
     * @param residentBytes of the process beyond what it was before the model, or -1 where the system does not tell
     */
    public record Report(
            long parameters,
            int batch,
            int seq,
            int threads,
            String species,
            double tokensPerS,
            double tokensPerSMin,
            double tokensPerSMax,
            double secondsPerStep,
            double mflopPerToken,
            double achievedGflops,
            double peakGflops,
            double shareOfPeak,
            double warmUpSeconds,
            double loss,
            long formulaBytes,
            long measuredBytes,
            long residentBytes) {}

    private static final int WINDOWS = 5;
    private static final double WARM_UP_WINDOW = 0.5;
    private static final double LONGEST_WARM_UP = 40;

    private final Request request;
    private final FmaPeak limit;
    private final RandomSteps steps;
    private double loss;
    private double peak;

    private TrainBench(Request request, ModelSpec spec, ThreadTeam team) {
        this.request = request;
        this.limit = new FmaPeak(team);
        this.steps = new RandomSteps(spec, request.batch(), request.length(), team);
    }

    /** Measures; says on {@code progress} first what memory the formula expects, then what it does. */
    public static Report run(Request request, Consumer<String> progress) {
        ModelSpec spec = ModelConfig.read(request.config());
        ModelMemory memory = ModelMemory.training(
                spec, (long) request.batch() * request.length(), request.length(), request.threads());
        progress.accept("memory " + memory.describe());
        memory.requireFits(Runtime.getRuntime().maxMemory());
        MemoryUse before = MemoryUse.now();
        try (ThreadTeam team = new ThreadTeam(request.threads())) {
            TrainBench bench = new TrainBench(request, spec, team);
            progress.accept("warming up");
            double warmUp = bench.warmUp();
            progress.accept("measuring for " + Math.round(request.seconds()) + " s");
            Spread rates = bench.measure();
            MemoryUse used = MemoryUse.now().since(before);
            return bench.report(spec, memory, used, warmUp, rates);
        }
    }

    private Report report(ModelSpec spec, ModelMemory memory, MemoryUse used, double warmUp, Spread rates) {
        double flop = ModelFlops.training(spec, (request.length() + 1) / 2.0);
        double achieved = rates.median() * flop * 1e-9;
        return new Report(
                memory.parameters(),
                request.batch(),
                request.length(),
                request.threads(),
                VectorSupport.detect().description(),
                rates.median(),
                rates.min(),
                rates.max(),
                steps.tokens() / rates.median(),
                flop * 1e-6,
                achieved,
                peak,
                achieved / peak,
                warmUp,
                loss,
                memory.total(),
                used.live(),
                used.resident());
    }

    /** Tokens a second over at least {@code seconds} and one step. */
    private double window(double seconds) {
        long start = System.nanoTime();
        int done = 0;
        double elapsed;
        do {
            loss = steps.step();
            done++;
            elapsed = (System.nanoTime() - start) * 1e-9;
        } while (elapsed < seconds);
        return (double) done * steps.tokens() / elapsed;
    }

    /** Steps until four windows in a row bring nothing better; the compilers have then done what they will. */
    private double warmUp() {
        long start = System.nanoTime();
        double best = 0;
        int still = 0;
        while (still < 4 && (System.nanoTime() - start) * 1e-9 < LONGEST_WARM_UP) {
            limit.window();
            double rate = window(WARM_UP_WINDOW);
            still = rate > 1.01 * best ? 0 : still + 1;
            best = Math.max(best, rate);
        }
        return (System.nanoTime() - start) * 1e-9;
    }

    private Spread measure() {
        double[] rates = new double[WINDOWS];
        for (int i = 0; i < WINDOWS; i++) {
            for (int k = 0; k < 20; k++) {
                peak = Math.max(peak, limit.window());
            }
            rates[i] = window(request.seconds() / WINDOWS);
        }
        return Spread.of(rates);
    }
}
