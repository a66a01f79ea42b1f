package genka.train;

import java.util.function.LongSupplier;

/** Tokens a second and the time left, smoothed over the last steps. */
final class Pace {
    private static final double MEMORY = 0.9;
    private final LongSupplier clock;
    private long last;
    private double secondsPerStep;
    private double tokensPerStep;
    private double weight;

    Pace(LongSupplier clock) {
        this.clock = clock;
        this.last = clock.getAsLong();
    }

    void step(long tokens) {
        long now = clock.getAsLong();
        secondsPerStep = secondsPerStep * MEMORY + (now - last) * 1e-9;
        tokensPerStep = tokensPerStep * MEMORY + tokens;
        weight = weight * MEMORY + 1;
        last = now;
    }

    double tokensPerSecond() {
        return secondsPerStep > 0 ? tokensPerStep / secondsPerStep : 0;
    }

    double secondsFor(long steps) {
        return weight > 0 ? steps * secondsPerStep / weight : 0;
    }
}
