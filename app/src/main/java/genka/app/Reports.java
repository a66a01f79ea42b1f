package genka.app;

import genka.books.Bill;
import genka.books.BillTerms;
import genka.books.Ledger;
import genka.books.RunSummary;
import genka.model.AtomicFile;
import genka.report.ComparisonPage;
import genka.report.RunData;
import genka.report.RunPage;
import genka.report.RunReader;
import genka.units.GenkaException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes pages about runs in a home folder. */
final class Reports {
    /** A page, absolute, and the runs it tells. */
    record Written(Path file, List<String> runs) {}

    private Reports() {}

    /**
     * Writes the page of a run, or of several side by side.
     *
     * @param out where; otherwise beside the last run's files
     */
    static Written write(Home home, List<String> names, @Nullable Path out) {
        List<RunData> runs;
        try (Ledger ledger = Ledger.openToRead(home.path())) {
            if (out == null) {
                home.keptFolder(home.run(ledger, names.getLast()));
            }
            runs = names.stream().map(name -> data(home, ledger, name)).toList();
        }
        List<String> ids = runs.stream().map(run -> run.summary().id()).toList();
        if (ids.stream().distinct().count() < ids.size()) {
            throw GenkaException.user(
                    "the same run is named twice (" + String.join(", ", ids) + "). Maybe leave one out.");
        }
        Path folder = runs.getLast().folder();
        Path file = out != null ? out : folder.resolve(runs.size() == 1 ? "report.html" : "comparison.html");
        Path absolute = file.toAbsolutePath().normalize();
        AtomicFile.write(absolute, runs.size() == 1 ? RunPage.of(runs.getFirst()) : ComparisonPage.of(runs));
        return new Written(absolute, ids);
    }

    private static RunData data(Home home, Ledger ledger, String run) {
        RunSummary summary = home.run(ledger, run);
        Bill bill = Bill.of(summary, ledger.earlierExperiments(summary), BillTerms.named(Bills.RENT));
        return new RunReader(home.folder(summary)).read(summary, bill);
    }
}
