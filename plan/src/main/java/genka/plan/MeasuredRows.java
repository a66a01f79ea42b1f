package genka.plan;

import genka.units.GenkaException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The rows of a file: those that can be planned, and why the others cannot. */
public final class MeasuredRows {
    /** A row that cannot be planned. */
    public record Refused(String id, String reason) {}

    private final List<MeasuredRow> rows = new ArrayList<>();
    private final List<Refused> refused = new ArrayList<>();

    /** Reads a file of measured rows: vTrain's CSV, throughput.yaml or runs.yaml, told apart by what is inside. */
    public static MeasuredRows read(Path file) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".csv")) {
            return VtrainRows.read(file);
        }
        if (name.endsWith(".yaml") || name.endsWith(".yml")) {
            Values top = Values.of(genka.catalog.YamlFile.read(file));
            if (top.has("rows")) {
                return new ThroughputRows().read(top);
            }
            if (top.has("runs")) {
                return new RunRows().read(top);
            }
        }
        throw GenkaException.user(
                file + " holds no measured rows that are known: a CSV of vTrain, or YAML with rows or runs."
                        + " Maybe another file?");
    }

    /** The rows of all files; a row that stands in two of them counts once. */
    public static List<MeasuredRow> readAll(List<Path> files) {
        List<MeasuredRow> all = new ArrayList<>();
        for (Path file : files) {
            for (MeasuredRow row : read(file).rows()) {
                if (all.stream().noneMatch(row::repeats)) {
                    all.add(row);
                }
            }
        }
        return all;
    }

    void add(MeasuredRow row) {
        rows.add(row);
    }

    void refuse(String id, String reason) {
        refused.add(new Refused(id, reason));
    }

    public List<MeasuredRow> rows() {
        return List.copyOf(rows);
    }

    public List<Refused> refused() {
        return List.copyOf(refused);
    }
}
