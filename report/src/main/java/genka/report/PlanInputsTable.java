package genka.report;

import genka.plan.PlanInput;
import java.util.Comparator;
import java.util.List;

/** What a plan hangs on, surest first, and where each comes from. */
final class PlanInputsTable {
    private PlanInputsTable() {}

    static Html of(List<PlanInput> inputs) {
        return Html.of(
                """
                <h2>What it hangs on</h2><table class="stack" aria-label="What it hangs on"><thead><tr><th scope="col">input</th>
                <th scope="col">value</th><th scope="col">tier</th><th scope="col">source</th></tr></thead>
                <tbody>{}</tbody></table>
                """,
                Html.all(inputs.stream()
                        .sorted(Comparator.comparing(PlanInput::tier))
                        .map(PlanInputsTable::row)
                        .toList()));
    }

    private static Html row(PlanInput input) {
        return Html.of("""
                <tr><th scope="row">{}</th><td data-label="value">{}</td><td data-label="tier">{}</td><td class="what">{}</td></tr>
                """, input.name(), input.value(), input.tier().word(), input.source());
    }
}
