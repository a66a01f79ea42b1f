package genka.generate;

import genka.catalog.ModelFlops;
import genka.catalog.ModelSpec;
import genka.catalog.ParameterCount;
import genka.catalog.Recipe.InitSpec;
import genka.kernel.Gemm;
import genka.kernel.MachineLimits;
import genka.kernel.SeededRandom;
import genka.kernel.Spread;
import genka.kernel.ThreadTeam;
import genka.kernel.VectorSupport;
import genka.model.Model;
import genka.model.Parameters;
import genka.model.WeightInit;
import genka.units.GenkaException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Greedy decoding of random prompts with random weights beside the machine's limits, measured in the same process. A repeat answers the
 * prompts twice, with one new token and with all of them; the difference is the time of the tokens after the first, so prefill does
 * not count in {@code tokensPerS}.
 */
public final class DecodeBench {
    /** What to measure: {@code batch} prompts of {@code prompt} tokens, each answered with exactly {@code newTokens}. */
    public record Job(int batch, int prompt, int newTokens, int repeats) {
        public Job {
            if (batch < 1 || prompt < 1 || newTokens < 2 || repeats < 1) {
                throw GenkaException.user("batch (" + batch + "), prompt (" + prompt + ") and repeats (" + repeats
                        + ") must be positive and new tokens (" + newTokens + ") at least 2. Maybe 1, 32, 5 and 64?");
            }
        }
    }

    /**
     * Tokens a second of all sequences together and what was reached of the limits.
     *
     * @param tokensPerS new tokens after the first, without prefill
     * @param endToEndTokensPerS all new tokens, prefill included
     * @param firstTokenMs prefill and the first token of all sequences
     * @param gbPerS weights read, when each token reads all active ones: batch 1 only
     * @param readGbPerS what this machine reads of as many bytes; batch 1 only
     * @param readShare the one by the other
     * @param activeBytes weights a token needs, the embedding table's other rows left out
     */
    public record Report(
            int batch,
            int prompt,
            int newTokens,
            int threads,
            String species,
            Spread tokensPerS,
            Spread endToEndTokensPerS,
            Spread firstTokenMs,
            double achievedGflops,
            double peakGflops,
            @Nullable Double gbPerS,
            @Nullable Double readGbPerS,
            @Nullable Double readShare,
            long activeBytes) {}

    private static final double INIT_STD = 0.02;
    private static final int FIRST_ID = 3;
    private static final long WARM_UP_NANOS = 8_000_000_000L;
    private static final int NO_END = -1;

    private final ModelSpec spec;
    private final Job job;
    private final ThreadTeam team;
    private final Generator generator;
    private final List<int[]> prompts;

    private DecodeBench(ModelSpec spec, Job job, ThreadTeam team) {
        this.spec = spec;
        this.job = job;
        this.team = team;
        Model model = new Model(spec, Parameters.of(spec));
        WeightInit.fill(model, new InitSpec.Normal(INIT_STD), 0, team);
        generator = new Generator(model, new Gemm(team));
        prompts = randomPrompts(spec.vocabSize(), job.batch(), job.prompt(), 0);
    }

    /** Runs the job after a warm-up of about eight seconds. */
    public static Report run(ModelSpec spec, Job job, int threads) {
        try (ThreadTeam team = new ThreadTeam(threads)) {
            return run(spec, job, team, WARM_UP_NANOS);
        }
    }

    static Report run(ModelSpec spec, Job job, ThreadTeam team, long warmUpNanos) {
        return new DecodeBench(spec, job, team).measure(warmUpNanos);
    }

    /** {@code count} prompts of {@code length} random ids from 3 up: the first ones are often special. */
    public static List<int[]> randomPrompts(int vocab, int count, int length, long seed) {
        SeededRandom random = SeededRandom.of(seed);
        int first = Math.min(FIRST_ID, vocab - 1);
        List<int[]> prompts = new ArrayList<>(count);
        for (int p = 0; p < count; p++) {
            int[] prompt = new int[length];
            for (int i = 0; i < length; i++) {
                prompt[i] = first + random.nextInt(vocab - first);
            }
            prompts.add(prompt);
        }
        return prompts;
    }

    private Report measure(long warmUpNanos) {
        long end = System.nanoTime() + warmUpNanos;
        do {
            seconds(job.newTokens());
        } while (System.nanoTime() < end);
        double[] rate = new double[job.repeats()];
        double[] endToEnd = new double[job.repeats()];
        double[] firstMs = new double[job.repeats()];
        double peak = 0;
        boolean alone = job.batch() == 1;
        double read = alone ? 0 : Double.NaN;
        for (int i = 0; i < job.repeats(); i++) {
            peak = Math.max(peak, MachineLimits.gflops(team));
            if (alone) {
                read = Math.max(read, MachineLimits.readGbPerSecond(team, activeBytes()));
            }
            double first = seconds(1);
            double all = seconds(job.newTokens());
            firstMs[i] = 1000 * first;
            rate[i] = job.batch() * (job.newTokens() - 1) / (all - first);
            endToEnd[i] = job.batch() * job.newTokens() / all;
        }
        return report(Spread.of(rate), Spread.of(endToEnd), Spread.of(firstMs), peak, read);
    }

    private double seconds(int newTokens) {
        long start = System.nanoTime();
        generator.generate(prompts, 1, newTokens, Sampling.GREEDY, NO_END, 0);
        return (System.nanoTime() - start) * 1e-9;
    }

    private long activeBytes() {
        return Float.BYTES * ParameterCount.of(spec).active();
    }

    private Report report(Spread rate, Spread endToEnd, Spread firstMs, double peak, double read) {
        long activeBytes = activeBytes();
        double flops = ModelFlops.forward(spec, job.prompt() + job.newTokens() / 2.0);
        boolean alone = job.batch() == 1;
        double reached = rate.median() * activeBytes * 1e-9;
        return new Report(
                job.batch(),
                job.prompt(),
                job.newTokens(),
                team.threads(),
                VectorSupport.detect().description(),
                rate,
                endToEnd,
                firstMs,
                rate.median() * flops * 1e-9,
                peak,
                alone ? reached : null,
                alone ? read : null,
                alone ? reached / read : null,
                activeBytes);
    }
}
