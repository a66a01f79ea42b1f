package genka.train;

import genka.books.Spending;
import genka.catalog.Recipe;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Optional;

/** A recipe's budget while a run goes on. It counts the time of all attempts of the run. */
final class BudgetLimit {
    /** The card that a budget is in, as the headline of a bill. */
    static final String CARD = "rent";

    private final Recipe.Budget budget;
    private final Spending spending;

    BudgetLimit(Recipe.Budget budget, long earlierNanos) {
        this.budget = budget;
        this.spending = Spending.of(earlierNanos, CARD);
    }

    /** What is used up, in words; empty while there is some left. */
    Optional<String> reached(long elapsedNanos) {
        double usd = spending.usd(elapsedNanos);
        if (budget.maxUsd().isPresent() && usd >= budget.maxUsd().get()) {
            return Optional.of(words("max_usd", budget.maxUsd().get(), usd, "USD at the rates of " + spending.card()));
        }
        double hours = spending.hours(elapsedNanos);
        if (budget.maxHours().isPresent() && hours >= budget.maxHours().get()) {
            return Optional.of(words("max_hours", budget.maxHours().get(), hours, "hours"));
        }
        return Optional.empty();
    }

    private static String words(String key, double limit, double used, String unit) {
        return "budget." + key + " (" + digits(limit) + ") is used up: all attempts of the run together took "
                + digits(used) + " " + unit + ". Maybe go on with --set budget." + key + "="
                + digits(2 * Math.max(limit, used));
    }

    /** Four digits that count, without an exponent: {@code --set} takes it as it stands. */
    private static String digits(double value) {
        return new BigDecimal(value, new MathContext(4)).stripTrailingZeros().toPlainString();
    }
}
