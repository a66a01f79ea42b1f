package genka.books;

import static genka.books.Bills.TWO_DOLLARS;
import static genka.books.Bills.attempt;
import static genka.books.Bills.fact;
import static genka.books.Bills.kept;
import static genka.books.Bills.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.books.AttemptRecord.Entry;
import genka.catalog.RateCard;
import genka.units.GenkaException;
import genka.units.Money;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class BillTest {
    private static final long HOUR = 3_600_000_000_000L;

    private static Map<String, String> terms(Bill bill) {
        return bill.bridge().stream()
                .collect(
                        Collectors.toMap(Bill.Term::words, term -> term.amount().plain()));
    }

    /**
     * DeepSeek-V3 technical report, Table 1 (arXiv:2412.19437): 2,664K + 119K + 5K H800 GPU-hours at $2 make $5.328M + $0.238M +
     * $0.01M = $5.576M.
     */
    @Test
    void headlineOfDeepSeekV3IsTheFiveMillionDollars() {
        int gpus = 2048;
        RunSummary v3 = run(attempt(
                RunState.FINISHED,
                0,
                kept("pre-training", Use.PRETRAIN, 2_664_000 * (HOUR / gpus)),
                kept("context extension", Use.PRETRAIN, 119_000 * (HOUR / gpus)),
                kept("post-training", Use.UPDATE, 5_000 * (HOUR / gpus))));
        Bill bill = Bill.of(v3, List.of(), BillTerms.named("rent-h800").machines(gpus));
        assertThat(bill.headline()).isEqualTo(Money.usd("5576000"));
        assertThat(bill.full()).isEqualTo(bill.headline());
        assertThat(bill.lines())
                .extracting(line -> line.amount().plain())
                .containsExactly("5328000.00", "238000.00", "10000.00");
    }

    @Test
    void bridgeNamesWhatTheHeadlineLeavesOut() {
        RunSummary bought = run(
                attempt(
                        RunState.KILLED,
                        0,
                        new Entry("base", Use.PRETRAIN, 10 * HOUR, 7 * HOUR),
                        new Entry("", Use.START_UP, HOUR, HOUR)),
                attempt(
                        RunState.FINISHED,
                        0,
                        kept("", Use.START_UP, HOUR),
                        kept("base", Use.PRETRAIN, 50 * HOUR),
                        kept("base", Use.CHECKPOINT, 2 * HOUR),
                        kept("base", Use.IDLE, HOUR),
                        kept("reason", Use.EVALUATION, 4 * HOUR)));
        RunSummary earlier = run(attempt(RunState.FAILED, 0, new Entry("base", Use.PRETRAIN, 20 * HOUR, 0)));
        BillTerms terms =
                BillTerms.rented(TWO_DOLLARS).with(new BillTerms.People(new BigDecimal("3"), new BigDecimal("100.5")));
        Bill bill = Bill.of(bought, List.of(earlier), terms);
        assertThat(bill.headline()).isEqualTo(Money.usd("100"));
        assertThat(terms(bill))
                .containsOnly(
                        Map.entry(BillPart.EARLIER_ATTEMPTS.words(), "14.00"),
                        Map.entry(BillPart.START_UP.words(), "4.00"),
                        Map.entry(BillPart.LOST.words(), "6.00"),
                        Map.entry(BillPart.CHECKPOINT.words(), "4.00"),
                        Map.entry(BillPart.IDLE.words(), "2.00"),
                        Map.entry(BillPart.EVALUATION.words(), "8.00"),
                        Map.entry(BillPart.EXPERIMENTS.words(), "40.00"),
                        Map.entry(BillPart.PEOPLE.words(), "301.50"));
        assertThat(bill.full()).isEqualTo(Money.usd("479.5"));
        assertThat(bill.lines())
                .filteredOn(line -> line.part() == BillPart.EXPERIMENTS)
                .singleElement()
                .satisfies(line -> assertThat(line.use()).isEqualTo("lost"));
    }

    @Test
    void ownedMachineIsWrittenOffAndPaysItsPower() {
        RateCard.Own own = new RateCard.Own(
                "own",
                "a server",
                fact("purchase_usd", "35064"),
                fact("life_years", "4"),
                fact("watts", "500"),
                fact("usd_per_kwh", "0.2"),
                fact("pue", "1.25"));
        Bill bill = Bill.of(
                run(attempt(
                        RunState.FINISHED,
                        0,
                        kept("base", Use.PRETRAIN, 1000 * HOUR),
                        kept("base", Use.IDLE, 100 * HOUR))),
                List.of(),
                BillTerms.owned(own, TWO_DOLLARS));
        assertThat(bill.headline()).isEqualTo(Money.usd("2000"));
        // 35,064 USD over 4 × 8,766 h is 1 USD/h; 0.5 kW × 1.25 × 0.2 USD is 0.125 USD/h.
        assertThat(terms(bill))
                .containsOnly(
                        Map.entry("depreciation instead of rent for the headline's hours", "-1000.00"),
                        Map.entry("idle", "100.00"),
                        Map.entry("power", "137.50"));
        assertThat(bill.full()).isEqualTo(Money.usd("1237.5"));
        assertThat(bill.energy().kilowattHours())
                .hasValueSatisfying(kwh -> assertThat(kwh).isEqualByComparingTo("550"));
        assertThat(bill.energy().basis()).startsWith("estimate");
    }

    @Test
    void headlineOfAnOwnedMachineIsToldInTheRentOfItsKind() {
        assertThat(BillTerms.named("own-h800").headlineRent().name()).isEqualTo("rent-h800");
        assertThat(BillTerms.named("own").headlineRent().name()).isEqualTo("rent");
        assertThat(BillTerms.named("rent-h800")
                        .headlineRent()
                        .usdPerMachineHour()
                        .value())
                .isEqualByComparingTo("2");
        assertThat(BillTerms.named("rent").wattsPerBusyCore()).isPresent();
    }

    @Test
    void tinyRunIsBilledInFractionsOfACent() {
        Bill bill = Bill.of(
                run(attempt(RunState.RUNNING, 0, new Entry("base", Use.PRETRAIN, 10_000_000_000L, 0))),
                List.of(),
                BillTerms.rented(TWO_DOLLARS));
        assertThat(bill.full()).isEqualTo(Money.usd("0.005556"));
        assertThat(bill.notes()).anyMatch(note -> note.contains("still going"));
    }

    @Test
    void runWithoutAnAttemptCostsNothing() {
        Bill bill = Bill.of(run(), List.of(), BillTerms.rented(TWO_DOLLARS));
        assertThat(bill.full().isZero()).isTrue();
        assertThat(bill.lines()).isEmpty();
        assertThat(bill.usdPer1000Answers()).isEmpty();
    }

    @Test
    void answersCostTheTimeThatGeneratedThemAlsoWhereItWasLost() {
        Bill bill = Bill.of(
                run(
                        attempt(RunState.KILLED, 1000, new Entry("reason", Use.ROLLOUT, 3 * HOUR, HOUR)),
                        attempt(
                                RunState.FINISHED,
                                3000,
                                kept("reason", Use.ROLLOUT, 4 * HOUR),
                                kept("reason", Use.EVALUATION, HOUR),
                                kept("reason", Use.UPDATE, 90 * HOUR))),
                List.of(),
                BillTerms.rented(TWO_DOLLARS));
        assertThat(bill.usdPer1000Answers()).contains(Money.usd("4"));
    }

    @Test
    void measuredEnergyBeatsTheEstimate() {
        Function<EnergyUse, AttemptRecord> with = energy -> new AttemptRecord(
                1, "r", java.time.Instant.EPOCH, RunState.FINISHED, List.of(), new RunFacts(Map.of(), 0), energy);
        BillTerms terms = BillTerms.rented(TWO_DOLLARS).wattsPerBusyCore(fact("watts_per_busy_core", "7.2"));
        Bill measured = Bill.of(run(with.apply(new EnergyUse(5, OptionalDouble.of(7_200_000)))), List.of(), terms);
        assertThat(measured.view().energyKwh()).isEqualByComparingTo("2");
        assertThat(measured.energy().basis()).startsWith("measured");
        assertThat(measured.view().state()).isEqualTo("finished");
        Bill estimated = Bill.of(run(with.apply(new EnergyUse(HOUR * 10, OptionalDouble.empty()))), List.of(), terms);
        assertThat(estimated.view().energyKwh()).isEqualByComparingTo("0.072");
        assertThat(estimated.energy().basis()).startsWith("estimate");
    }

    @Test
    void billThatDoesNotCloseIsRefused() {
        Bill good = Bill.of(
                run(attempt(RunState.FINISHED, 0, kept("base", Use.PRETRAIN, HOUR))),
                List.of(),
                BillTerms.rented(TWO_DOLLARS));
        assertThatThrownBy(() -> new Bill(
                        good.run(),
                        good.terms(),
                        good.lines(),
                        good.headline(),
                        Money.usd("2.01"),
                        good.bridge(),
                        good.usdPer1000Answers(),
                        good.energy()))
                .hasMessageContaining("bill does not close by -0.01 USD");
    }

    @Test
    void peopleOfNoMeasureAreRefused() {
        for (String hours : List.of("-1", "1000000001", "1e999999999", "1e-999999999")) {
            assertThatThrownBy(() -> new BillTerms.People(new BigDecimal(hours), BigDecimal.ONE))
                    .isInstanceOf(GenkaException.class)
                    .hasMessageContaining("people hours (" + new BigDecimal(hours) + ")");
        }
    }
}
