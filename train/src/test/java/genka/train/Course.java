package genka.train;

import genka.catalog.GenkaRoot;
import genka.catalog.RecipeReader;
import genka.catalog.StageSpec;
import genka.train.Trouble.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/** A healthy stage: accuracy rises from 20 to 60 %, everything else is in order. A test changes what it is about. */
final class Course {
    static final int STEPS = 100;

    private final Map<Figure, IntToDoubleFunction> figures = new LinkedHashMap<>();
    private StageSpec.Grpo spec = stage();
    private RunEvents.PreFlight base = rates(0.2, 0.9);

    Course() {
        with(Figure.REWARD, step -> 0.3 + 0.004 * step + noise(step));
        with(Figure.ACCURACY, step -> 0.2 + 0.004 * step + noise(step));
        with(Figure.FORMAT, step -> 1);
        with(Figure.RESPONSE_TOKENS, step -> 10);
        with(Figure.TRUNCATED_SHARE, step -> 0);
        with(Figure.ZERO_VARIANCE_SHARE, step -> 0.1);
        with(Figure.LOSS, step -> 0.01);
        with(Figure.ENTROPY, step -> 0.5);
        with(Figure.KL, step -> 0);
        with(Figure.GRADIENT_NORM, step -> 0.8);
        with(Figure.UPDATES, step -> 1);
        with(Figure.LEARNING_RATE, step -> 1e-3);
    }

    Course with(Figure figure, IntToDoubleFunction course) {
        figures.put(figure, course);
        return this;
    }

    Course on(StageSpec.Grpo stage) {
        spec = stage;
        return this;
    }

    Course from(RunEvents.PreFlight rates) {
        base = rates;
        return this;
    }

    List<Trouble> troubles(double... heldOut) {
        Diagnostics diagnostics = new Diagnostics(spec);
        List<Trouble> troubles = new ArrayList<>();
        diagnostics.base(base).ifPresent(troubles::add);
        for (int step = 0; step < STEPS; step++) {
            Map<String, Double> line = new LinkedHashMap<>();
            for (Map.Entry<Figure, IntToDoubleFunction> figure : figures.entrySet()) {
                line.put(figure.getKey().key(), figure.getValue().applyAsDouble(step));
            }
            troubles.addAll(diagnostics.step(line));
            if (heldOut.length > 0 && step % (STEPS / heldOut.length) == 0) {
                diagnostics.evaluation(evaluation(step, heldOut[step * heldOut.length / STEPS]));
            }
        }
        return troubles;
    }

    List<Kind> kinds(double... heldOut) {
        return troubles(heldOut).stream().map(Trouble::kind).toList();
    }

    /** The same figure goes up and down a little between steps. */
    static double noise(int step) {
        return 0.01 * Math.sin(7.3 * step);
    }

    static RunEvents.PreFlight rates(double passAt1, double passAt16) {
        return new RunEvents.PreFlight("grpo", 32, 16, passAt1, passAt16, 1, 0);
    }

    static Evaluation evaluation(long step, double accuracy) {
        return new Evaluation("grpo", step, accuracy, 10, 0, 1, 0, Double.NaN, Double.NaN, java.util.Map.of());
    }

    static StageSpec.Grpo stage(String... overrides) {
        return stage(STEPS, overrides);
    }

    static StageSpec.Grpo stage(int steps, String... overrides) {
        List<String> all = new ArrayList<>(List.of("stages.grpo.steps=" + steps));
        all.addAll(List.of(overrides));
        return RecipeReader.read(GenkaRoot.path().resolve("recipes/r1-zero-tiny.yaml"), all).recipe().stages().stream()
                .filter(StageSpec.Grpo.class::isInstance)
                .map(StageSpec.Grpo.class::cast)
                .findFirst()
                .orElseThrow();
    }
}
