package genka.plan;

import genka.catalog.Nearest;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The rows of a file: those that can be planned, and why the others cannot. */
public final class MeasuredRows {
    /** A row that cannot be planned. */
    public record Refused(String id, String reason) {}

    private final TimeModel prior = Calibration.prior().times();
    private final List<MeasuredRow> rows = new ArrayList<>();
    private final List<MeasuredRow> firstTokens = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private final List<Refused> refused = new ArrayList<>();
    private final Set<String> remarks = new TreeSet<>();

    /** Reads a file of measured rows: CSV of vTrain or aiconfigurator, throughput.yaml or runs.yaml, told apart by what is inside. */
    public static MeasuredRows read(Path file) {
        MeasuredRows read = known(file);
        if (read.rows.isEmpty() && read.refused.isEmpty()) {
            throw GenkaException.user(file + " holds no rows. Maybe another file?");
        }
        return read;
    }

    private static MeasuredRows known(Path file) {
        exists(file);
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".csv") || name.endsWith(".csv.gz")) {
            CsvTable table = CsvTable.read(file);
            return ServingRows.holds(table) ? new ServingRows().read(file, table) : VtrainRows.read(file, table);
        }
        if (name.endsWith(".yaml") || name.endsWith(".yml")) {
            Values top = Values.of(genka.catalog.YamlFile.read(file));
            if (top.has("rows") && top.has("runs")) {
                throw GenkaException.user(
                        file + " holds rows and runs, which are scored apart. Maybe split it in two?");
            }
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

    private static void exists(Path file) {
        if (Files.isDirectory(file)) {
            throw GenkaException.user(file + " is a folder; rows are read from a file." + oneOf(file, List.of()));
        }
        if (!Files.exists(file)) {
            Path folder = file.toAbsolutePath().getParent();
            String name = String.valueOf(file.getFileName());
            throw GenkaException.user(file + " does not exist." + oneOf(folder == null ? file : folder, List.of(name)));
        }
    }

    /** The file in a folder that was meant, or some that it holds. */
    private static String oneOf(Path folder, List<String> meant) {
        List<String> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.{csv,csv.gz,yaml,yml}")) {
            found.forEach(each -> files.add(String.valueOf(each.getFileName())));
        } catch (IOException e) {
            files.clear(); // then there is nothing to advise
        }
        Collections.sort(files);
        Optional<String> near =
                meant.stream().flatMap(name -> Nearest.of(name, files).stream()).findFirst();
        if (near.isPresent()) {
            return " Maybe you meant " + near.get() + "?";
        }
        return files.isEmpty()
                ? " Maybe another path?"
                : " Maybe one of " + String.join(", ", files.subList(0, Math.min(5, files.size()))) + "?";
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
        if (row.task() instanceof Job job) {
            RowChecks.possible(job);
        }
        if (!ids.add(row.id())) {
            throw GenkaException.user("another row before it has the same id");
        }
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

    void remark(String key) {
        remarks.add(key);
    }

    /** Keys of rows from which nothing is predicted, and that are no known remarks. */
    public List<String> remarks() {
        return List.copyOf(remarks);
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

    /** Said where no row of a file can be predicted: an error of 0 would look perfect. */
    public String nonePredicted(Path file) {
        Refused first = refused.getFirst();
        return "no row of " + file + " can be predicted: " + refused.size() + " refused, the first (" + first.id()
                + ") because " + first.reason()
                + (first.reason().contains("Maybe") ? "" : ". Maybe see docs/planner.md for the keys of a row?");
    }

    public List<Refused> refused() {
        return List.copyOf(refused);
    }
}
