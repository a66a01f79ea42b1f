package genka.books;

import static org.assertj.core.api.Assertions.assertThat;

import genka.books.AttemptRecord.Entry;
import genka.catalog.RateCard;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever was run and whatever it costs: lines and bridge add up to the last digit, and no rounding moves a line by a coin. */
class BillLawsTest {
    static LongStream seeds() {
        return LongStream.rangeClosed(1, 300);
    }

    private static RunSummary randomRun(SplittableRandom random, long longest) {
        List<AttemptRecord> attempts = new ArrayList<>();
        for (int a = random.nextInt(4); a >= 0; a--) {
            List<Entry> entries = new ArrayList<>();
            for (int stage = random.nextInt(1, 4); stage > 0; stage--) {
                for (Use use : Use.values()) {
                    if (use != Use.LOST && random.nextBoolean()) {
                        long nanos = random.nextLong(1, longest);
                        entries.add(new Entry("s" + stage, use, nanos, random.nextLong(nanos + 1)));
                    }
                }
            }
            RunState state = RunState.values()[random.nextInt(5)];
            attempts.add(Bills.attempt(state, random.nextLong(1000), entries.toArray(Entry[]::new)));
        }
        return Bills.run(attempts.toArray(AttemptRecord[]::new));
    }

    private static BillTerms randomTerms(SplittableRandom random) {
        String usd = Double.toString(random.nextDouble() * 10);
        RateCard.Rent rent = new RateCard.Rent("rent", "m", Bills.fact("usd_per_machine_hour", usd));
        BillTerms terms = random.nextBoolean()
                ? BillTerms.rented(rent)
                : BillTerms.owned(
                        new RateCard.Own(
                                "own",
                                "m",
                                Bills.fact("purchase_usd", "" + random.nextInt(1, 100_000)),
                                Bills.fact("life_years", "" + random.nextInt(1, 7)),
                                Bills.fact("watts", "" + random.nextInt(1_000)),
                                Bills.fact("usd_per_kwh", "0.0826"),
                                Bills.fact("pue", "1.25")),
                        rent);
        BillTerms.People people = random.nextBoolean()
                ? BillTerms.People.NONE
                : new BillTerms.People(new BigDecimal(random.nextInt(100)).movePointLeft(2), new BigDecimal("87.13"));
        return terms.with(people).machines(random.nextInt(1, 2048));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyBillCloses(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long longest = 10L << random.nextInt(4, 50);
        List<RunSummary> earlier = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            earlier.add(randomRun(random, longest));
        }
        BillTerms terms = randomTerms(random);
        // The record's own checks are the law: they refuse a bill that does not close.
        Bill bill = Bill.of(randomRun(random, longest), earlier, terms);

        BillView view = bill.view();
        BigDecimal lines = view.lines().stream().map(BillView.Line::usd).reduce(BigDecimal.ZERO, BigDecimal::add);
        BigDecimal bridge = view.bridge().stream().map(BillView.Term::usd).reduce(view.headlineUsd(), BigDecimal::add);
        assertThat(lines).isEqualByComparingTo(view.fullUsd());
        assertThat(bridge).isEqualByComparingTo(view.fullUsd());

        BigDecimal coin =
                BigDecimal.ONE.movePointLeft(bill.full().amount().compareTo(BigDecimal.TEN.pow(2)) >= 0 ? 2 : 4);
        BigDecimal two = coin.multiply(BigDecimal.TWO);
        for (BillLine line : bill.lines()) {
            BigDecimal exact = line.hours().multiply(line.usdPerHour());
            assertThat(line.amount().amount().subtract(exact).abs()).isLessThan(two);
            assertThat(line.amount().amount()).isNotNegative();
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void allotmentAddsUpAndMovesNothingByACoin(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        BigDecimal coin = new BigDecimal("0.01");
        List<BigDecimal> amounts = new ArrayList<>();
        for (int i = random.nextInt(1, 50); i > 0; i--) {
            amounts.add(BigDecimal.valueOf(random.nextLong(-1_000_000, 1_000_000), 5));
        }
        BigDecimal sum = amounts.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        BigDecimal total = Allotment.coins(sum, coin);
        List<BigDecimal> coins = Allotment.of(total, amounts, coin);
        assertThat(coins.stream().reduce(BigDecimal.ZERO, BigDecimal::add)).isEqualByComparingTo(total);
        for (int i = 0; i < amounts.size(); i++) {
            assertThat(coins.get(i).multiply(coin).subtract(amounts.get(i)).abs())
                    .isLessThan(coin);
        }
    }
}
