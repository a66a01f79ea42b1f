package genka.units;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;

/** An exact number of bytes. Reads decimal (kB, MB, GB, TB, PB) and binary (KiB, MiB, GiB, TiB, PiB) units. */
public record DataSize(long bytes) implements Comparable<DataSize> {
    private static final Map<String, Long> UNITS = Map.ofEntries(
            Map.entry("", 1L),
            Map.entry("b", 1L),
            Map.entry("kb", 1_000L),
            Map.entry("mb", 1_000_000L),
            Map.entry("gb", 1_000_000_000L),
            Map.entry("tb", 1_000_000_000_000L),
            Map.entry("pb", 1_000_000_000_000_000L),
            Map.entry("kib", 1L << 10),
            Map.entry("mib", 1L << 20),
            Map.entry("gib", 1L << 30),
            Map.entry("tib", 1L << 40),
            Map.entry("pib", 1L << 50));

    public DataSize {
        if (bytes < 0) {
            throw GenkaException.user("size (" + bytes + " bytes) must not be negative");
        }
    }

    public static DataSize ofBytes(long bytes) {
        return new DataSize(bytes);
    }

    /** Parses "24 GB", "24GiB" or plain bytes; a fraction of a byte is a user error. */
    public static DataSize parse(String text) {
        Quantity quantity = Quantity.parse("size", text, "24 GB");
        Long factor = UNITS.get(quantity.unit().toLowerCase(Locale.ROOT));
        if (factor == null) {
            throw GenkaException.user(
                    "size (" + text + ") has the unknown unit " + quantity.unit() + ". Maybe GB or GiB");
        }
        try {
            return new DataSize(quantity.number()
                    .multiply(BigDecimal.valueOf(factor))
                    .toBigIntegerExact()
                    .longValueExact());
        } catch (ArithmeticException e) {
            throw new GenkaException(
                    Fault.USER,
                    "size (" + text + ") must be a whole number of bytes below 9.2 EB. Maybe use a smaller unit",
                    e);
        }
    }

    /** The sum; a user error when it is beyond 2^63 bytes. */
    public DataSize plus(DataSize other) {
        try {
            return new DataSize(Math.addExact(bytes, other.bytes));
        } catch (ArithmeticException e) {
            throw new GenkaException(Fault.USER, "sizes (" + this + " + " + other + ") must stay below 9.2 EB", e);
        }
    }

    @Override
    public int compareTo(DataSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** Three digits in decimal units: 24 GB, 1.54 MB, 999 B. */
    @Override
    public String toString() {
        return bytes < 1000 ? bytes + " B" : Quantity.succinct(bytes, "kMGTPE", "B");
    }
}
