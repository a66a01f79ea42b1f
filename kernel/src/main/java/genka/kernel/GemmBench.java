package genka.kernel;

import java.util.ArrayList;
import java.util.List;

/**
 * Speed of the matrix products beside the machine's limit, measured in the same process: windows of a product and of the limit
 * alternate, and the best of each counts, so that other work on the machine disturbs both alike.
 */
public final class GemmBench {
    /** C[m, n] over k; layout NN, NT or TN. */
    public record Row(int m, int n, int k, String layout, double gflops) {}

    /** The limit on all threads together, what it was measured on, and the products. */
    public record Report(double peakGflops, int threads, String species, List<Row> rows) {}

    private static final int[][] SHAPES = {
        {65, 65, 65},
        {96, 64, 64},
        {128, 128, 128},
        {256, 256, 256},
        {512, 512, 512},
        {1024, 1024, 1024},
        {2048, 256, 256},
        {4096, 64, 256},
        {64, 1024, 1024},
        {8, 1024, 1024},
        {1, 1024, 1024},
    };
    private static final List<String> LAYOUTS = List.of("NN", "NT", "TN");
    private static final double WINDOW_FLOP = 2e8;
    private static final int PASSES = 3;

    private final Gemm gemm;
    private final FmaPeak limit;
    private final long nanosEach;
    private double peak;

    GemmBench(ThreadTeam team, long nanosEach) {
        this.gemm = new Gemm(team);
        this.limit = new FmaPeak(team);
        this.nanosEach = nanosEach;
    }

    /** The products of the usual shapes in all layouts; takes about 15 seconds. */
    public static Report run(int threads) {
        try (ThreadTeam team = new ThreadTeam(threads)) {
            return new GemmBench(team, 130_000_000L).measure(SHAPES);
        }
    }

    /** Passes several times over all products, so that a disturbance of a second does not decide about one of them. */
    Report measure(int[][] shapes) {
        double[] best = new double[shapes.length * LAYOUTS.size()];
        for (int pass = 0; pass < PASSES; pass++) {
            for (int i = 0; i < best.length; i++) {
                int[] shape = shapes[i / LAYOUTS.size()];
                String layout = LAYOUTS.get(i % LAYOUTS.size());
                best[i] = Math.max(best[i], best(shape[0], shape[1], shape[2], layout));
            }
        }
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < best.length; i++) {
            int[] shape = shapes[i / LAYOUTS.size()];
            rows.add(new Row(shape[0], shape[1], shape[2], LAYOUTS.get(i % LAYOUTS.size()), best[i]));
        }
        String species = VectorSupport.detect().description();
        return new Report(peak, gemm.team().threads(), species, List.copyOf(rows));
    }

    private double best(int m, int n, int k, String layout) {
        float[] a = filled(m * k);
        float[] b = filled(n * k);
        float[] c = new float[m * n];
        double flop = 2.0 * m * n * k;
        int repetitions = (int) Math.max(1, Math.min(5000, WINDOW_FLOP / flop));
        double best = 0;
        long end = System.nanoTime() + nanosEach;
        for (int window = 0; window < 2 || System.nanoTime() < end; window++) {
            if (window % 4 == 0) {
                peak = Math.max(peak, limit.window());
            }
            long start = System.nanoTime();
            for (int i = 0; i < repetitions; i++) {
                product(m, n, k, layout, a, b, c);
            }
            best = Math.max(best, flop * repetitions / (System.nanoTime() - start));
        }
        return best;
    }

    private void product(int m, int n, int k, String layout, float[] a, float[] b, float[] c) {
        switch (layout) {
            case "NN" -> gemm.nn(m, n, k, a, 0, k, b, 0, n, c, 0, n, false);
            case "NT" -> gemm.nt(m, n, k, a, 0, k, b, 0, k, c, 0, n, false);
            case "TN" -> gemm.tn(m, n, k, a, 0, m, b, 0, n, c, 0, n, false);
            default -> throw new IllegalArgumentException("layout (" + layout + ") must be NN, NT or TN");
        }
    }

    private static float[] filled(int n) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (i % 13) * 0.1f - 0.6f;
        }
        return x;
    }
}
