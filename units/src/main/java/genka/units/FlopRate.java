package genka.units;

/** Floating-point work a second. */
public record FlopRate(double flopsPerSecond) {
    public FlopRate {
        if (!(flopsPerSecond >= 0)) {
            throw GenkaException.user("flop rate (" + flopsPerSecond + ") must not be negative");
        }
    }

    /** Share of a peak rate, 0 to 1: what is called model FLOPs utilisation (PaLM, arXiv 2204.02311 §4.1). */
    public double shareOf(FlopRate peak) {
        return flopsPerSecond / peak.flopsPerSecond;
    }

    @Override
    public String toString() {
        return Quantity.succinct(flopsPerSecond, "KMGTPEZY", "FLOP/s");
    }
}
