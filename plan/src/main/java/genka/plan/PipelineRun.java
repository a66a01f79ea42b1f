package genka.plan;

import genka.plan.PipelineOrder.Kind;
import genka.plan.PipelineOrder.Operation;
import genka.plan.PipelineOrder.Slot;
import java.util.Arrays;
import java.util.List;

/**
 * A pipeline's step played through, rank by rank and micro-batch by micro-batch: a slot starts when its rank is free and what it
 * waits for is done. Plans are made with it; searches use the closed forms of {@link Schedule}, which tests hold to it.
 *
 * @param working seconds each rank works
 * @param span seconds from each rank's first operation to its last
 * @param inFlight most micro-batches whose activations each rank holds at once, in units of all its layers
 */
record PipelineRun(double[] working, double[] span, double[] inFlight) {
    /** Seconds of a micro-batch's passes through all layers of a rank. */
    record Passes(double forward, double input, double weight) {
        double of(Kind kind) {
            return switch (kind) {
                case FORWARD -> forward;
                case BACKWARD -> input + weight;
                case INPUT -> input;
                case WEIGHT -> weight;
            };
        }
    }

    static PipelineRun of(Schedule schedule, int ranks, int chunks, int microBatches, Passes passes) {
        return new Clock(PipelineOrder.of(schedule, ranks, chunks, microBatches), microBatches, passes).run();
    }

    /** Seconds the rank that waits longest waits between its first operation and its last. */
    double bubbleSeconds() {
        double most = 0;
        for (int rank = 0; rank < span.length; rank++) {
            most = Math.max(most, span[rank] - working[rank]);
        }
        return most;
    }

    private static final class Clock {
        private final PipelineOrder order;
        private final Passes passes;
        private final double[] forwardDone;
        private final double[] backwardDone;
        private final int[] at;
        private final double[] free;
        private final double[] first;
        private final double[] working;
        private final double[] held;
        private final double[] inFlight;

        Clock(PipelineOrder order, int microBatches, Passes passes) {
            this.order = order;
            this.passes = passes;
            int ranks = order.ranks().size();
            forwardDone = new double[microBatches * order.places()];
            backwardDone = new double[microBatches * order.places()];
            Arrays.fill(forwardDone, Double.NaN);
            Arrays.fill(backwardDone, Double.NaN);
            at = new int[ranks];
            free = new double[ranks];
            first = new double[ranks];
            working = new double[ranks];
            held = new double[ranks];
            inFlight = new double[ranks];
        }

        PipelineRun run() {
            boolean moved = true;
            while (moved) {
                moved = false;
                for (int rank = 0; rank < at.length; rank++) {
                    List<Slot> slots = order.ranks().get(rank);
                    while (at[rank] < slots.size() && start(rank, slots.get(at[rank]))) {
                        at[rank]++;
                        moved = true;
                    }
                }
            }
            double[] span = new double[at.length];
            for (int rank = 0; rank < at.length; rank++) {
                if (at[rank] < order.ranks().get(rank).size()) {
                    throw new IllegalStateException("rank " + rank + " waits for ever at operation " + at[rank]);
                }
                span[rank] = free[rank] - first[rank];
            }
            return new PipelineRun(working, span, inFlight);
        }

        /** False when something it waits for has not been done yet. */
        private boolean start(int rank, Slot slot) {
            double ready = free[rank];
            double seconds = 0;
            for (Operation each : slot.operations()) {
                double input = waitsFor(each);
                if (Double.isNaN(input)) {
                    return false;
                }
                ready = Math.max(ready, input);
                seconds += passes.of(each.kind()) * order.share();
            }
            first[rank] = at[rank] == 0 ? ready : first[rank];
            free[rank] = ready + seconds;
            working[rank] += seconds;
            slot.operations().forEach(each -> done(rank, each));
            return true;
        }

        private double waitsFor(Operation each) {
            int here = index(each.microBatch(), each.place());
            return switch (each.kind()) {
                case FORWARD -> each.place() == 0 ? 0 : forwardDone[here - 1];
                case BACKWARD, INPUT -> each.place() == order.places() - 1 ? forwardDone[here] : backwardDone[here + 1];
                case WEIGHT -> backwardDone[here];
            };
        }

        private void done(int rank, Operation each) {
            int here = index(each.microBatch(), each.place());
            switch (each.kind()) {
                case FORWARD -> {
                    forwardDone[here] = free[rank];
                    held[rank] += order.share();
                    inFlight[rank] = Math.max(inFlight[rank], held[rank]);
                }
                case INPUT -> backwardDone[here] = free[rank];
                case BACKWARD -> {
                    backwardDone[here] = free[rank];
                    held[rank] -= order.share();
                }
                case WEIGHT -> held[rank] -= order.share();
            }
        }

        private int index(int microBatch, int place) {
            return microBatch * order.places() + place;
        }
    }
}
