package genka.catalog;

import genka.catalog.Recipe.DataSpec;
import genka.catalog.StageSpec.Inputs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Which model a stage works on, where its weights come from, and what it reads. */
final class InputsSection {
    private final Map<String, Recipe.ModelSource> models;
    private final Map<String, DataSpec> sources;

    InputsSection(Map<String, Recipe.ModelSource> models, Map<String, DataSpec> sources) {
        this.models = models;
        this.sources = sources;
    }

    /** @param earlier the stages before this one */
    Inputs read(Section stage, String kind, List<StageSpec> earlier) {
        String model = stage.text("model", Recipe.MAIN);
        if (!models.containsKey(model)) {
            stage.problem(
                    "model",
                    "must be one of " + String.join(", ", models.keySet()) + "."
                            + Nearest.advice(model, models.keySet()));
            model = Recipe.MAIN;
        }
        Optional<String> start = start(stage, model, earlier);
        Map<String, Double> data = data(stage, kind, earlier);
        if (kind.equals("distill")) {
            requireTeacher(stage, model, data, earlier);
        }
        return new Inputs(model, start, data);
    }

    /** Whether some of the data is prompts with responses: a task, pairs, or what a stage wrote. */
    boolean hasResponses(Inputs inputs) {
        return inputs.data().keySet().stream().anyMatch(name -> switch (sources.get(name)) {
            case null -> true;
            case DataSpec.Task _ -> true;
            case DataSpec.Text _ -> false;
            case DataSpec.JsonLines lines -> !lines.promptField().isEmpty();
        });
    }

    ModelSpec model(Inputs inputs) {
        return spec(inputs.model());
    }

    private ModelSpec spec(String model) {
        return Objects.requireNonNull(models.get(model)).spec();
    }

    private Optional<String> start(Section stage, String model, List<StageSpec> earlier) {
        Optional<String> start = stage.optionalText("start");
        if (start.isEmpty() || start.get().equals(Inputs.FRESH)) {
            return start;
        }
        List<String> known = new ArrayList<>();
        known.add(Inputs.FRESH);
        for (StageSpec before : earlier) {
            boolean same = spec(before.inputs().model()).equals(spec(model));
            if (before.name().equals(start.get()) && same) {
                return start;
            }
            if (before.name().equals(start.get())) {
                stage.problem("start", "must be a stage of the same architecture as model " + model);
                return Optional.empty();
            }
            known.add(before.name());
        }
        stage.problem(
                "start",
                "must be " + Inputs.FRESH + " or an earlier stage: " + String.join(", ", known) + "."
                        + Nearest.advice(start.get(), known));
        return Optional.empty();
    }

    /** A name, or names with weights. */
    private Map<String, Double> data(Section stage, String kind, List<StageSpec> earlier) {
        Map<String, Double> data = new LinkedHashMap<>();
        Optional<YamlNode> found = stage.find("data");
        if (found.isPresent() && found.get() instanceof YamlNode.Mapping names) {
            Section section = stage.section("data");
            names.entries()
                    .keySet()
                    .forEach(name -> data.put(name, section.requiredNumber(name, Range.ABOVE_ZERO, "its weight")));
        } else {
            data.put(stage.text("data", Recipe.MAIN), 1.0);
        }
        boolean supervised = !kind.equals("grpo") && !kind.equals("rejection-sample");
        List<String> known = new ArrayList<>(sources.keySet());
        if (supervised) {
            earlier.stream()
                    .filter(StageSpec.RejectionSample.class::isInstance)
                    .forEach(before -> known.add(before.name()));
        }
        for (String name : data.keySet()) {
            if (!known.contains(name)) {
                stage.problem(
                        "data",
                        "names " + name + ", but there are " + String.join(", ", known) + "."
                                + Nearest.advice(name, known));
            }
        }
        stage.resolve("data", new LinkedHashMap<>(data));
        return data;
    }

    /** Distilling means that another model wrote what this one learns from. */
    private static void requireTeacher(Section stage, String model, Map<String, Double> data, List<StageSpec> earlier) {
        boolean taught = earlier.stream()
                .anyMatch(before -> before instanceof StageSpec.RejectionSample
                        && data.containsKey(before.name())
                        && !before.inputs().model().equals(model));
        if (!taught) {
            stage.problem(
                    "data",
                    "must name an earlier rejection-sample stage of another model than " + model
                            + ", which is the teacher. Maybe data: samples, and model: student?");
        }
    }
}
