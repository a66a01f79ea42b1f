package genka.catalog;

import genka.catalog.StageSpec.OptimizerSpec;
import genka.catalog.StageSpec.ScheduleSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Optimizer, schedule and precision of a stage: its own keys, then the preset's, then the recipe's top-level ones, then the built-in
 * defaults. A schedule of another kind than the top-level one takes nothing from it.
 */
final class OptimizerSection {
    private static final List<String> SCHEDULES = List.of("constant", "cosine", "warmup-stable-decay", "multi-step");

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
        optimizer.ifPresent(node -> lower.put("optimizer", node));
        precision.ifPresent(node -> lower.put("precision", node));
        if (schedule.isPresent() && sameKind(stage, schedule.get())) {
            lower.put("schedule", schedule.get());
        }
        return stage.over(new YamlNode.Mapping(lower, stage.place()));
    }

    private static boolean sameKind(Section stage, YamlNode.Mapping lower) {
        return !(stage.node().entries().get("schedule") instanceof YamlNode.Mapping own)
                || !own.entries().containsKey("kind")
                || kind(own).equals(kind(lower));
    }

    private static String kind(YamlNode.Mapping schedule) {
        return schedule.entries().get("kind") instanceof YamlNode.Scalar scalar ? scalar.text() : "constant";
    }

    static OptimizerSpec optimizer(Section section) {
        Range beta = new Range(0, Math.nextDown(1.0), true);
        double learningRate =
                section.requiredNumber("learning_rate", Range.ABOVE_ZERO, "the highest rate, such as 4e-3");
        OptimizerSpec spec = new OptimizerSpec(
                learningRate,
                section.number("beta1", 0.9, beta),
                section.number("beta2", 0.95, beta),
                section.number("eps", 1e-8, Range.ABOVE_ZERO),
                section.number("weight_decay", 0.1, Range.NOT_NEGATIVE),
                section.number("clip_norm", 1.0, Range.NOT_NEGATIVE));
        section.close();
        return spec;
    }

    static ScheduleSpec schedule(Section section) {
        String kind = section.choice("kind", SCHEDULES, Optional.of("constant"));
        long warmup = section.whole("warmup", 0, Range.COUNT);
        ScheduleSpec spec = switch (kind) {
            case "constant" -> new ScheduleSpec.Constant(warmup);
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
