package genka.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * What each rank of a pipeline does, in order. A micro-batch walks through places 0, 1, ... of the model and back; which rank holds
 * a place depends on the schedule.
 *
 * @param places parts the model is cut into
 * @param ranks by rank: slots one after another; operations of one slot run at once
 * @param share of a rank's layers that a place holds: 1, or 1 / chunks
 */
record PipelineOrder(int places, List<List<Slot>> ranks, double share) {
    /** What a pass computes. */
    enum Kind {
        FORWARD,
        /** Both halves of a backward pass. */
        BACKWARD,
        /** Gradients of inputs only. */
        INPUT,
        /** Gradients of weights, which nobody waits for. */
        WEIGHT
    }

    /** A pass of a micro-batch through a place. */
    record Operation(Kind kind, int microBatch, int place) {}

    /** Operations that run at once: one, or a forward and a backward whose traffic hides behind each other's work. */
    record Slot(List<Operation> operations) {
        static Slot of(Kind kind, int microBatch, int place) {
            return new Slot(List.of(new Operation(kind, microBatch, place)));
        }
    }

    static PipelineOrder of(Schedule schedule, int ranks, int chunks, int microBatches) {
        return switch (schedule) {
            case GPIPE -> straight(ranks, rank -> inTurn(rank, microBatches, microBatches));
            case ONE_F_ONE_B ->
                chunks == 1
                        ? straight(ranks, rank -> inTurn(rank, ranks - rank - 1, microBatches))
                        : interleaved(ranks, chunks, microBatches);
            case ZB_H1 -> straight(ranks, rank -> zeroBubble(rank, ranks - rank - 1, rank, microBatches));
            case ZB_H2 -> straight(ranks, rank -> zeroBubble(rank, 2 * (ranks - rank - 1), 2 * rank, microBatches));
            case ZB_V -> FoldedOrder.zeroBubbleV(ranks, microBatches);
            case DUALPIPE -> FoldedOrder.dualPipe(ranks, microBatches);
            case DUALPIPE_V -> FoldedOrder.dualPipeV(ranks, microBatches);
        };
    }

    static List<List<Slot>> each(int ranks, IntFunction<List<Slot>> slots) {
        List<List<Slot>> all = new ArrayList<>();
        for (int rank = 0; rank < ranks; rank++) {
            all.add(slots.apply(rank));
        }
        return all;
    }

    private static PipelineOrder straight(int ranks, IntFunction<List<Slot>> slots) {
        return new PipelineOrder(ranks, each(ranks, slots), 1);
    }

    /** {@code ahead} forwards, then a forward and a backward in turn, then the backwards that are left. */
    private static List<Slot> inTurn(int rank, int ahead, int microBatches) {
        List<Slot> slots = new ArrayList<>();
        int warm = Math.min(ahead, microBatches);
        for (int i = 0; i < microBatches + warm; i++) {
            if (i < microBatches) {
                slots.add(Slot.of(Kind.FORWARD, i, rank));
            }
            if (i >= warm) {
                slots.add(Slot.of(Kind.BACKWARD, i - warm, rank));
            }
        }
        return slots;
    }

    /** As {@link #inTurn}, with gradients of weights {@code late} micro-batches after those of inputs (arXiv 2401.10241 §2). */
    private static List<Slot> zeroBubble(int rank, int ahead, int late, int microBatches) {
        List<Slot> slots = new ArrayList<>();
        int warm = Math.min(ahead, microBatches);
        for (int i = 0; i < microBatches + warm; i++) {
            if (i < microBatches) {
                slots.add(Slot.of(Kind.FORWARD, i, rank));
            }
            if (i >= warm) {
                slots.add(Slot.of(Kind.INPUT, i - warm, rank));
                if (i - warm >= late) {
                    slots.add(Slot.of(Kind.WEIGHT, i - warm - late, rank));
                }
            }
        }
        for (int i = Math.max(0, microBatches - late); i < microBatches; i++) {
            slots.add(Slot.of(Kind.WEIGHT, i, rank));
        }
        return slots;
    }

    /** Rounds of as many micro-batches as ranks through chunk after chunk (arXiv 2104.04473 §2.2). */
    private static PipelineOrder interleaved(int ranks, int chunks, int microBatches) {
        int all = microBatches * chunks;
        return new PipelineOrder(
                ranks * chunks,
                each(ranks, rank -> {
                    List<Slot> slots = new ArrayList<>();
                    int warm = Math.min(all, 2 * (ranks - rank - 1) + (chunks - 1) * ranks);
                    for (int i = 0; i < all + warm; i++) {
                        if (i < all) {
                            slots.add(chunk(Kind.FORWARD, i, rank, ranks, chunks));
                        }
                        if (i >= warm) {
                            slots.add(chunk(Kind.BACKWARD, i - warm, rank, ranks, chunks));
                        }
                    }
                    return slots;
                }),
                1.0 / chunks);
    }

    private static Slot chunk(Kind kind, int at, int rank, int ranks, int chunks) {
        int round = at / (ranks * chunks);
        int chunk = at % (ranks * chunks) / ranks;
        int turned = kind == Kind.FORWARD ? chunk : chunks - 1 - chunk;
        return Slot.of(kind, round * ranks + at % ranks, turned * ranks + rank);
    }
}
