package genka.report;

import genka.books.Bill;
import genka.books.RunSummary;
import genka.report.RunData.Diagnosis;
import genka.report.RunData.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Gathers what a run left in its folder. Reads files of unfinished, killed and older runs: what is not there is left out. */
public final class RunReader {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private RunReader() {}

    public static RunData read(RunSummary summary, Bill bill, Path folder) {
        return new RunData(
                summary,
                bill,
                folder,
                RecipeFacts.read(folder.resolve("recipe.yaml")),
                Metrics.read(folder.resolve("metrics.jsonl")),
                Sample.read(folder.resolve("samples.jsonl")),
                outcome(RunFiles.text(folder.resolve("result.json"))));
    }

    private static Outcome outcome(String text) {
        JsonNode json;
        try {
            json = text.isBlank() ? null : JSON.readTree(text);
        } catch (JacksonException broken) {
            json = null;
        }
        if (json == null) {
            return Outcome.NONE;
        }
        List<Diagnosis> diagnostics = new ArrayList<>();
        json.path("diagnostics").forEach(each -> diagnostics.add(diagnosis(each)));
        return new Outcome(samples(json.path("exchanges_before")), samples(json.path("exchanges_after")), diagnostics);
    }

    private static List<Sample> samples(JsonNode list) {
        List<Sample> samples = new ArrayList<>();
        list.forEach(each -> samples.add(Sample.of(each)));
        return samples;
    }

    private static Diagnosis diagnosis(JsonNode json) {
        return new Diagnosis(
                json.path("stage").asString(""),
                json.path("name").asString(""),
                json.path("words").asString(json.path("message").asString("")));
    }
}
