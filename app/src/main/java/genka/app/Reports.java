package genka.app;

import genka.books.Bill;
import genka.books.BillTerms;
import genka.books.Ledger;
import genka.books.RunSummary;
import genka.model.AtomicFile;
import genka.report.RunData;
import genka.report.RunPage;
import genka.report.RunReader;
import java.nio.file.Path;

/** Reports of runs in a home folder. */
final class Reports {
    private Reports() {}

    /** Everything the run of that name left so far. */
    static RunData data(Home home, Ledger ledger, String run) {
        RunSummary summary = home.run(ledger, run);
        Bill bill = Bill.of(summary, ledger.earlierExperiments(summary), BillTerms.named(Bills.RENT));
        return new RunReader(home.folder(summary)).read(summary, bill);
    }

    /** Writes a run's page beside its other files; returns where. */
    static Path write(Home home, String run) {
        RunData data;
        try (Ledger ledger = Ledger.open(home.path())) {
            data = data(home, ledger, run);
        }
        Path file = data.folder().resolve("report.html");
        AtomicFile.write(file, RunPage.of(data));
        return file;
    }
}
