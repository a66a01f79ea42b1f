package genka.units;

/** Power in watts. */
public record Power(double watts) {
    public Power {
        if (!(watts >= 0)) {
            throw GenkaException.user("power (" + watts + " W) must not be negative");
        }
    }

    /** What this power uses in that time. */
    public Energy during(double seconds) {
        return new Energy(watts * seconds);
    }

    @Override
    public String toString() {
        return Quantity.succinct(watts, "kMGT", "W");
    }
}
