package genka.books;

import genka.catalog.RateCard;
import genka.units.Fault;
import genka.units.GenkaException;
import genka.units.Money;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a run cost, told two ways. The <b>headline</b> is the productive time of the final attempt × rent: so DeepSeek-V3's $5.576M was
 * reckoned (arXiv:2412.19437, Table 1). The <b>full</b> cost is everything: earlier attempts, lost work, evaluation, start-up, earlier
 * experiments, and for an owned machine write-off and power instead of rent. The bridge leads from one to the other. A run that is
 * still going or was killed has a bill as well: so far.
 *
 * @param lines add up to {@code full}
 * @param bridge {@code headline} plus these is {@code full}
 * @param usdPer1000Answers machine time of rollouts and evaluations (also where lost later) over the answers generated in them; empty
 *     without answers
 * @param notes what a reader should know of these figures
 */
public record Bill(
        RunSummary run,
        BillTerms terms,
        List<BillLine> lines,
        Money headline,
        Money full,
        List<Term> bridge,
        Optional<Money> usdPer1000Answers,
        EnergyEstimate energy) {

    /** A step of the bridge. */
    public record Term(String words, Money amount) {}

    /** Checks that it closes; INTERNAL where it does not. */
    public Bill {
        lines = List.copyOf(lines);
        bridge = List.copyOf(bridge);
        check("lines", Money.sum(Money.USD, lines.stream().map(BillLine::amount).toList()), full);
        check(
                "bridge",
                headline.plus(
                        Money.sum(Money.USD, bridge.stream().map(Term::amount).toList())),
                full);
    }

    /**
     * The bill of a run.
     *
     * @param earlier runs of the same recipe before it ({@link Ledger#earlierExperiments})
     */
    public static Bill of(RunSummary run, List<RunSummary> earlier, BillTerms terms) {
        return new BillReckoning(run, earlier, terms).bill();
    }

    /** What the run itself cost: the full cost without earlier experiments and their power. */
    public Money own() {
        return Money.sum(
                Money.USD,
                lines.stream()
                        .filter(line -> !line.isOfEarlier())
                        .map(BillLine::amount)
                        .toList());
    }

    /** What a stage of the run cost: all {@link RunSummary#nanosOf its time}, evaluation, checkpoints and lost work too. */
    public Money of(String stage) {
        return Money.sum(
                Money.USD,
                lines.stream()
                        .filter(line -> line.part().isOfStages() && line.stage().equals(stage))
                        .map(BillLine::amount)
                        .toList());
    }

    public BillView view() {
        return BillView.of(this);
    }

    public List<String> notes() {
        String power = switch (terms.card()) {
            case RateCard.Rent rent -> "the rent (rate card " + rent.name() + ") covers power and depreciation";
            case RateCard.Own own ->
                "the machine of " + own.name()
                        + " is written off day and night; only the hours of this recipe are billed here";
        };
        String state = switch (run.state()) {
            case FINISHED -> "the run is finished";
            case RUNNING -> "the run is still going: this is its bill so far";
            case STOPPED, KILLED, FAILED -> "the run did not finish: this is its bill so far";
        };
        List<String> notes = new ArrayList<>(List.of(power, state));
        run.run()
                .continuedFrom()
                .ifPresent(from -> notes.add("it goes on from " + from + ", whose own bill comes on top"));
        return notes;
    }

    private static void check(String what, Money sum, Money whole) {
        if (!sum.equals(whole)) {
            BigDecimal gap = sum.minus(whole).amount();
            throw new GenkaException(
                    Fault.INTERNAL, "bill does not close by %s USD: its %s".formatted(gap.toPlainString(), what));
        }
    }
}
