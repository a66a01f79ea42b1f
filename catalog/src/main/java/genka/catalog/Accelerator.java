package genka.catalog;

import genka.units.GenkaException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An accelerator as facts/accelerators.yaml describes it.
 *
 * @param facts peaks, memory, links and power by key, the unit in the key
 * @param prices what one cost over time, oldest first
 * @param rents what an hour of one cost over time, the one to reckon with last
 */
public record Accelerator(
        String id,
        String name,
        String vendor,
        List<String> aliases,
        Map<String, Fact> facts,
        List<Fact> prices,
        List<Fact> rents) {
    private static final double TERA = 1e12;
    private static final double GIGA = 1e9;

    /** Number formats of matrix products. */
    public enum Dtype {
        BF16,
        FP16,
        FP8,
        FP4
    }

    public Accelerator {
        aliases = List.copyOf(aliases);
        facts = Map.copyOf(facts);
        prices = List.copyOf(prices);
        rents = List.copyOf(rents);
    }

    public boolean has(String key) {
        return facts.containsKey(key);
    }

    /** The fact under a key, or a user error that names the accelerator. */
    public Fact fact(String key) {
        Fact fact = facts.get(key);
        if (fact == null) {
            throw GenkaException.user("accelerator " + id + " has no " + key
                    + " in facts/accelerators.yaml. Maybe add it with its source");
        }
        return fact;
    }

    public boolean computes(Dtype dtype) {
        return has(key(dtype));
    }

    /** Dense peak, FLOP/s. */
    public double flopsPerSecond(Dtype dtype) {
        return TERA * fact(key(dtype)).doubleValue();
    }

    /** The share of the peak that the best shape of a matrix product reaches, where someone measured it. */
    public Optional<Fact> reached(Dtype dtype) {
        return Optional.ofNullable(facts.get(dtype.name().toLowerCase(Locale.ROOT) + "_reached_share"));
    }

    /** Share of the reached speed that kernels without its own instructions reach; all of it where nobody measured less. */
    public double olderKernelsShare() {
        return has("older_kernels_share") ? fact("older_kernels_share").doubleValue() : 1;
    }

    public double memoryBytes() {
        return GIGA * fact("memory_gigabytes").doubleValue();
    }

    public double memoryBytesPerSecond() {
        return GIGA * fact("memory_gigabytes_per_second").doubleValue();
    }

    /** One way, to the accelerators of its domain. */
    public double linkBytesPerSecond() {
        return GIGA * fact("link_gigabytes_per_second").doubleValue();
    }

    public int linkDomain() {
        return fact("link_domain_accelerators").value().intValueExact();
    }

    /** One way, to accelerators outside its domain; that of its links when it has no other network. */
    public double networkBytesPerSecond() {
        return has("network_gigabytes_per_second")
                ? GIGA * fact("network_gigabytes_per_second").doubleValue()
                : linkBytesPerSecond();
    }

    private static String key(Dtype dtype) {
        return dtype.name().toLowerCase(Locale.ROOT) + "_teraflops";
    }
}
