package genka.units;

/** An amount of floating-point work; a fused multiply-add counts as two. */
public record Flops(double count) {
    public Flops {
        if (!(count >= 0)) {
            throw GenkaException.user("flops (" + count + ") must not be negative");
        }
    }

    public Flops plus(Flops other) {
        return new Flops(count + other.count);
    }

    /** The mean rate when the work took that long; seconds must be positive. */
    public FlopRate over(double seconds) {
        if (!(seconds > 0)) {
            throw GenkaException.user("seconds (" + seconds + ") must be positive");
        }
        return new FlopRate(count / seconds);
    }

    @Override
    public String toString() {
        return Quantity.succinct(count, "KMGTPEZY", "FLOP");
    }
}
