package genka.report;

import genka.books.Attempt;
import genka.books.Bill;
import genka.books.BillTerms;
import genka.books.Ledger;
import genka.books.Machine;
import genka.books.NewRun;
import genka.books.RunState;
import genka.books.RunSummary;
import genka.books.UseClock.Slice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Runs and their metrics as they would be written. */
final class Told {
    private Told() {}

    /** A run with its bill, as its folder and the ledger tell it. */
    static RunData run(
            Path home, String id, long seed, String recipe, RunState end, List<Slice> slices, List<String> lines)
            throws IOException {
        Path folder = Files.createDirectories(home.resolve("runs").resolve(id));
        Files.writeString(folder.resolve("recipe.yaml"), recipe);
        Files.write(folder.resolve("metrics.jsonl"), lines);
        try (Ledger ledger = Ledger.open(home)) {
            Machine machine = new Machine(2, "x");
            ledger.createRun(
                    new NewRun(id, "told", id, folder.toString(), seed, Instant.now(), machine, Optional.empty()));
            Attempt attempt =
                    ledger.begin(id, Instant.now(), ProcessHandle.current().pid());
            attempt.finish(end, slices, slices.stream().mapToLong(Slice::nanos).sum());
            RunSummary summary = ledger.run(id);
            Bill bill = Bill.of(summary, ledger.earlierExperiments(summary), BillTerms.named("rent"));
            return new RunReader(folder).read(summary, bill);
        }
    }

    static Metrics metrics(String... lines) {
        Metrics metrics = new Metrics();
        for (String line : lines) {
            metrics.add(line);
        }
        return metrics;
    }

    static String step(String stage, int step, String figure, double value) {
        return String.format(Locale.ROOT, "{\"stage\":\"%s\",\"step\":%d,\"%s\":%f}", stage, step, figure, value);
    }

    static String evaluation(String stage, int step, double accuracy, double tokens) {
        return String.format(
                Locale.ROOT,
                "{\"stage\":\"%s\",\"step\":%d,\"evaluation\":{\"greedy_accuracy\":%f,\"mean_response_tokens\":%f}}",
                stage,
                step,
                accuracy,
                tokens);
    }
}
