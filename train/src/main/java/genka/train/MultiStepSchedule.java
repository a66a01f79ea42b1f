package genka.train;

import genka.catalog.StageSpec.ScheduleSpec.Phase;
import genka.units.GenkaException;
import java.util.List;

/**
 * Phases that hold a rate or go to one by half a cosine, by share of the stage: DeepSeek-V3's schedule (report §4.2), where 2.2e-4 holds
 * until 10T of 14.8T tokens, comes down to 2.2e-5 by a cosine over 4.3T, holds for 333B and ends with 7.3e-6 for 167B.
 */
record MultiStepSchedule(long warmup, long totalSteps, List<Phase> phases) implements Schedule {
    MultiStepSchedule {
        phases = List.copyOf(phases);
        double before = 0;
        for (Phase phase : phases) {
            if (!(phase.untilShare() > before && phase.untilShare() <= 1)) {
                throw GenkaException.user("schedule.phases: until_share (" + phase.untilShare() + ") must be above "
                        + before + " and at most 1. Maybe order the phases by their end?");
            }
            before = phase.untilShare();
        }
        if (phases.isEmpty()) {
            throw GenkaException.user("schedule.phases (0 of them) must have at least one. Maybe kind: constant?");
        }
    }

    @Override
    public double multiplier(long step) {
        if (step < warmup) {
            return at(warmup) * step / Math.max(1, warmup);
        }
        return at(step);
    }

    private double at(long step) {
        double share = (double) step / Math.max(1, totalSteps);
        double begin = 0;
        double last = 1;
        for (Phase phase : phases) {
            if (share < phase.untilShare()) {
                double progress = (share - begin) / (phase.untilShare() - begin);
                return phase.cosine()
                        ? phase.multiplier() + (last - phase.multiplier()) * Schedule.halfCosine(progress)
                        : phase.multiplier();
            }
            begin = phase.untilShare();
            last = phase.multiplier();
        }
        return last;
    }
}
