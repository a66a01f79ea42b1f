package genka.report;

import static genka.report.Told.evaluation;
import static genka.report.Told.step;
import static org.assertj.core.api.Assertions.assertThat;

import genka.books.Bill;
import genka.books.RunState;
import genka.books.Use;
import genka.books.UseClock.Slice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonPageTest {
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    Path home = Path.of("");

    private final List<RunData> runs = new ArrayList<>();

    @Test
    void runsAreNamedByWhatTheirRecipesDoNotShare() throws Exception {
        run("a", 1, 8, 60);
        run("b", 1, 16, 60);
        run("c", 2, 8, 60);
        assertThat(ComparisonPage.of(runs)).contains(">seed 1, batch 8<", ">seed 1, batch 16<", ">seed 2, batch 8<");
    }

    @Test
    void aRunCostsWhatItTookItselfWhateverRanBefore() throws Exception {
        run("a", 1, 8, 60);
        run("b", 2, 8, 60);
        Bill second = runs.getLast().bill();
        assertThat(second.full()).isGreaterThan(second.own());
        assertThat(second.own()).isEqualTo(runs.getFirst().bill().full());
        assertThat(ComparisonTables.costs(named()).source())
                .contains(Usd.rounded(second.own()))
                .doesNotContain(Usd.rounded(second.full()));
        assertThat(new Story(runs.getLast()).price()).startsWith(Usd.rounded(second.own()) + " in 1 min");
    }

    @Test
    void reinforcementHasNoLossAndARunWithoutAFigureNoLine() throws Exception {
        run("a", 1, 8, 60);
        run("b", 2, 8, 60, step("base", 2, "reward", 0.3));
        List<Chart> charts = ComparisonCharts.of(named());
        assertThat(charts).extracting(Chart::id).containsExactly("accuracy", "length", "loss", "reward");
        assertThat(charts.get(2).lines()).extracting(Chart.Line::name).containsExactly("a");
        assertThat(charts.get(3).lines()).extracting(Chart.Line::name).containsExactly("b");
    }

    private Map<String, RunData> named() {
        Map<String, RunData> named = new LinkedHashMap<>();
        runs.forEach(run -> named.put(run.summary().id(), run));
        return named;
    }

    private void run(String id, int seed, int batch, int seconds, String... more) throws Exception {
        List<String> lines = new ArrayList<>(
                List.of(step("base", 1, "loss", 0.5), step("base", 2, "loss", 0.4), evaluation("base", 2, 0.5, 3)));
        lines.addAll(List.of(more));
        runs.add(Told.run(
                home,
                id,
                seed,
                """
                name: told
                seed: %d
                stages:
                - {kind: pretrain, name: base, batch: %d}
                """.formatted(seed, batch),
                RunState.FINISHED,
                List.of(new Slice("base", Use.PRETRAIN, seconds * SECOND)),
                lines));
    }
}
