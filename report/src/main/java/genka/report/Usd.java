package genka.report;

import genka.books.Bill;
import genka.units.Money;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.stream.Stream;

/** Dollars as a page shows them. */
final class Usd {
    private static final int CENTS = 2;
    private static final int DIGITS = 3;

    private Usd() {}

    /** For a sentence: to the cent, and below a dollar to three digits. */
    static String rounded(Money money) {
        BigDecimal size = money.amount().abs();
        int belowOne = size.scale() - size.precision();
        int places = size.signum() == 0 || belowOne < 0 ? CENTS : belowOne + DIGITS;
        return sign(money) + "$" + String.format(Locale.ROOT, "%,." + places + "f", size);
    }

    /** For a table that must add up: every digit the bill has, as many in each row. */
    static String exact(Money money, Bill bill) {
        int places = Stream.concat(
                        Stream.of(bill.headline(), bill.full()),
                        bill.bridge().stream().map(Bill.Term::amount))
                .mapToInt(each -> each.amount().scale())
                .reduce(CENTS, Math::max);
        return sign(money) + "$"
                + money.amount()
                        .abs()
                        .setScale(places, RoundingMode.UNNECESSARY)
                        .toPlainString();
    }

    private static String sign(Money money) {
        return money.amount().signum() < 0 ? "\u2212" : "";
    }
}
