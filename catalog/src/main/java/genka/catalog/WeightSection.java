package genka.catalog;

import genka.catalog.StageSpec.StopSpec;
import genka.catalog.StageSpec.WeightSpec;
import genka.catalog.StageSpec.WeightSpec.End;
import genka.catalog.StageSpec.WeightSpec.Precision;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What any stage that learns may say about its weights: what stays frozen, how they multiply, which stay, when it is enough. */
final class WeightSection {
    private static final List<String> ENDS = List.of("last", "best", "ema");

    private static final List<String> PRECISIONS = List.of("float", "fp8-sim");

    private WeightSection() {}

    static WeightSpec weights(Section stage, long evaluateEvery) {
        double ema = stage.number("ema", 0, Range.BELOW_ONE);
        End endWith =
                End.valueOf(stage.choice("end_with", ENDS, Optional.of("last")).toUpperCase(Locale.ROOT));
        if (endWith == End.EMA && ema == 0) {
            stage.problem("end_with", "needs an average. Maybe add ema: 0.99");
            endWith = End.LAST;
        }
        if (endWith == End.BEST) {
            requireEvaluations(stage, "end_with", evaluateEvery);
        }
        return new WeightSpec(stage.texts("freeze"), precision(stage), ema, endWith);
    }

    private static Precision precision(Section stage) {
        String name = stage.choice("precision", PRECISIONS, Optional.of("float"));
        return Precision.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    static Optional<StopSpec> stop(Section stage, long evaluateEvery) {
        Optional<Section> section = stage.optionalSection("stop");
        if (section.isEmpty()) {
            return Optional.empty();
        }
        requireEvaluations(stage, "stop", evaluateEvery);
        Optional<Double> accuracy = section.get().optionalNumber("greedy_accuracy", Range.SHARE);
        Optional<Long> patience = section.get().optionalWhole("patience", Range.POSITIVE_INT);
        Optional<Integer> usual =
                section.get().optionalWhole("usual_steps", Range.POSITIVE_INT).map(Long::intValue);
        if (accuracy.isEmpty() && patience.isEmpty()) {
            section.get()
                    .problem(
                            "greedy_accuracy",
                            "or patience must say when to stop. Maybe patience: 3, evaluations without a new best");
            patience = Optional.of(1L);
        }
        int times = times(section.get(), accuracy.isEmpty() && patience.isPresent());
        section.get().close();
        return Optional.of(new StopSpec(accuracy, times, patience.map(Long::intValue), usual));
    }

    /** How often the accuracy must be reached; patience counts for itself. */
    private static int times(Section stop, boolean patienceOnly) {
        if (patienceOnly) {
            if (stop.has("times")) {
                stop.problem(
                        "times",
                        "belongs to greedy_accuracy, which is not here. Maybe leave it out: patience counts for itself");
            }
            return 2;
        }
        return (int) stop.whole("times", 2, Range.POSITIVE_INT);
    }

    private static void requireEvaluations(Section stage, String key, long evaluateEvery) {
        if (evaluateEvery == 0) {
            stage.problem(key, "needs evaluations while the stage goes on. Maybe add evaluate_every: 50");
        }
    }
}
