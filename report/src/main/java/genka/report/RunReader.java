package genka.report;

import genka.books.Bill;
import genka.books.RunSummary;
import genka.report.RunData.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Gathers what a run left in its folder, and follows it while it goes on: each {@link #read} takes only what is new. Reads the files of
 * unfinished, killed and older runs too: what is not there is left out.
 */
public final class RunReader {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path folder;
    private GrowingFile metricsFile;
    private GrowingFile samplesFile;
    private Metrics metrics = new Metrics();
    private final List<Sample> samples = new ArrayList<>();
    private int attempts;

    public RunReader(Path folder) {
        this.folder = folder;
        this.metricsFile = metricsFile();
        this.samplesFile = samplesFile();
    }

    /** The run as it is now. The figures it holds grow with later reads. */
    public RunData read(RunSummary summary, Bill bill) {
        if (metricsFile.wasCut()
                || samplesFile.wasCut()
                || attempts != summary.attempts().size()) {
            beginAgain(summary.attempts().size());
        }
        metricsFile.lines().forEach(metrics::add);
        samplesFile.lines().forEach(line -> Sample.parsed(line).ifPresent(samples::add));
        return new RunData(
                summary,
                bill,
                folder,
                RecipeFacts.read(folder.resolve("recipe.yaml")),
                metrics,
                samples,
                outcome(RunFiles.text(folder.resolve("result.json"))));
    }

    /** A new attempt cuts the files back to its checkpoint, and may then outgrow what was read of them. */
    private void beginAgain(int nowAttempts) {
        attempts = nowAttempts;
        metricsFile = metricsFile();
        samplesFile = samplesFile();
        metrics = new Metrics();
        samples.clear();
    }

    private GrowingFile metricsFile() {
        return new GrowingFile(folder.resolve("metrics.jsonl"));
    }

    private GrowingFile samplesFile() {
        return new GrowingFile(folder.resolve("samples.jsonl"));
    }

    private static Outcome outcome(String text) {
        JsonNode json;
        try {
            json = JSON.readTree(text.isBlank() ? "{}" : text);
        } catch (JacksonException broken) {
            return Outcome.NONE;
        }
        return new Outcome(samples(json.path("exchanges_before")), samples(json.path("exchanges_after")));
    }

    private static List<Sample> samples(JsonNode list) {
        List<Sample> samples = new ArrayList<>();
        list.forEach(each -> samples.add(Sample.of(each)));
        return samples;
    }
}
