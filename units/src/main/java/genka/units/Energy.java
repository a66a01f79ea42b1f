package genka.units;

/** Energy in joules; printed in watt-hours. */
public record Energy(double joules) {
    private static final double JOULES_PER_KWH = 3.6e6;

    public Energy {
        if (!(joules >= 0)) {
            throw GenkaException.user("energy (" + joules + " J) must not be negative");
        }
    }

    public static Energy ofKwh(double kwh) {
        return new Energy(kwh * JOULES_PER_KWH);
    }

    public double kwh() {
        return joules / JOULES_PER_KWH;
    }

    public Energy plus(Energy other) {
        return new Energy(joules + other.joules);
    }

    @Override
    public String toString() {
        return Quantity.succinct(joules / 3600, "kMGT", "Wh");
    }
}
