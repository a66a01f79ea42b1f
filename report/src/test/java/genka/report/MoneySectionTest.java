package genka.report;

import static org.assertj.core.api.Assertions.assertThat;

import genka.books.AttemptRecord;
import genka.books.AttemptRecord.Entry;
import genka.books.Bill;
import genka.books.BillTerms;
import genka.books.EnergyUse;
import genka.books.Machine;
import genka.books.NewRun;
import genka.books.RunFacts;
import genka.books.RunState;
import genka.books.RunSummary;
import genka.books.Use;
import genka.catalog.Fact;
import genka.catalog.RateCard;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Time and money of ten hours of training and five of waiting on a machine of one's own. */
class MoneySectionTest {
    private static final long HOUR = 3_600_000_000_000L;

    @TempDir
    Path home = Path.of("");

    private static Fact fact(String key, String value) {
        return new Fact(
                key,
                new BigDecimal(value),
                "made up for a test",
                "2026-11-22",
                Fact.Evidence.ESTIMATE,
                Optional.empty());
    }

    /** A rent of 2 USD, or 1 USD of write-off and 0.125 USD of power, an hour. */
    private static BillTerms owned() {
        RateCard.Rent rent = new RateCard.Rent("rent", "a server", fact("usd_per_machine_hour", "2"));
        return BillTerms.owned(
                new RateCard.Own(
                        "own",
                        "a server",
                        fact("purchase_usd", "35064"),
                        fact("life_years", "4"),
                        fact("watts", "500"),
                        fact("usd_per_kwh", "0.2"),
                        fact("pue", "1.25")),
                rent);
    }

    private static RunSummary run(long factor, int minute) {
        return new RunSummary(
                new NewRun(
                        "r" + minute,
                        "told",
                        "h",
                        "/r",
                        1,
                        Instant.EPOCH.plusSeconds(60L * minute),
                        new Machine(2, "x"),
                        Optional.empty()),
                List.of(new AttemptRecord(
                        1,
                        "r" + minute,
                        Instant.EPOCH,
                        RunState.FINISHED,
                        List.of(
                                new Entry("base", Use.PRETRAIN, 10 * HOUR / factor, 10 * HOUR / factor),
                                new Entry("base", Use.IDLE, 5 * HOUR / factor, 5 * HOUR / factor)),
                        new RunFacts(Map.of("base", 3_100_000L), 0),
                        new EnergyUse(HOUR, OptionalDouble.empty()))));
    }

    private RunData data(RunSummary run, Bill bill) {
        return new RunData(
                run,
                bill,
                home,
                RecipeFacts.read(home.resolve("recipe.yaml")),
                new Metrics(),
                List.of(),
                RunData.Outcome.NONE);
    }

    private static List<String> bars(String html, String table) {
        return Pattern.compile("left:([0-9.]+)%;width:([0-9.]+)%")
                .matcher(html.substring(html.indexOf("id=\"" + table + "\"")))
                .results()
                .map(bar -> bar.group(1) + " " + bar.group(2))
                .toList();
    }

    /** 20 − 10 + 5 + 1.875 USD are 16.875 USD: of 20 USD, in percent. */
    @Test
    void eachTermOfTheBridgeBeginsWhereTheOneBeforeEnded() {
        RunSummary run = run(1, 0);
        String html =
                MoneySection.of(data(run, Bill.of(run, List.of(), owned()))).source();
        assertThat(bars(html, "bill"))
                .containsExactly("0.00 100.00", "50.00 50.00", "50.00 25.00", "75.00 9.38", "0.00 84.38");
        assertThat(html)
                .containsSubsequence(
                        ">headline<",
                        ">$20.000<",
                        ">− depreciation",
                        ">$10.000<",
                        ">+ idle<",
                        ">$5.000<",
                        ">+ power<",
                        ">$1.875<",
                        ">full cost<",
                        ">$16.875<");
    }

    @Test
    void timeIsSharedOutLongestUseFirst() {
        RunSummary run = run(1, 0);
        String html =
                MoneySection.of(data(run, Bill.of(run, List.of(), owned()))).source();
        assertThat(bars(html.substring(0, html.indexOf("id=\"bill\"")), "time"))
                .containsExactly("0.00 66.67", "0.00 33.33");
        assertThat(html).containsSubsequence("pretrain", "10 h 00 min", "66.7 %", "idle", "5 h 00 min", "33.3 %");
    }

    /** 500 W for 15 hours, for a hundredth of that and so on. */
    @ParameterizedTest
    @CsvSource({"1, 7.5 kWh", "100, 75 Wh", "100000, 0.075 Wh"})
    void energyIsInTheUnitThatFits(long factor, String energy) {
        RunSummary run = run(factor, 0);
        assertThat(MoneySection.of(data(run, Bill.of(run, List.of(), owned()))).source())
                .contains("<li>energy " + energy + ", estimate");
    }

    @Test
    void theHeadTellsWhatTheRunItselfCostAndThatWithEarlierOnes() {
        RunSummary run = run(1, 1);
        RunData alone = data(run, Bill.of(run, List.of(), owned()));
        assertThat(Headline.of(alone, new Story(alone)).source())
                .contains("<dt>this run cost</dt><dd>$16.88</dd>", "<dt>headline cost</dt><dd>$20.00</dd>")
                .contains("<dt>time</dt><dd>15 h 00 min</dd>", "<dt>tokens</dt><dd>3.10 M</dd>")
                .doesNotContain("with earlier runs", "<dt>answers</dt>");
        RunData after = data(run, Bill.of(run, List.of(run(2, 0)), owned()));
        assertThat(Headline.of(after, new Story(after)).source())
                .contains("<dt>this run cost</dt><dd>$16.88</dd>", "<dt>with earlier runs</dt><dd>$25.31</dd>");
        assertThat(new Story(after).price()).isEqualTo("$16.88 in 15 h 00 min");
    }
}
