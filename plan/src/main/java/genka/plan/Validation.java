package genka.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

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
                .map(row -> {
                    Calibration calibration = calibrations.of(row.task());
                    return Prediction.of(row, calibration, calibration.spreads());
                })
                .toList());
    }

    /**
     * Each group by constants fitted to the other groups (and {@code more} rows, without the group), and its range by how the others
     * came out when they were left out.
     *
     * @param progress is told each group as it is reached
     */
    public static Validation leavingOut(
            List<MeasuredRow> rows, List<MeasuredRow> more, LeaveOut what, Consumer<String> progress) {
        double[] seconds = secondsLeftOut(rows, more, what, progress);
        List<Prediction> predictions = new ArrayList<>();
        boolean known = what != LeaveOut.CLUSTER;
        for (String group : new TreeSet<>(rows.stream().map(what::group).toList())) {
            Spreads others =
                    spreads(rows, seconds, what, row -> !what.group(row).equals(group));
            for (int i = 0; i < rows.size(); i++) {
                MeasuredRow row = rows.get(i);
                if (what.group(row).equals(group)) {
                    predictions.add(Prediction.of(row, seconds[i], others.of(row.task(), known)));
                }
            }
        }
        return new Validation(predictions);
    }

    /** Step seconds of each row, by a fit to its family without its group. */
    static double[] secondsLeftOut(
            List<MeasuredRow> rows, List<MeasuredRow> more, LeaveOut what, Consumer<String> progress) {
        List<MeasuredRow> all = new ArrayList<>(rows);
        all.addAll(more);
        double[] seconds = new double[rows.size()];
        families(rows).forEach((family, own) -> {
            Calibration whole = Fit.family(family, all, row -> true, Calibration.prior());
            for (String group : new TreeSet<>(own.stream().map(what::group).toList())) {
                progress.accept(group);
                Calibration without =
                        Fit.family(family, all, row -> !what.group(row).equals(group), whole);
                TimeModel times = without.times();
                for (int i = 0; i < seconds.length; i++) {
                    MeasuredRow row = rows.get(i);
                    if (row.family().equals(family) && what.group(row).equals(group)) {
                        seconds[i] = times.seconds(row.task()) * without.factor(row.cluster());
                    }
                }
            }
        });
        return seconds;
    }

    static Map<String, List<MeasuredRow>> families(List<MeasuredRow> rows) {
        Map<String, List<MeasuredRow>> families = new TreeMap<>();
        rows.forEach(row ->
                families.computeIfAbsent(row.family(), key -> new ArrayList<>()).add(row));
        return families;
    }

    /** Of the rows that are wanted, by kind. */
    static Spreads spreads(List<MeasuredRow> rows, double[] seconds, LeaveOut what, Predicate<MeasuredRow> wanted) {
        List<Spreads.Residual> residuals = new ArrayList<>();
        for (int i = 0; i < seconds.length; i++) {
            MeasuredRow row = rows.get(i);
            if (wanted.test(row)) {
                residuals.add(new Spreads.Residual(
                        Spreads.kind(row.task(), what != LeaveOut.CLUSTER),
                        what.group(row),
                        Math.log(row.stepSeconds() / seconds[i])));
            }
        }
        return Spreads.of(residuals);
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
