package genka.app;

import genka.books.RunState;
import genka.catalog.Recipe;
import genka.model.AtomicFile;
import genka.plan.LocalMachine;
import genka.plan.LocalPlan;
import genka.train.StageLengths;
import genka.units.GenkaException;
import genka.units.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Plans of runs on this machine, and what was predicted beside what happened. */
final class LocalPlans {
    private static final String FILE = "prediction.json";
    private static final String RESULT = "result.json";
    private static final int MOST_RUNS = 50;

    private LocalPlans() {}

    static LocalPlan of(Recipe recipe, Path home) {
        return LocalPlan.of(recipe, LocalMachine.read(home), new StageLengths(recipe))
                .after(measuredOverPredicted(home.resolve("runs")));
    }

    /** Of finished runs that were predicted, the newest ones. */
    private static List<Double> measuredOverPredicted(Path runs) {
        if (!Files.isDirectory(runs)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(runs)) {
            return folders.sorted(Comparator.reverseOrder())
                    .flatMap(run -> seconds(run.resolve(RESULT), "wall_s")
                            .flatMap(actual -> Beside.of(run, actual))
                            .map(beside -> beside.actualSeconds() / beside.predictedSeconds())
                            .stream())
                    .filter(ratio -> ratio > 0 && Double.isFinite(ratio))
                    .limit(MOST_RUNS)
                    .toList();
        } catch (IOException unreadable) {
            return List.of(); // the range stays assumed
        }
    }

    private static Optional<Double> seconds(Path file, String key) {
        return json(file).map(object -> object.path(key).asDouble(0)).filter(value -> value > 0);
    }

    private static Optional<JsonNode> json(Path file) {
        try {
            return Optional.of(Json.read(file)).filter(object -> !object.isEmpty());
        } catch (GenkaException unreadable) {
            return Optional.empty(); // a bill or a range does without
        }
    }

    /** Keeps with a run what it is predicted to take, where this machine was measured. */
    static void keep(Recipe recipe, Path home, Path run) {
        if (Files.isRegularFile(LocalMachine.file(home))) {
            AtomicFile.write(run.resolve(FILE), Json.mapper().writeValueAsString(view(of(recipe, home))));
        }
    }

    static Map<String, Object> view(LocalPlan plan) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("name", plan.name());
        view.put(
                "seconds",
                Map.of(
                        "value",
                        plan.seconds(),
                        "low",
                        plan.low() * plan.seconds(),
                        "high",
                        plan.high() * plan.seconds()));
        view.put("start_seconds", plan.machine().startSeconds());
        view.put("warm_up_seconds", plan.machine().warmUpSeconds());
        view.put("step_seconds", plan.machine().stepSeconds());
        view.put("gigaflops", plan.machine().flopsPerSecond() / 1e9);
        view.put("measured", plan.machine().measured());
        List<Map<String, Object>> stages = new ArrayList<>();
        plan.stages().forEach(stage -> {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("name", stage.name());
            each.put("steps", stage.steps());
            each.put("seconds", stage.seconds());
            stages.add(each);
        });
        view.put("stages", stages);
        view.put("range_from_runs", plan.runs());
        view.put("inputs", plan.inputs().stream().map(PlanView::input).toList());
        return view;
    }

    static String screen(LocalPlan plan, Style style) {
        Table table = Table.of("stage", ">steps", ">time");
        table.row("start", "", Words.duration(plan.machine().startSeconds()));
        plan.stages()
                .forEach(stage ->
                        table.row(stage.name(), Words.decimal(stage.steps(), 0), Words.duration(stage.seconds())));
        table.rule().row("all", "", Words.duration(plan.seconds()));
        return "Plan of " + style.bold(plan.name()) + " on this machine\n\n" + table.text("  ", style)
                + "\n  80 % range " + Words.duration(plan.low() * plan.seconds()) + " to "
                + Words.duration(plan.high() * plan.seconds()) + ", "
                + (plan.runs() == 0 ? "assumed until more runs tell" : "from " + plan.runs() + " runs on this machine")
                + "\n\n" + PlanScreen.inputs(plan.inputs(), style);
    }

    /**
     * Predicted and actual seconds of a run, where something was predicted.
     *
     * @param actualSeconds so far, where the run is not finished
     */
    record Beside(double predictedSeconds, double low, double high, double actualSeconds) {
        static Optional<Beside> of(Path run, double actualSeconds) {
            return json(run.resolve(FILE))
                    .map(object -> object.path("seconds"))
                    .map(seconds -> new Beside(
                            seconds.path("value").asDouble(0),
                            seconds.path("low").asDouble(0),
                            seconds.path("high").asDouble(0),
                            actualSeconds));
        }

        /** Only of a finished run is it known how far the prediction was off. */
        String line(RunState state) {
            String predicted = "  predicted " + Words.duration(predictedSeconds) + " (80 % range " + Words.duration(low)
                    + " to " + Words.duration(high) + "), ";
            if (state != RunState.FINISHED) {
                return predicted + "so far " + Words.duration(actualSeconds) + "\n";
            }
            double off = predictedSeconds / actualSeconds - 1;
            return predicted + "took " + Words.duration(actualSeconds) + ": " + Words.change(off) + "\n";
        }
    }
}
