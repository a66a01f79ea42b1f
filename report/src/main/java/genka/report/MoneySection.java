package genka.report;

import genka.books.Bill;
import genka.books.Use;
import genka.units.Energy;
import genka.units.Money;
import genka.units.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the time was used for, and the way from the headline's cost to the full one. */
final class MoneySection {
    private MoneySection() {}

    static Html of(RunData run) {
        return Html.of("<h2>Time and money</h2><div class=\"columns\">{}{}</div>", time(run), bridge(run.bill()));
    }

    private static Html time(RunData run) {
        Map<Use, Long> nanos = run.summary().nanosByUse();
        double whole = Math.max(1, run.summary().wallNanos());
        List<Html> rows = new ArrayList<>();
        nanos.entrySet().stream()
                .filter(each -> each.getValue() > 0)
                .sorted(Map.Entry.<Use, Long>comparingByValue().reversed())
                .forEach(each -> rows.add(bar(
                        each.getKey().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                        0,
                        each.getValue() / whole,
                        each.getKey().productive() ? "learn" : each.getKey() == Use.LOST ? "warn" : "faint",
                        Words.duration(each.getValue() / 1e9),
                        Words.percent(each.getValue() / whole))));
        return Html.of("""
                <figure class="figure" id="time"><figcaption><h3>What the time was used for</h3>
                <p>Every nanosecond has one use; they add up to {}. Coloured is the work itself.</p></figcaption>
                <table class="bars"><thead class="unseen"><tr><th scope="col">use</th><th scope="col">bar</th>
                <th scope="col">time</th><th scope="col">share</th></tr></thead><tbody>{}</tbody></table></figure>
                """, Words.duration(run.wallSeconds()), Html.all(rows));
    }

    /** A waterfall: each term begins where the one before ended. */
    private static Html bridge(Bill bill) {
        double low = 0;
        double high = Math.max(dollars(bill.headline()), dollars(bill.full()));
        double level = dollars(bill.headline());
        for (Bill.Term term : bill.bridge()) {
            level += dollars(term.amount());
            low = Math.min(low, level);
            high = Math.max(high, level);
        }
        double span = Math.max(high - low, 1e-12);
        List<Html> rows = new ArrayList<>();
        rows.add(bar(
                "headline",
                (0 - low) / span,
                dollars(bill.headline()) / span,
                "ink",
                Usd.exact(bill.headline(), bill),
                ""));
        level = dollars(bill.headline());
        for (Bill.Term term : bill.bridge()) {
            double amount = dollars(term.amount());
            rows.add(bar(
                    (amount < 0 ? "− " : "+ ") + term.words(),
                    (Math.min(level, level + amount) - low) / span,
                    Math.abs(amount) / span,
                    amount < 0 ? "learn" : "length",
                    Usd.exact(amount < 0 ? term.amount().negated() : term.amount(), bill),
                    ""));
            level += amount;
        }
        rows.add(bar(
                "full cost", (0 - low) / span, dollars(bill.full()) / span, "ink", Usd.exact(bill.full(), bill), ""));
        return Html.of("""
                <figure class="figure" id="bill"><figcaption><h3>From the headline to the full cost</h3>
                <p>The headline is the productive time of the final attempt at rent, as DeepSeek-V3’s $5.576M was reckoned;
                what it leaves out comes below it. At the rates of {}.</p></figcaption>
                <table class="bars"><thead class="unseen"><tr><th scope="col">term</th><th scope="col">bar</th>
                <th scope="col">USD</th><th scope="col"></th></tr></thead><tbody>{}</tbody></table>
                <ul class="notes">{}</ul></figure>
                """, bill.terms().card().name(), Html.all(rows), notes(bill));
    }

    private static Html notes(Bill bill) {
        List<String> notes = new ArrayList<>();
        bill.usdPer1000Answers().ifPresent(each -> notes.add(Usd.rounded(each) + " for 1,000 answers"));
        bill.energy()
                .kilowattHours()
                .ifPresent(kwh -> notes.add("energy " + Energy.ofKwh(kwh.doubleValue()) + ", "
                        + bill.energy().basis()));
        notes.addAll(bill.notes());
        return Html.all(notes.stream().map(note -> Html.of("<li>{}</li>", note)).toList());
    }

    static Html bar(String name, double from, double share, String tone, String amount, String percent) {
        return Html.of("""
                <tr><th scope="row">{}</th><td class="track" aria-hidden="true"><i class="tone-{}" style="left:{}%;width:{}%"></i></td>
                <td class="n">{}</td><td class="n share">{}</td></tr>
                """, name, tone, places(100 * from), places(100 * share), amount, percent);
    }

    private static String places(double percent) {
        return String.format(Locale.ROOT, "%.2f", percent);
    }

    private static double dollars(Money money) {
        return money.amount().doubleValue();
    }
}
