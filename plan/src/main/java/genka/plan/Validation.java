package genka.plan;

import genka.units.GenkaException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Predictions of measured rows, by the shipped constants or by constants fitted without what is predicted. */
public final class Validation {
    /** What is left out together. */
    public enum LeaveOut {
        NOTHING,
        MODEL,
        CLUSTER;

        String group(MeasuredRow row) {
            return this == CLUSTER ? row.cluster() : row.model();
        }
    }

    private final List<Prediction> predictions;

    private Validation(List<Prediction> predictions) {
        this.predictions = List.copyOf(predictions);
    }

    /** Each row by the shipped constants. */
    public static Validation shipped(List<MeasuredRow> rows) {
        Calibrations calibrations = Calibrations.shipped();
        return new Validation(rows.stream()
                .map(row -> Prediction.of(row, calibrations.of(row.task())))
                .toList());
    }

    /** That something is left to fit when a group of rows is left out. */
    public static void checkFit(List<MeasuredRow> rows, List<MeasuredRow> more, LeaveOut what) {
        List<String> groups = Stream.concat(rows.stream(), more.stream())
                .map(what::group)
                .distinct()
                .toList();
        if (what != LeaveOut.NOTHING && groups.size() == 1) {
            String word = what.name().toLowerCase(Locale.ROOT);
            throw GenkaException.user("every row is of one " + word + " (" + groups.getFirst()
                    + "): without it no row is left to fit constants to. Maybe --with a file of other rows?");
        }
    }

    /**
     * Each group by constants fitted to the other groups (and {@code more} rows, without the group), and its range by how the others
     * came out when they were left out.
     *
     * @param progress is told each group as it is reached
     */
    public static Validation leavingOut(
            List<MeasuredRow> rows, List<MeasuredRow> more, LeaveOut what, Consumer<String> progress) {
        LeftOut[] leftOut = leaveOut(rows, more, what, progress);
        List<Prediction> predictions = new ArrayList<>();
        boolean known = what != LeaveOut.CLUSTER;
        for (String group : new TreeSet<>(rows.stream().map(what::group).toList())) {
            Spreads others =
                    spreads(rows, leftOut, what, row -> !what.group(row).equals(group));
            for (int i = 0; i < rows.size(); i++) {
                MeasuredRow row = rows.get(i);
                if (what.group(row).equals(group)) {
                    predictions.add(Prediction.of(
                            row, leftOut[i].seconds, others.of(row.task(), known, leftOut[i].knownShape)));
                }
            }
        }
        return new Validation(predictions);
    }

    /**
     * Step seconds of a row by a fit to its family without its group.
     *
     * @param knownShape whether that fit knew the row's layer shape, by whose {@code slowness} the seconds are longer
     */
    record LeftOut(double seconds, boolean knownShape, double slowness) {}

    static LeftOut[] leaveOut(
            List<MeasuredRow> rows, List<MeasuredRow> more, LeaveOut what, Consumer<String> progress) {
        List<MeasuredRow> all = new ArrayList<>(rows);
        all.addAll(more);
        LeftOut[] leftOut = new LeftOut[rows.size()];
        families(rows).forEach((family, own) -> {
            Calibration whole = Fit.family(family, all, row -> true, Calibration.prior());
            for (String group : new TreeSet<>(own.stream().map(what::group).toList())) {
                progress.accept(group);
                Calibration without =
                        Fit.family(family, all, row -> !what.group(row).equals(group), whole);
                TimeModel times = without.times();
                for (int i = 0; i < leftOut.length; i++) {
                    MeasuredRow row = rows.get(i);
                    if (row.family().equals(family) && what.group(row).equals(group)) {
                        leftOut[i] = new LeftOut(
                                times.seconds(row.task()) * without.factor(row.cluster()),
                                without.shapes().knows(row.task()),
                                without.shapes().slowness(row.task()));
                    }
                }
            }
        });
        return leftOut;
    }

    static Map<String, List<MeasuredRow>> families(List<MeasuredRow> rows) {
        Map<String, List<MeasuredRow>> families = new TreeMap<>();
        rows.forEach(row ->
                families.computeIfAbsent(row.family(), key -> new ArrayList<>()).add(row));
        return families;
    }

    /** Of the rows that are wanted, by kind: as if nobody knew their layer shapes, and again for those whose shape was known. */
    static Spreads spreads(List<MeasuredRow> rows, LeftOut[] leftOut, LeaveOut what, Predicate<MeasuredRow> wanted) {
        List<Spreads.Residual> plain = new ArrayList<>();
        List<Spreads.Residual> shaped = new ArrayList<>();
        boolean known = what != LeaveOut.CLUSTER;
        for (int i = 0; i < leftOut.length; i++) {
            MeasuredRow row = rows.get(i);
            if (wanted.test(row)) {
                double ratio = row.stepSeconds() / leftOut[i].seconds;
                String group = what.group(row);
                double without = Math.log(ratio * leftOut[i].slowness);
                plain.add(new Spreads.Residual(Spreads.kind(row.task(), known, false), group, without));
                if (leftOut[i].knownShape) {
                    shaped.add(new Spreads.Residual(Spreads.kind(row.task(), known, true), group, Math.log(ratio)));
                }
            }
        }
        return Spreads.of(plain, shaped);
    }

    public List<Prediction> predictions() {
        return predictions;
    }

    public Score score() {
        return Score.of(predictions);
    }

    /** Of choosing strategies by these predictions. */
    public Regret regret() {
        return Regret.of(predictions);
    }

    public Map<String, Score> byModel() {
        return by(MeasuredRow::model);
    }

    public Map<String, Score> byCluster() {
        return by(MeasuredRow::cluster);
    }

    public Map<String, Score> byPrecision() {
        return by(MeasuredRow::precision);
    }

    private Map<String, Score> by(Function<MeasuredRow, String> key) {
        Map<String, List<Prediction>> groups = new TreeMap<>();
        predictions.forEach(each -> groups.computeIfAbsent(key.apply(each.row()), any -> new ArrayList<>())
                .add(each));
        Map<String, Score> scores = new LinkedHashMap<>();
        groups.forEach((name, group) -> scores.put(name, Score.of(group)));
        return scores;
    }
}
