package genka.plan;

import genka.plan.Validation.LeaveOut;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Fits each family's constants to all its rows, and judges them by leaving out whole models and whole clusters. */
public final class Calibrator {
    /**
     * A fitted family.
     *
     * @param leftOut its score, each model predicted by a fit without it
     * @param text of its file under facts/calibration/
     */
    public record Fitted(String family, int rows, Calibration calibration, Score leftOut, String text) {}

    private Calibrator() {}

    public static List<Fitted> fit(
            List<MeasuredRow> rows, List<String> sources, String date, Consumer<String> progress) {
        List<Fitted> all = new ArrayList<>();
        Validation.families(rows).forEach((family, own) -> {
            List<MeasuredRow> others =
                    rows.stream().filter(row -> !row.family().equals(family)).toList();
            Validation.LeftOut[] byModel = Validation.leaveOut(own, others, LeaveOut.MODEL, progress);
            Map<String, Spreads.Spread> spreads =
                    new LinkedHashMap<>(Validation.spreads(own, byModel, LeaveOut.MODEL, row -> true)
                            .byKind());
            if (own.stream().map(MeasuredRow::cluster).distinct().count() > 2) {
                Validation.LeftOut[] byCluster = Validation.leaveOut(own, others, LeaveOut.CLUSTER, progress);
                Validation.spreads(own, byCluster, LeaveOut.CLUSTER, row -> true)
                        .byKind()
                        .forEach(spreads::putIfAbsent);
            }
            Calibration fitted =
                    Fit.family(family, rows, row -> true, Calibration.prior()).with(new Spreads(spreads));
            List<Prediction> predictions = new ArrayList<>();
            for (int i = 0; i < own.size(); i++) {
                MeasuredRow row = own.get(i);
                Spreads.Spread spread = fitted.spreads().of(row.task(), true, byModel[i].knownShape());
                predictions.add(Prediction.of(row, byModel[i].seconds(), spread));
            }
            all.add(new Fitted(
                    family, own.size(), fitted, Score.of(predictions), Calibrations.text(fitted, sources, date)));
        });
        return all;
    }
}
