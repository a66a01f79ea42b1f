package genka.plan;

import genka.catalog.GenkaRoot;
import genka.catalog.YamlFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Frameworks of facts/stacks.yaml, by the sets of rows measured with them. */
final class Stacks {
    /**
     * A framework and what its rows leave unsaid.
     *
     * @param vocab entries of the embedding table
     * @param networkBytesPerSecond of an accelerator, where the rows' cluster has another network than usual
     */
    record Usage(
            Stack stack,
            int zeroStage,
            boolean sequenceParallel,
            Strategy.Recompute recompute,
            Schedule schedule,
            Precision precision,
            int vocab,
            Optional<Double> networkBytesPerSecond) {}

    static final Usage MODERN = new Usage(
            Stack.MODERN,
            1,
            true,
            Strategy.Recompute.NONE,
            Schedule.ONE_F_ONE_B,
            Precision.BF16,
            51200,
            Optional.empty());

    private final Map<String, Usage> bySet = new HashMap<>();

    private Stacks() {}

    static Stacks shipped() {
        Stacks all = new Stacks();
        Values stacks = Values.of(
                        YamlFile.read(GenkaRoot.path().resolve("facts").resolve("stacks.yaml")))
                .section("stacks");
        stacks.entries().keySet().forEach(key -> {
            Values entry = stacks.section(String.valueOf(key));
            Usage usage = usage(String.valueOf(key), entry);
            entry.texts("sets").forEach(set -> all.bySet.put(set, usage));
        });
        return all;
    }

    private static Usage usage(String id, Values entry) {
        List<String> overlaps = entry.texts("overlaps");
        Stack stack = new Stack(
                id,
                entry.text("calibration").orElse(Stack.MODERN.calibration()),
                attention(entry.text("attention").orElse("fused")),
                overlaps.contains("data"),
                overlaps.contains("tensor"),
                overlaps.contains("experts"),
                entry.text("ends").orElse("balanced").equals("balanced"),
                entry.whole("gradient_bytes").orElse(4),
                entry.whole("optimizer_bytes").orElse(Stack.MASTER_AND_MOMENTS),
                Optional.empty(),
                entry.text("launch").orElse("eager").equals("graph"));
        return new Usage(
                stack,
                entry.whole("zero_stage").orElse(1),
                entry.truth("sequence_parallel").orElse(false),
                entry.text("recompute").orElse("").equals("full") ? Strategy.Recompute.FULL : Strategy.Recompute.NONE,
                entry.text("schedule").orElse("").equals("dualpipe") ? Schedule.DUALPIPE : Schedule.ONE_F_ONE_B,
                entry.text("precision").flatMap(Precision::read).orElse(MODERN.precision()),
                entry.whole("vocab").orElse(MODERN.vocab()),
                entry.number("network_gigabytes_per_second").map(rate -> rate * 1e9));
    }

    private static Stack.AttentionKernel attention(String said) {
        return switch (said) {
            case "materialised" -> Stack.AttentionKernel.MATERIALISED;
            case "fused-first" -> Stack.AttentionKernel.FUSED_FIRST;
            default -> Stack.AttentionKernel.FUSED;
        };
    }

    /** The framework of a set; today's usual one for a set nobody described. */
    Usage of(String set) {
        return bySet.getOrDefault(set, MODERN);
    }

    boolean knows(String set) {
        return bySet.containsKey(set);
    }
}
