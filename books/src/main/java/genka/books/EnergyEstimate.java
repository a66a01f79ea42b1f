package genka.books;

import genka.catalog.RateCard.Own;
import genka.catalog.RateCard.Rent;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Optional;

/**
 * What a run used in energy, and how that is known.
 *
 * @param kilowattHours empty where nothing is known to reckon from
 * @param basis "measured …" or "estimate …" or "unknown …"
 */
public record EnergyEstimate(Optional<BigDecimal> kilowattHours, String basis) {
    private static final BigDecimal JOULES_PER_KILOWATT_HOUR = new BigDecimal(3_600_000);

    static EnergyEstimate of(RunSummary run, BillTerms terms) {
        boolean measured = !run.attempts().isEmpty()
                && run.attempts().stream()
                        .allMatch(attempt -> attempt.energy().raplJoules().isPresent());
        if (measured) {
            double joules = run.attempts().stream()
                    .mapToDouble(attempt -> attempt.energy().raplJoules().orElse(0))
                    .sum();
            return new EnergyEstimate(
                    Optional.of(kilowattHours(BigDecimal.valueOf(joules))),
                    "measured by the processor packages (RAPL), all programs on them, without memory and power supply");
        }
        return switch (terms.card()) {
            case Own own ->
                new EnergyEstimate(
                        Optional.of(own.watts()
                                .value()
                                .movePointLeft(3)
                                .multiply(Price.hours(BigDecimal.valueOf(run.wallNanos())
                                        .multiply(BigDecimal.valueOf(terms.machines()))))),
                        "estimate: %s W at the plug by rate card %s × machine-hours"
                                .formatted(own.watts().value().toPlainString(), own.name()));
            case Rent rent -> byProcessorTime(run, terms);
        };
    }

    private static EnergyEstimate byProcessorTime(RunSummary run, BillTerms terms) {
        long cpuNanos = run.attempts().stream()
                .mapToLong(attempt -> attempt.energy().cpuNanos())
                .sum();
        return terms.wattsPerBusyCore()
                .map(watts -> new EnergyEstimate(
                        Optional.of(kilowattHours(watts.value()
                                .multiply(BigDecimal.valueOf(cpuNanos))
                                .movePointLeft(9))),
                        "estimate: %s W per busy core × processor time (%s)"
                                .formatted(watts.value().toPlainString(), watts.source())))
                .orElseGet(() -> new EnergyEstimate(
                        Optional.empty(), "unknown: no counter could be read and the rate card tells no watts"));
    }

    private static BigDecimal kilowattHours(BigDecimal joules) {
        return joules.divide(JOULES_PER_KILOWATT_HOUR, MathContext.DECIMAL128);
    }
}
