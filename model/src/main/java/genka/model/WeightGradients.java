package genka.model;

import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;
import java.util.Arrays;

/**
 * dW += dyᵀ x of several weights in one go: pieces of their outputs, whatever the number of threads, are handed out one by one, the
 * longest first, so that no thread begins a long one when the others end.
 */
final class WeightGradients {
    /** Outputs of a piece: each piece packs x again, so many; threads share the pieces, so not all. */
    private static final int OUTPUTS = 416;

    /** One product, filled anew for each go. */
    private static final class Product {
        private Linear linear;
        private int rows;
        private float[] x = {};
        private int xAt;
        private int ldx;
        private float[] dy = {};
        private int dyAt;
        private int lddy;

        Product(Linear linear) {
            this.linear = linear;
        }
    }

    private final Gemm gemm;
    private final ThreadTeam.RangeTask task = this::run;
    private Product[] products = {};
    private int count;
    private int[] pieceProduct = {};
    private int[] pieceFrom = {};
    private int pieces;

    WeightGradients(Gemm gemm) {
        this.gemm = gemm;
    }

    /** Asks for the product of x [rows, in] and dy [rows, out]; both must stand still until {@link #run}. */
    void add(Linear linear, int rows, float[] x, int xAt, int ldx, float[] dy, int dyAt, int lddy) {
        if (rows == 0) {
            return;
        }
        if (count == products.length) {
            products = Arrays.copyOf(products, 2 * count + 16);
        }
        Product product = products[count];
        if (product == null) {
            product = new Product(linear);
            products[count] = product;
        }
        count++;
        product.linear = linear;
        product.rows = rows;
        product.x = x;
        product.xAt = xAt;
        product.ldx = ldx;
        product.dy = dy;
        product.dyAt = dyAt;
        product.lddy = lddy;
        linear.prepareGradients();
    }

    /** Does what was asked for since the last go. */
    void run() {
        pieces = 0;
        for (int i = 0; i < count; i++) {
            int parts = (products[i].linear.out() + OUTPUTS - 1) / OUTPUTS;
            pieceProduct = grown(pieceProduct, pieces + parts);
            pieceFrom = grown(pieceFrom, pieces + parts);
            for (int part = 0; part < parts; part++) {
                insert(i, part * OUTPUTS);
            }
        }
        gemm.team().each(pieces, task);
        count = 0;
    }

    /** Puts a piece before those that take less work, after those that take as much. */
    private void insert(int product, int from) {
        long work = work(product, from);
        int place = pieces;
        for (; place > 0 && work(pieceProduct[place - 1], pieceFrom[place - 1]) < work; place--) {
            pieceProduct[place] = pieceProduct[place - 1];
            pieceFrom[place] = pieceFrom[place - 1];
        }
        pieceProduct[place] = product;
        pieceFrom[place] = from;
        pieces++;
    }

    private long work(int product, int from) {
        Product p = products[product];
        return (long) p.rows * p.linear.in() * Math.min(OUTPUTS, p.linear.out() - from);
    }

    private static int[] grown(int[] array, int size) {
        return array.length >= size ? array : Arrays.copyOf(array, 2 * size);
    }

    private void run(int worker, int first, int last) {
        for (int i = first; i < last; i++) {
            Product p = products[pieceProduct[i]];
            int from = pieceFrom[i];
            int to = Math.min(p.linear.out(), from + OUTPUTS);
            p.linear.backwardWeight(gemm.serial(worker), from, to, p.rows, p.x, p.xAt, p.ldx, p.dy, p.dyAt, p.lddy);
        }
    }
}
