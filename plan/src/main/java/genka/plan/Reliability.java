package genka.plan;

import genka.catalog.Fact;
import genka.catalog.Facts;

/**
 * How often many accelerators stop, and what a stop costs: facts/reliability.yaml.
 *
 * @param interruptionsPerHour of one accelerator
 * @param checkpointBytesPerSecond that one accelerator writes
 * @param slowdown share of time the slowest worker adds
 * @param replacedTogether accelerators of a server, which is replaced as one
 * @param repairHours a node is away after its hardware failed, which it did in {@code hardwareShare} of interruptions
 */
record Reliability(
        double interruptionsPerHour,
        double detectionHours,
        double restartHours,
        double checkpointBytesPerSecond,
        double slowdown,
        int replacedTogether,
        double repairHours,
        double hardwareShare) {
    private static final double MINUTES = 60;
    private static final double GIGA = 1e9;

    /** Which end of a fact's range to reckon with. */
    enum End {
        LOW,
        VALUE,
        HIGH
    }

    static Reliability of(Facts facts) {
        return of(facts, "", End.VALUE);
    }

    /** With one fact at an end of its range. */
    static Reliability of(Facts facts, String key, End end) {
        Reader reader = new Reader(facts, key, end);
        return new Reliability(
                reader.value("interruptions_per_accelerator_hour"),
                reader.value("detection_minutes") / MINUTES,
                reader.value("restart_minutes") / MINUTES,
                reader.value("checkpoint_gigabytes_per_second_per_accelerator") * GIGA,
                reader.value("straggler_slowdown"),
                (int) reader.value("accelerators_replaced_together"),
                reader.value("repair_hours"),
                reader.value("hardware_share_of_interruptions"));
    }

    private record Reader(Facts facts, String moved, End end) {
        double value(String key) {
            Fact fact = facts.fact(key);
            End here = key.equals(moved) ? end : End.VALUE;
            return switch (here) {
                case LOW -> fact.range().map(range -> range.low().doubleValue()).orElse(fact.doubleValue());
                case VALUE -> fact.doubleValue();
                case HIGH ->
                    fact.range().map(range -> range.high().doubleValue()).orElse(fact.doubleValue());
            };
        }
    }
}
