package genka.train;

import genka.catalog.StageSpec;
import genka.units.Fault;
import genka.units.GenkaException;
import genka.units.Words;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Watches a reinforcement stage and tells each kind of trouble once. All it knows stands in metrics.jsonl, so that after a resume it goes
 * on as if it had never stopped.
 */
public final class Diagnostics {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private final Trajectory trajectory;
    private final Set<Trouble.Kind> told = EnumSet.noneOf(Trouble.Kind.class);

    Diagnostics(StageSpec.Grpo spec) {
        this.trajectory = new Trajectory(spec);
    }

    /** What the base's pass rates say; they are the measure of what follows. */
    Optional<Trouble> base(RunEvents.PreFlight measured) {
        trajectory.base(measured);
        return PreFlightCheck.look(measured, trajectory.spec()).filter(this::isNew);
    }

    /** What a further step says. */
    List<Trouble> step(Map<String, Double> figures) {
        trajectory.add(figures);
        List<Trouble> troubles = new ArrayList<>();
        for (Detector detector : Detector.ALL) {
            detector.look(trajectory).filter(this::isNew).ifPresent(troubles::add);
        }
        return troubles;
    }

    void evaluation(Evaluation evaluation) {
        trajectory.addHeldOut(evaluation.greedyAccuracy());
    }

    /** What the pass rates after the last step say beside those of the base, unless the curves said it before. */
    Optional<Trouble> closing(RunEvents.PreFlight after) {
        return trajectory
                .base()
                .flatMap(base -> CoverageWall.closing(base, after, trajectory.steps()))
                .filter(this::isNew);
    }

    private boolean isNew(Trouble trouble) {
        return told.add(trouble.kind());
    }

    /** Takes in what a run's metrics.jsonl says of this stage so far. */
    void replay(Path metrics) {
        lines(metrics, line -> {
            if (!line.path("stage").asString("").equals(trajectory.spec().name())) {
                return;
            }
            if (line.has("trouble")) {
                Trouble.of(line.path("trouble")).ifPresent(this::isNew);
            } else if (line.has("pre_flight")) {
                trajectory.base(RunEvents.PreFlight.of(trajectory.spec().name(), line.path("pre_flight")));
            } else if (line.has("evaluation")) {
                trajectory.addHeldOut(
                        line.path("evaluation").path("greedy_accuracy").asDouble(Double.NaN));
            } else if (line.has("reward")) {
                Map<String, Double> figures = new LinkedHashMap<>();
                line.properties().forEach(field -> {
                    if (field.getValue().isNumber()) {
                        figures.put(field.getKey(), field.getValue().asDouble());
                    }
                });
                trajectory.add(figures);
            }
        });
    }

    /** Every trouble that a run's metrics.jsonl tells, in order; none when there is no such file. */
    public static List<Trouble> troubles(Path metrics) {
        List<Trouble> troubles = new ArrayList<>();
        lines(metrics, line -> {
            if (line.has("trouble")) {
                Trouble.of(line.path("trouble")).ifPresent(troubles::add);
            }
        });
        return troubles;
    }

    /** A line that a kill cut off or a disk damaged is left out. */
    private static void lines(Path metrics, Consumer<JsonNode> each) {
        if (!Files.exists(metrics)) {
            return;
        }
        try {
            // Bytes that are no UTF-8 spoil their own line alone.
            new String(Files.readAllBytes(metrics), StandardCharsets.UTF_8)
                    .lines()
                    .forEach(line -> {
                        try {
                            each.accept(JSON.readTree(line));
                        } catch (JacksonException _) {
                            // Cut off.
                        }
                    });
        } catch (IOException e) {
            throw new GenkaException(
                    Fault.RESOURCE, metrics + " cannot be read (" + Words.reason(e) + "). Maybe its permissions?", e);
        }
    }
}
