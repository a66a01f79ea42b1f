package genka.app;

import genka.books.Bill;
import genka.books.BillTerms;
import genka.books.Ledger;
import genka.books.RunState;
import genka.books.RunSummary;
import genka.report.LivePage;
import genka.report.RunReader;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Follows one run until it is over, and keeps a live page up to date. Reads what the run writes, so it costs the run next to nothing. */
final class Watch {
    private static final Duration TICK = Duration.ofMillis(500);
    private final Home home;
    private final LivePage page;
    private final LiveServer server;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private @Nullable RunReader reader;

    Watch(Home home, LivePage page, LiveServer server) {
        this.home = home;
        this.page = page;
        this.server = server;
    }

    /** Asks {@link #follow} to return after a last look; from any thread. */
    void stop() {
        stopped.countDown();
    }

    /** The newest run that is under way; waits until there is one. Empty when stopped before. */
    Optional<String> awaitRun() throws InterruptedException {
        do {
            try (Ledger ledger = Ledger.openToRead(home.path())) {
                Optional<RunSummary> newest = ledger.newest().filter(run -> run.state() == RunState.RUNNING);
                if (newest.isPresent()) {
                    return newest.map(RunSummary::id);
                }
            }
        } while (!stopped.await(TICK.toMillis(), TimeUnit.MILLISECONDS));
        return Optional.empty();
    }

    /** Returns when the run is over, with its last state; or when stopped. */
    RunState follow(String run) throws InterruptedException {
        BillTerms terms = BillTerms.named(Bills.RENT);
        boolean last = false;
        while (true) {
            RunSummary summary = look(run, terms);
            if (last || summary.state() != RunState.RUNNING) {
                return summary.state();
            }
            last = stopped.await(TICK.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Looks until stopped, whatever the run's state: it may be about to begin. */
    void followUntilStopped(String run) throws InterruptedException {
        BillTerms terms = BillTerms.named(Bills.RENT);
        while (!stopped.await(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
            look(run, terms);
        }
        look(run, terms);
    }

    private RunSummary look(String run, BillTerms terms) {
        RunSummary summary;
        Bill bill;
        try (Ledger ledger = Ledger.openToRead(home.path())) {
            summary = ledger.run(run);
            bill = Bill.of(summary, ledger.earlierExperiments(summary), terms);
        }
        if (reader == null) {
            reader = new RunReader(home.folder(summary));
        }
        server.tell(page.update(reader.read(summary, bill)));
        return summary;
    }
}
