package genka.benchmarks;

import genka.kernel.Gemm;
import genka.kernel.PackedMatrix;
import genka.kernel.ThreadTeam;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Time of C[m, n] over k in each layout, and of packing B. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(value = 2, jvmArgs = "--add-modules=jdk.incubator.vector")
public class GemmBenchmark {
    @Param({"96x64x64", "128x128x128", "1024x1024x1024", "2048x256x256", "256x256x4096"})
    public String shape = "";

    @Param({"1", "2"})
    public int threads;

    private int m;
    private int n;
    private int k;
    private float[] a = {};
    private float[] b = {};
    private float[] c = {};
    private ThreadTeam team = new ThreadTeam(1);
    private Gemm gemm = new Gemm(team);
    private PackedMatrix packed = new PackedMatrix(0, 0);

    @Setup
    public void operands() {
        String[] sizes = shape.split("x");
        m = Integer.parseInt(sizes[0]);
        n = Integer.parseInt(sizes[1]);
        k = Integer.parseInt(sizes[2]);
        a = random(m * k, 1);
        b = random(n * k, 2);
        c = new float[m * n];
        team = new ThreadTeam(threads);
        gemm = new Gemm(team);
        packed = new PackedMatrix(k, n);
        packed.pack(b, 0, n);
    }

    @TearDown
    public void close() {
        team.close();
    }

    @Benchmark
    public float[] nn() {
        gemm.nn(m, n, k, a, 0, k, b, 0, n, c, 0, n, false);
        return c;
    }

    @Benchmark
    public float[] nt() {
        gemm.nt(m, n, k, a, 0, k, b, 0, k, c, 0, n, false);
        return c;
    }

    @Benchmark
    public float[] tn() {
        gemm.tn(m, n, k, a, 0, m, b, 0, n, c, 0, n, false);
        return c;
    }

    @Benchmark
    public float[] packed() {
        gemm.packed(m, a, 0, k, packed, c, 0, n, false);
        return c;
    }

    @Benchmark
    public PackedMatrix pack() {
        packed.pack(b, 0, n);
        return packed;
    }

    @Benchmark
    public PackedMatrix packTransposed() {
        packed.packTransposed(b, 0, k);
        return packed;
    }

    private static float[] random(int size, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] x = new float[size];
        for (int i = 0; i < size; i++) {
            x[i] = (float) random.nextDouble() - 0.5f;
        }
        return x;
    }
}
