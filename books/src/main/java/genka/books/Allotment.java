package genka.books;

import genka.units.Fault;
import genka.units.GenkaException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Rounds amounts so that they add up to an already rounded total: the largest-remainder method (Hamilton's). Each amount is cut down to
 * whole coins, and the coins still missing go to the amounts that lost most by it; among equals, to the first.
 */
final class Allotment {
    private Allotment() {}

    /** That amount in whole coins, half a coin up. */
    static BigDecimal coins(BigDecimal amount, BigDecimal coin) {
        return amount.divide(coin, 0, RoundingMode.HALF_UP);
    }

    /**
     * @param total in coins, less than one coin per amount away from their sum
     * @param amounts before rounding
     * @param coin the smallest one, in the unit of the amounts
     * @return whole coins for each amount, {@code total} together
     */
    static List<BigDecimal> of(BigDecimal total, List<BigDecimal> amounts, BigDecimal coin) {
        List<BigDecimal> coins = new ArrayList<>();
        BigDecimal rest = total;
        for (BigDecimal amount : amounts) {
            BigDecimal cut = amount.divide(coin, 0, RoundingMode.FLOOR);
            coins.add(cut);
            rest = rest.subtract(cut);
        }
        int missing = rest.intValueExact();
        if (missing < 0 || missing > amounts.size()) {
            throw new GenkaException(
                    Fault.INTERNAL, "bill does not close: %d amounts for %d coins".formatted(amounts.size(), missing));
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < amounts.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparing(
                        (Integer i) -> amounts.get(i).subtract(coins.get(i).multiply(coin)))
                .reversed());
        for (int i : order.subList(0, missing)) {
            coins.set(i, coins.get(i).add(BigDecimal.ONE));
        }
        return coins;
    }
}
