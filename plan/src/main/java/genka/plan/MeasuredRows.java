package genka.plan;

import genka.units.Fault;
import genka.units.GenkaException;
import genka.units.Words;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The rows of a file: those that can be planned, and why the others cannot. */
public final class MeasuredRows {
    /** A row that cannot be planned. */
    public record Refused(String id, String reason) {}

    private final List<MeasuredRow> rows = new ArrayList<>();
    private final List<MeasuredRow> firstTokens = new ArrayList<>();
    private final List<Refused> refused = new ArrayList<>();

    /** Reads a file of measured rows: CSV of vTrain or aiconfigurator, throughput.yaml or runs.yaml, told apart by what is inside. */
    public static MeasuredRows read(Path file) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".csv") || name.endsWith(".csv.gz")) {
            return ServingRows.holds(header(file)) ? new ServingRows().read(file) : VtrainRows.read(file);
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

    private static String header(Path file) {
        try (BufferedReader reader = ServingRows.open(file)) {
            return String.valueOf(reader.readLine());
        } catch (IOException e) {
            throw new GenkaException(Fault.USER, file + " cannot be read: " + Words.reason(e), e);
        }
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

    void add(MeasuredRow row) {
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
