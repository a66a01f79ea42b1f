package genka.catalog;

import genka.catalog.StageSpec.ScheduleSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Optimizer, schedule and precision of a stage: its own keys, then the preset's, then the recipe's top-level ones, then the built-in
 * defaults. A schedule of another kind than the top-level one takes nothing from it, AdamW below Muon what is not Muon's.
 */
final class OptimizerSection {
    private static final String ADAM_W = "adamw";
    private static final String MUON = "muon";
    private static final List<String> MUON_KEYS = List.of("momentum", "iterations");
    private static final String CONSTANT = "constant";
    private static final List<String> SCHEDULES = List.of(CONSTANT, "cosine", "warmup-stable-decay", "multi-step");

    private final Optional<YamlNode.Mapping> optimizer;
    private final Optional<YamlNode.Mapping> schedule;
    private final Optional<YamlNode> precision;

    private OptimizerSection(
            Optional<YamlNode.Mapping> optimizer, Optional<YamlNode.Mapping> schedule, Optional<YamlNode> precision) {
        this.optimizer = optimizer;
        this.schedule = schedule;
        this.precision = precision;
    }

    /** The recipe's top-level defaults. */
    static OptimizerSection defaults(Section top) {
        return new OptimizerSection(top.freeNode("optimizer"), top.freeNode("schedule"), top.find("precision"));
    }

    /** The stage with the defaults below its own keys. */
    Section under(Section stage) {
        Map<String, YamlNode> lower = new LinkedHashMap<>();
        optimizer.ifPresent(node -> lower.put("optimizer", asFarAsItApplies(stage, node)));
        precision.ifPresent(node -> lower.put("precision", node));
        if (schedule.isPresent()
                && ownKind(stage, "schedule").orElse(kind(schedule.get())).equals(kind(schedule.get()))) {
            lower.put("schedule", schedule.get());
        }
        return stage.over(new YamlNode.Mapping(lower, stage.place()));
    }

    /** A stage that wants AdamW takes all but what is Muon's alone. */
    private static YamlNode asFarAsItApplies(Section stage, YamlNode.Mapping lower) {
        if (!ownKind(stage, "optimizer").equals(Optional.of(ADAM_W))) {
            return lower;
        }
        Map<String, YamlNode> entries = new LinkedHashMap<>(lower.entries());
        entries.keySet().removeAll(MUON_KEYS);
        entries.remove("kind");
        return new YamlNode.Mapping(entries, lower.place());
    }

    private static Optional<String> ownKind(Section stage, String key) {
        return stage.node().entries().get(key) instanceof YamlNode.Mapping own
                        && own.entries().containsKey("kind")
                ? Optional.of(kind(own))
                : Optional.empty();
    }

    private static String kind(YamlNode.Mapping section) {
        return section.entries().get("kind") instanceof YamlNode.Scalar scalar ? scalar.text() : CONSTANT;
    }

    static OptimizerSpec optimizer(Section section) {
        double learningRate =
                section.requiredNumber("learning_rate", Range.ABOVE_ZERO, "the highest rate, such as 4e-3");
        boolean muon = section.choice("kind", List.of(ADAM_W, MUON), Optional.of(ADAM_W))
                .equals(MUON);
        OptimizerSpec spec = new OptimizerSpec(
                learningRate,
                section.number("beta1", 0.9, Range.BELOW_ONE),
                section.number("beta2", 0.95, Range.BELOW_ONE),
                section.number("eps", 1e-8, Range.ABOVE_ZERO),
                section.number("weight_decay", 0.1, Range.NOT_NEGATIVE),
                section.number("clip_norm", 1.0, Range.NOT_NEGATIVE),
                muon ? Optional.of(muon(section)) : Optional.empty());
        if (!muon) {
            MUON_KEYS.stream()
                    .filter(section::has)
                    .forEach(key -> section.problem(key, "is of kind muon. Maybe kind: muon?"));
        }
        section.close();
        return spec;
    }

    private static OptimizerSpec.Muon muon(Section section) {
        double momentum = section.number("momentum", 0.95, Range.BELOW_ONE);
        return new OptimizerSpec.Muon(momentum, (int) section.whole("iterations", 5, Range.between(1, 20)));
    }

    static ScheduleSpec schedule(Section section) {
        String kind = section.choice("kind", SCHEDULES, Optional.of(CONSTANT));
        long warmup = section.whole("warmup", 0, Range.COUNT);
        ScheduleSpec spec = switch (kind) {
            case CONSTANT -> new ScheduleSpec.Constant(warmup);
            case "cosine" -> new ScheduleSpec.Cosine(warmup, section.number("floor", 0.1, Range.SHARE));
            case "warmup-stable-decay" ->
                new ScheduleSpec.WarmupStableDecay(
                        warmup,
                        section.number("decay_share", 0.3, Range.SHARE),
                        section.choice("shape", List.of("linear", "cosine", "1-sqrt"), Optional.of("linear")),
                        section.number("floor", 0.05, Range.SHARE));
            default -> new ScheduleSpec.MultiStep(warmup, phases(section));
        };
        section.close();
        return spec;
    }

    private static List<ScheduleSpec.Phase> phases(Section section) {
        List<ScheduleSpec.Phase> phases = new ArrayList<>();
        double last = 0;
        for (Section phase : section.sections("phases")) {
            double until = phase.requiredNumber("until_share", Range.SHARE, "where the phase ends, 0 to 1");
            if (until <= last && phase.has("until_share")) {
                phase.problem("until_share", "must be above the phase before (" + Range.plain(last) + ")");
            }
            last = until;
            phases.add(new ScheduleSpec.Phase(
                    until,
                    phase.requiredNumber("multiplier", Range.between(0, 1), "a share of the learning rate"),
                    phase.truth("cosine", false)));
            phase.close();
        }
        if (phases.isEmpty()) {
            section.problem("phases", "must list one phase or more, each with until_share and multiplier");
        } else if (last != 1) {
            section.problem("phases", "must end with until_share 1");
        }
        return phases;
    }
}
