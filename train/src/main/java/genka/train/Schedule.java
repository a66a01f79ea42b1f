package genka.train;

import genka.catalog.StageSpec.ScheduleSpec;
import genka.units.GenkaException;
import java.util.List;

/**
 * The learning rate over the steps of a stage, as a multiplier of the base rate. Equal to the schedules of transformers: step 0 is the
 * first, and a warm-up begins at 0 (warm-up–stable–decay: at its floor). After the last step the final multiplier stays.
 */
@FunctionalInterface
public interface Schedule {
    /** The multiplier that step {@code step} (0 is the first) uses. */
    double multiplier(long step);

    /** @param totalSteps optimizer steps of the stage, warm-up included */
    static Schedule of(ScheduleSpec spec, long totalSteps) {
        long warmup = warmup(spec);
        if (warmup < 0 || warmup > totalSteps) {
            throw GenkaException.user("schedule.warmup (" + warmup + ") must be between 0 and the stage's steps ("
                    + totalSteps + "). Maybe " + Math.min(totalSteps, Math.max(1, totalSteps / 20)) + "?");
        }
        return switch (spec) {
            case ScheduleSpec.Constant _ -> step -> step < warmup ? ramp(step, warmup) : 1;
            case ScheduleSpec.Cosine(long _, double floor) -> cosine(warmup, totalSteps, floor);
            case ScheduleSpec.WarmupStableDecay decay -> warmupStableDecay(decay, totalSteps);
            case ScheduleSpec.MultiStep(long _, List<ScheduleSpec.Phase> phases) ->
                new MultiStepSchedule(warmup, totalSteps, phases);
        };
    }

    private static long warmup(ScheduleSpec spec) {
        return switch (spec) {
            case ScheduleSpec.Constant(long warmup) -> warmup;
            case ScheduleSpec.Cosine(long warmup, double _) -> warmup;
            case ScheduleSpec.WarmupStableDecay(long warmup, double _, String _, double _) -> warmup;
            case ScheduleSpec.MultiStep(long warmup, List<ScheduleSpec.Phase> _) -> warmup;
        };
    }

    private static Schedule cosine(long warmup, long total, double floor) {
        long decay = Math.max(1, total - warmup);
        return step -> step < warmup
                ? ramp(step, warmup)
                : lift(halfCosine(Math.min(1, (double) (step - warmup) / decay)), floor);
    }

    private static Schedule warmupStableDecay(ScheduleSpec.WarmupStableDecay spec, long total) {
        double floor = spec.floor();
        long warmup = spec.warmup();
        long decay = Math.round(spec.decayShare() * total);
        if (!(spec.decayShare() >= 0) || decay > total - warmup) {
            throw GenkaException.user(
                    "schedule.decay_share (" + spec.decayShare() + ") must be between 0 and what the warm-up (" + warmup
                            + " of " + total + " steps) leaves. Maybe 0.2?");
        }
        DecayShape shape = DecayShape.of(spec.shape());
        long stableUntil = total - decay;
        return step -> {
            if (step < warmup) {
                return lift(ramp(step, warmup), floor);
            }
            if (step < stableUntil) {
                return 1;
            }
            return lift(shape.left(Math.min(1, (double) (step - stableUntil) / Math.max(1, decay))), floor);
        };
    }

    private static double ramp(long step, long warmup) {
        return (double) step / Math.max(1, warmup);
    }

    private static double lift(double factor, double floor) {
        return factor * (1 - floor) + floor;
    }

    /** 1 at progress 0, 0 at progress 1. */
    static double halfCosine(double progress) {
        return 0.5 * (1 + Math.cos(Math.PI * progress));
    }
}
