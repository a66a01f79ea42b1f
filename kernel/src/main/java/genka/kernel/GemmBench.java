package genka.kernel;

import java.util.ArrayList;
import java.util.List;

/**
 * Speed of the matrix products beside the machine's limit, measured in the same process: short windows of a product and of the limit
 * alternate, and the best of each counts, so that other work on the machine disturbs both alike.
 */
public final class GemmBench {
    /**
     * C[m, n] over k.
     *
     * @param layout NN, NT, TN, or packed: B packed before, as weights are
     * @param peakShare the speed as a share of the limit
     * @param threadsRatio the speed as a multiple of that on one thread
     */
    public record Row(int m, int n, int k, String layout, double gflops, double peakShare, double threadsRatio) {}

    /** Time on one thread with 65 in that dimension over the time with 64; the other dimensions are 64. */
    public record Tail(String dimension, String layout, double timeRatio) {}

    /** The limit on all threads together, what it was measured on, and the products. */
    public record Report(double peakGflops, int threads, String species, List<Row> rows, List<Tail> tails) {}

    /** Squares, training (rows of x times weights, gradients of weights over many rows, the vocabulary), decoding. */
    private static final int[][] SHAPES = {
        {96, 64, 64},
        {128, 128, 128},
        {256, 256, 256},
        {512, 512, 512},
        {1024, 1024, 1024},
        {2048, 256, 256},
        {4096, 64, 256},
        {4096, 768, 256},
        {2048, 4096, 256},
        {48, 64, 2048},
        {256, 256, 4096},
        {64, 1024, 1024},
        {8, 1024, 1024},
        {1, 1024, 1024},
    };

    private static final List<String> LAYOUTS = List.of("NN", "NT", "TN", "packed");
    private static final double WINDOW_FLOP = 6e7;
    private static final int PASSES = 5;

    private final Products all;
    private final FmaPeak limit;
    private final int threads;
    private final long nanosEach;
    private double peak;

    GemmBench(ThreadTeam team, long nanosEach) {
        this.all = new Products(new Gemm(team));
        this.limit = new FmaPeak(team);
        this.threads = team.threads();
        this.nanosEach = nanosEach;
    }

    /** The products of the usual shapes in all layouts; takes about 20 seconds. */
    public static Report run(int threads) {
        try (ThreadTeam team = new ThreadTeam(threads)) {
            return new GemmBench(team, 30_000_000L).measure(SHAPES);
        }
    }

    /** Passes several times over all products, so that a disturbance of a second does not decide about one of them. */
    Report measure(int[][] shapes) {
        try (ThreadTeam alone = new ThreadTeam(1)) {
            Products one = threads == 1 ? all : new Products(new Gemm(alone));
            int count = shapes.length * LAYOUTS.size();
            double[] best = new double[count];
            double[] bestAlone = new double[count];
            double[] tails = new double[4 * LAYOUTS.size()];
            for (int pass = 0; pass < PASSES; pass++) {
                for (int i = 0; i < count; i++) {
                    int[] shape = shapes[i / LAYOUTS.size()];
                    String layout = LAYOUTS.get(i % LAYOUTS.size());
                    best[i] = Math.max(best[i], best(all, shape, layout));
                    bestAlone[i] = threads == 1 ? best[i] : Math.max(bestAlone[i], best(one, shape, layout));
                }
                for (int i = 0; i < tails.length; i++) {
                    int[] shape = tailShape(i / LAYOUTS.size());
                    tails[i] = Math.max(tails[i], best(one, shape, LAYOUTS.get(i % LAYOUTS.size())));
                }
            }
            return report(shapes, best, bestAlone, tails);
        }
    }

    private Report report(int[][] shapes, double[] best, double[] bestAlone, double[] tails) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < best.length; i++) {
            int[] s = shapes[i / LAYOUTS.size()];
            String layout = LAYOUTS.get(i % LAYOUTS.size());
            rows.add(new Row(s[0], s[1], s[2], layout, best[i], best[i] / peak, best[i] / bestAlone[i]));
        }
        List<Tail> ratios = new ArrayList<>();
        for (int i = LAYOUTS.size(); i < tails.length; i++) {
            double time = 65.0 / 64 * tails[i % LAYOUTS.size()] / tails[i];
            ratios.add(new Tail(
                    "-mnk".substring(i / LAYOUTS.size(), i / LAYOUTS.size() + 1), LAYOUTS.get(i % 4), time));
        }
        String species = VectorSupport.detect().description();
        return new Report(peak, threads, species, List.copyOf(rows), List.copyOf(ratios));
    }

    /** 64 in each dimension, or 65 in the given one of 1 to 3. */
    private static int[] tailShape(int dimension) {
        return new int[] {dimension == 1 ? 65 : 64, dimension == 2 ? 65 : 64, dimension == 3 ? 65 : 64};
    }

    private double best(Products products, int[] shape, String layout) {
        products.operands(shape[0], shape[1], shape[2]);
        double flop = 2.0 * shape[0] * shape[1] * shape[2];
        int repetitions = (int) Math.max(1, Math.min(3000, WINDOW_FLOP / flop));
        double best = 0;
        long end = System.nanoTime() + nanosEach;
        for (int window = 0; window < 2 || System.nanoTime() < end; window++) {
            if (window % 4 == 0) {
                peak = Math.max(peak, limit.window());
            }
            long start = System.nanoTime();
            for (int i = 0; i < repetitions; i++) {
                products.multiply(layout);
            }
            best = Math.max(best, flop * repetitions / (System.nanoTime() - start));
        }
        return best;
    }

    /** A team's products of one shape at a time. */
    private static final class Products {
        private final Gemm gemm;
        private int m;
        private int n;
        private int k;
        private float[] a = {};
        private float[] b = {};
        private float[] c = {};
        private PackedMatrix packed = new PackedMatrix(0, 0);

        Products(Gemm gemm) {
            this.gemm = gemm;
        }

        void operands(int m, int n, int k) {
            if (m == this.m && n == this.n && k == this.k) {
                return;
            }
            this.m = m;
            this.n = n;
            this.k = k;
            a = filled(m * k);
            b = filled(n * k);
            c = new float[m * n];
            packed = new PackedMatrix(k, n);
            packed.pack(b, 0, n);
        }

        void multiply(String layout) {
            switch (layout) {
                case "NN" -> gemm.nn(m, n, k, a, 0, k, b, 0, n, c, 0, n, false);
                case "NT" -> gemm.nt(m, n, k, a, 0, k, b, 0, k, c, 0, n, false);
                case "TN" -> gemm.tn(m, n, k, a, 0, m, b, 0, n, c, 0, n, false);
                case "packed" -> gemm.packed(m, a, 0, k, packed, c, 0, n, false);
                default -> throw new IllegalArgumentException("layout (" + layout + ") must be one of " + LAYOUTS);
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
}
