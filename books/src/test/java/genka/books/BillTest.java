package genka.books;

import static genka.books.Bills.TWO_DOLLARS;
import static genka.books.Bills.attempt;
import static genka.books.Bills.fact;
import static genka.books.Bills.kept;
import static genka.books.Bills.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BillTest {
    private static final long HOUR = 3_600_000_000_000L;
    private static final long SECOND = 1_000_000_000L;

    /** Written off at 1 USD an hour. */
    private static final RateCard.Own OWN = new RateCard.Own(
            "own",
            "a server",
            fact("purchase_usd", "35064"),
            fact("life_years", "4"),
            fact("watts", "500"),
            fact("usd_per_kwh", "0.2"),
            fact("pue", "1.25"));

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
        assertThat(bill.view().headlineUsd()).as("without an exponent").hasToString("5576000");
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
        Bill bill = Bill.of(
                run(attempt(
                        RunState.FINISHED,
                        0,
                        kept("base", Use.PRETRAIN, 1000 * HOUR),
                        kept("base", Use.IDLE, 100 * HOUR))),
                List.of(),
                BillTerms.owned(OWN, TWO_DOLLARS));
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

    /** 1 USD of write-off and 0.125 USD of power an hour, on two machines. */
    @Test
    void answersOfOwnedMachinesCostTheirPowerToo() {
        Bill bill = Bill.of(
                run(attempt(RunState.FINISHED, 1000, kept("reason", Use.ROLLOUT, HOUR))),
                List.of(),
                BillTerms.owned(OWN, TWO_DOLLARS).machines(2));
        assertThat(bill.usdPer1000Answers()).contains(Money.usd("2.25"));
        assertThat(bill.full()).isEqualTo(Money.usd("2.25"));
        assertThat(bill.energy().kilowattHours())
                .hasValueSatisfying(kwh -> assertThat(kwh).isEqualByComparingTo("1"));
    }

    /** 100 hours are billed to the cent, an hour and a second to a hundredth of one, a second to a millionth of a dollar. */
    @Test
    void digitsFollowTheSizeOfTheBill() {
        assertThat(full(100 * HOUR + SECOND)).isEqualTo("200.00");
        assertThat(full(HOUR + SECOND)).isEqualTo("2.0006");
        assertThat(full(SECOND)).isEqualTo("0.000556");
    }

    private static String full(long nanos) {
        return Bill.of(
                        run(attempt(RunState.FINISHED, 0, kept("base", Use.PRETRAIN, nanos))),
                        List.of(),
                        BillTerms.rented(TWO_DOLLARS))
                .full()
                .plain();
    }

    @Test
    void aStageCostsAllItsTimeAndTheRunAllButEarlierOnes() {
        Bill bill = Bill.of(
                run(
                        attempt(RunState.KILLED, 0, new Entry("base", Use.PRETRAIN, 10 * HOUR, 7 * HOUR)),
                        attempt(
                                RunState.FINISHED,
                                0,
                                kept("", Use.START_UP, HOUR),
                                kept("base", Use.PRETRAIN, 50 * HOUR),
                                kept("base", Use.CHECKPOINT, 2 * HOUR),
                                kept("power", Use.EVALUATION, 4 * HOUR))),
                List.of(run(attempt(RunState.FINISHED, 0, kept("earlier experiments", Use.PRETRAIN, 20 * HOUR)))),
                BillTerms.owned(OWN, TWO_DOLLARS)
                        .with(new BillTerms.People(new BigDecimal("3"), new BigDecimal("100"))));
        // Write-off is 1 USD an hour; power is 8.375 USD for the run's 67 hours and 2.50 USD for the 20 before.
        assertThat(bill.of("base")).isEqualTo(Money.usd("62"));
        assertThat(bill.of("power")).isEqualTo(Money.usd("4"));
        assertThat(bill.of("earlier experiments").isZero()).isTrue();
        assertThat(bill.of("people").isZero()).isTrue();
        assertThat(bill.full()).isEqualTo(Money.usd("397.88"));
        assertThat(bill.own()).isEqualTo(Money.usd("375.38"));
    }

    /** A run of which one attempt was not measured is not measured. */
    @Test
    void halfAMeasurementIsAnEstimate() {
        AttemptRecord measured = new AttemptRecord(
                1,
                "r",
                java.time.Instant.EPOCH,
                RunState.KILLED,
                List.of(),
                RunFacts.NONE,
                new EnergyUse(5 * HOUR, OptionalDouble.of(1)));
        AttemptRecord not = new AttemptRecord(
                2,
                "r",
                java.time.Instant.EPOCH,
                RunState.FINISHED,
                List.of(),
                RunFacts.NONE,
                new EnergyUse(5 * HOUR, OptionalDouble.empty()));
        BillTerms terms = BillTerms.rented(TWO_DOLLARS).wattsPerBusyCore(fact("watts_per_busy_core", "7.2"));
        EnergyEstimate energy = Bill.of(run(measured, not), List.of(), terms).energy();
        assertThat(energy.basis()).startsWith("estimate");
        assertThat(energy.kilowattHours())
                .hasValueSatisfying(kwh -> assertThat(kwh).isEqualByComparingTo("0.072"));
        assertThat(Bill.of(run(not), List.of(), BillTerms.rented(TWO_DOLLARS))
                        .energy()
                        .kilowattHours())
                .isEmpty();
    }

    /** What a limit looks at while a run goes on is what its bill will say. */
    @ParameterizedTest
    @ValueSource(strings = {"rent", "own", "rent-h800", "own-h800"})
    void spendingIsTheBillOfAllAttemptsSoFar(String card) {
        Bill bill = Bill.of(
                run(
                        attempt(RunState.KILLED, 0, new Entry("base", Use.PRETRAIN, 700 * HOUR, HOUR)),
                        attempt(RunState.RUNNING, 0, kept("base", Use.PRETRAIN, 300 * HOUR))),
                List.of(),
                BillTerms.named(card));
        Spending spending = Spending.of(700 * HOUR, card);
        assertThat(spending.card()).isEqualTo(card);
        assertThat(spending.hours(300 * HOUR)).isEqualTo(1000);
        assertThat(spending.usd(300 * HOUR)).isCloseTo(bill.full().amount().doubleValue(), within(0.0051));
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
