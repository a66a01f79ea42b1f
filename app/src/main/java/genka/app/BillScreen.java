package genka.app;

import genka.books.Bill;
import genka.books.BillLine;
import genka.books.BillPart;
import genka.units.Money;
import genka.units.Words;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.stream.Stream;

/** A bill as text. */
final class BillScreen {
    private static final BigDecimal SECONDS_PER_HOUR = BigDecimal.valueOf(3600);
    private static final double WATT_HOURS = 1000;
    private static final int CENTS = 2;
    private static final MathContext RATE_DIGITS = new MathContext(4);

    private BillScreen() {}

    /** Headline beside full, and what lies between. */
    static String summary(Bill bill, Style style) {
        int digits = digits(bill);
        Table table = Table.of("cost", ">USD");
        table.row("headline: productive time of the final attempt × rent", dollars(bill.headline(), digits));
        for (Bill.Term term : bill.bridge()) {
            boolean less = term.amount().amount().signum() < 0;
            table.row(
                    (less ? "− " : "+ ") + term.words(),
                    dollars(less ? term.amount().negated() : term.amount(), digits));
        }
        table.rule().row("full", dollars(bill.full(), digits));
        bill.usdPer1000Answers().ifPresent(each -> table.row("  for 1,000 answers", price(each, digits)));
        return table.text("  ", style);
    }

    private static boolean isOfNoStage(BillLine line) {
        return line.stage().isEmpty()
                || line.part() == BillPart.PEOPLE
                || (line.part() == BillPart.POWER && !line.isOfEarlier());
    }

    /** Everything: lines by stage and use, then the summary, then what a reader should know. */
    static String whole(Bill bill, Style style) {
        StringBuilder text = new StringBuilder();
        text.append("Bill of ").append(style.bold(bill.run().id()));
        text.append(" at the rates of ").append(bill.terms().card().name());
        text.append(" (").append(bill.terms().card().machine()).append(")\n\n");
        Table table = Table.of("stage", "used for", ">time", ">USD an hour", ">USD");
        int digits = digits(bill);
        for (BillLine line : bill.lines()) {
            if (line.amount().isZero()) {
                continue; // JSON has them
            }
            table.row(
                    isOfNoStage(line) ? "–" : line.stage(),
                    line.use().replace('_', '-'),
                    Words.duration(line.hours().multiply(SECONDS_PER_HOUR).doubleValue()),
                    line.usdPerHour().round(RATE_DIGITS).toPlainString(),
                    dollars(line.amount(), digits));
        }
        table.rule().row("", "", "", "", dollars(bill.full(), digits));
        text.append(table.text("  ", style)).append('\n');
        text.append(summary(bill, style)).append('\n');
        bill.energy()
                .kilowattHours()
                .ifPresent(kwh -> text.append("  energy ")
                        .append(Words.decimal(kwh.doubleValue() * WATT_HOURS, kwh.doubleValue() < 1 ? 3 : 0))
                        .append(" Wh (")
                        .append(bill.energy().basis())
                        .append(")\n"));
        bill.notes().forEach(note -> text.append("  ").append(note).append('\n'));
        return text.toString();
    }

    /** As many as the finest amount has, so that columns line up and still add up. */
    private static int digits(Bill bill) {
        Stream<Money> amounts = Stream.concat(
                bill.lines().stream().map(BillLine::amount),
                bill.bridge().stream().map(Bill.Term::amount));
        return Stream.concat(amounts, Stream.of(bill.headline(), bill.full()))
                .mapToInt(money -> money.amount().scale())
                .reduce(CENTS, Math::max);
    }

    private static String dollars(Money money, int digits) {
        return money.amount().setScale(digits, RoundingMode.UNNECESSARY).toPlainString();
    }

    /** At the bill's digits, but for a price that they would round to next to nothing: it is no part of the sum above. */
    private static String price(Money money, int digits) {
        BigDecimal rounded = money.amount().setScale(digits, RoundingMode.HALF_UP);
        boolean coarse = rounded.precision() < 2 && !money.isZero();
        return (coarse ? money.amount() : rounded).toPlainString();
    }
}
