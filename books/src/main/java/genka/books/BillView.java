package genka.books;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A bill as one JSON object. {@code headline_usd} plus the amounts of {@code bridge} is {@code full_usd}; so is the sum of {@code
 * lines}.
 *
 * @param state in small letters, as in every other JSON object
 */
public record BillView(
        @JsonProperty("run") String run,
        @JsonProperty("recipe") String recipe,
        @JsonProperty("state") String state,
        @JsonProperty("rate_card") String rateCard,
        @JsonProperty("machine") String machine,
        @JsonProperty("machines") int machines,
        @JsonProperty("currency") String currency,
        @JsonProperty("lines") List<Line> lines,
        @JsonProperty("headline_usd") BigDecimal headlineUsd,
        @JsonProperty("full_usd") BigDecimal fullUsd,
        @JsonProperty("bridge") List<Term> bridge,
        @JsonProperty("answers") long answers,
        @JsonProperty("usd_per_1000_answers") @Nullable BigDecimal usdPer1000Answers,
        @JsonProperty("energy_kwh") @Nullable BigDecimal energyKwh,
        @JsonProperty("energy_basis") String energyBasis,
        @JsonProperty("notes") List<String> notes,
        @JsonProperty("closes") boolean closes) {

    /** A line of the bill. */
    public record Line(
            @JsonProperty("stage") String stage,
            @JsonProperty("use") String use,
            @JsonProperty("part") String part,
            @JsonProperty("hours") BigDecimal hours,
            @JsonProperty("usd_per_hour") BigDecimal usdPerHour,
            @JsonProperty("usd") BigDecimal usd) {}

    /** A step from the headline to the full cost. */
    public record Term(
            @JsonProperty("term") String term,
            @JsonProperty("usd") BigDecimal usd) {}

    static BillView of(Bill bill) {
        RunSummary run = bill.run();
        return new BillView(
                run.id(),
                run.run().recipeName(),
                run.state().name().toLowerCase(Locale.ROOT),
                bill.terms().card().name(),
                bill.terms().card().machine(),
                bill.terms().machines(),
                "USD",
                bill.lines().stream().map(BillView::line).toList(),
                plain(bill.headline().amount()),
                plain(bill.full().amount()),
                bill.bridge().stream()
                        .map(term -> new Term(term.words(), plain(term.amount().amount())))
                        .toList(),
                run.facts().answers(),
                bill.usdPer1000Answers().map(money -> plain(money.amount())).orElse(null),
                bill.energy().kilowattHours().map(kwh -> plain(digits(kwh))).orElse(null),
                bill.energy().basis(),
                bill.notes(),
                true);
    }

    private static Line line(BillLine line) {
        return new Line(
                line.stage(),
                line.use(),
                line.part().words(),
                plain(digits(line.hours())),
                plain(digits(line.usdPerHour())),
                plain(line.amount().amount()));
    }

    /** Nine digits are microseconds in hours: more would pretend. */
    private static BigDecimal digits(BigDecimal value) {
        return value.setScale(9, RoundingMode.HALF_UP);
    }

    /** Without an exponent, which few readers of money expect. */
    private static BigDecimal plain(BigDecimal value) {
        BigDecimal stripped = value.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0, RoundingMode.UNNECESSARY) : stripped;
    }
}
