package genka.app;

import genka.books.Bill;
import genka.books.BillTerms;
import genka.books.Ledger;
import genka.books.RunSummary;

/** Bills of runs in a home folder on the terms of a rate card. */
final class Bills {
    /** The rate card of the headline, and of the bill unless another is asked for. */
    static final String RENT = "rent";

    private Bills() {}

    /** The bill of a run by name, on the card of that name. */
    static Bill of(Home home, String run, String card) {
        try (Ledger ledger = Ledger.openToRead(home.path())) {
            RunSummary summary = home.run(ledger, run);
            return Bill.of(summary, ledger.earlierExperiments(summary), BillTerms.named(card));
        }
    }
}
