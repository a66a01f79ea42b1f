package genka.train;

import genka.kernel.SeededRandom;
import java.util.List;

/** Draws one of several in proportion to weights. Where there is one only, nothing is drawn. */
final class Proportions {
    private final double[] upTo;

    Proportions(List<Double> weights) {
        upTo = new double[weights.size()];
        double sum = 0;
        for (int i = 0; i < upTo.length; i++) {
            sum += weights.get(i);
            upTo[i] = sum;
        }
    }

    int draw(SeededRandom random) {
        if (upTo.length == 1) {
            return 0;
        }
        double at = random.nextDouble() * upTo[upTo.length - 1];
        int chosen = 0;
        while (chosen < upTo.length - 1 && at >= upTo[chosen]) {
            chosen++;
        }
        return chosen;
    }

    /** The share of one, 0–1. */
    double share(int index) {
        return (upTo[index] - (index == 0 ? 0 : upTo[index - 1])) / upTo[upTo.length - 1];
    }
}
