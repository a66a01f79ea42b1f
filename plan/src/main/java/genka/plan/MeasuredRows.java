package genka.plan;

import genka.units.GenkaException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The rows of a file: those that can be planned, and why the others cannot. */
public final class MeasuredRows {
    /** A row that cannot be planned. */
    public record Refused(String id, String reason) {}

    private final TimeModel prior = Calibration.prior().times();
    private final List<MeasuredRow> rows = new ArrayList<>();
    private final List<MeasuredRow> firstTokens = new ArrayList<>();
    private final List<Refused> refused = new ArrayList<>();

    /** Reads a file of measured rows: CSV of vTrain or aiconfigurator, throughput.yaml or runs.yaml, told apart by what is inside. */
    public static MeasuredRows read(Path file) {
        MeasuredRows read = known(file);
        if (read.rows.isEmpty() && read.refused.isEmpty()) {
            throw GenkaException.user(file + " holds no rows. Maybe another file?");
        }
        return read;
    }

    private static MeasuredRows known(Path file) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".csv") || name.endsWith(".csv.gz")) {
            CsvTable table = CsvTable.read(file);
            return ServingRows.holds(table) ? new ServingRows().read(table) : VtrainRows.read(file, table);
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
        throw GenkaException.user(file
                + " holds no measured rows that are known: a CSV of vTrain or aiconfigurator, or YAML with rows or runs."
                + " Maybe another file?");
    }

    /** The rows of all files; a row that stands in two of them counts once. */
    public static List<MeasuredRow> readAll(List<Path> files) {
        List<MeasuredRow> all = new ArrayList<>();
        for (Path file : files) {
            for (MeasuredRow row : read(file).all()) {
                if (all.stream().noneMatch(row::repeats)) {
                    all.add(row);
                }
            }
        }
        return all;
    }

    /** Keeps a row that can be predicted at all. */
    void add(MeasuredRow row) {
        double seconds = prior.seconds(row.task());
        if (!(seconds > 0 && Double.isFinite(seconds))) {
            throw GenkaException.user("nothing can be predicted from such sizes");
        }
        rows.add(row);
    }

    void addFirstToken(MeasuredRow row) {
        firstTokens.add(row);
    }

    void refuse(String id, String reason) {
        refused.add(new Refused(id, reason));
    }

    public List<MeasuredRow> rows() {
        return List.copyOf(rows);
    }

    /** The same requests' seconds to the first token, where they are said. */
    public List<MeasuredRow> firstTokens() {
        return List.copyOf(firstTokens);
    }

    /** Of every kind. */
    private List<MeasuredRow> all() {
        List<MeasuredRow> all = new ArrayList<>(rows);
        all.addAll(firstTokens);
        return all;
    }

    public List<Refused> refused() {
        return List.copyOf(refused);
    }
}
