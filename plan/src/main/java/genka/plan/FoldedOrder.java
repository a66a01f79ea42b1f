package genka.plan;

import genka.plan.PipelineOrder.Kind;
import genka.plan.PipelineOrder.Operation;
import genka.plan.PipelineOrder.Slot;
import java.util.ArrayList;
import java.util.List;

/**
 * Orders of one rank that holds two places of the model: the way down (0) and the way up (1) of a V, or the two directions of
 * DualPipe. The steps are those of PyTorch's ScheduleZBVZeroBubble (arXiv 2405.15362) and of deepseek-ai/DualPipe.
 */
final class FoldedOrder {
    private final List<Slot> slots = new ArrayList<>();
    private final List<Operation> owed = new ArrayList<>();
    private final int[] places;
    private final int[] firstMicroBatch;
    private final int count;
    private final int[] forwards = new int[2];
    private final int[] backwards = new int[2];

    /** @param count micro-batches of each way; steps beyond them do nothing */
    private FoldedOrder(int[] places, int[] firstMicroBatch, int count) {
        this.places = places;
        this.firstMicroBatch = firstMicroBatch;
        this.count = count;
    }

    static PipelineOrder zeroBubbleV(int ranks, int microBatches) {
        return new PipelineOrder(
                2 * ranks,
                PipelineOrder.each(ranks, rank -> {
                    FoldedOrder v =
                            new FoldedOrder(new int[] {rank, 2 * ranks - 1 - rank}, new int[] {0, 0}, microBatches);
                    v.addZeroBubbleV(rank, ranks, Math.max(2 * ranks - 1, microBatches));
                    return v.slots;
                }),
                0.5);
    }

    /** Half of the micro-batches go either way, so both halves of the ranks mirror each other. */
    static PipelineOrder dualPipe(int ranks, int microBatches) {
        int half = microBatches / 2;
        return new PipelineOrder(
                ranks,
                PipelineOrder.each(ranks, rank -> {
                    int mirrored = ranks - 1 - rank;
                    boolean second = rank >= ranks / 2;
                    FoldedOrder order = new FoldedOrder(
                            second ? new int[] {mirrored, rank} : new int[] {rank, mirrored},
                            second ? new int[] {half, 0} : new int[] {0, half},
                            half);
                    order.addDualPipe(Math.min(rank, mirrored), ranks / 2);
                    return order.slots;
                }),
                1);
    }

    static PipelineOrder dualPipeV(int ranks, int microBatches) {
        return new PipelineOrder(
                2 * ranks,
                PipelineOrder.each(ranks, rank -> {
                    FoldedOrder order =
                            new FoldedOrder(new int[] {rank, 2 * ranks - 1 - rank}, new int[] {0, 0}, microBatches);
                    order.addDualPipe(rank, ranks);
                    return order.slots;
                }),
                0.5);
    }

    private void addZeroBubbleV(int rank, int ranks, int microBatches) {
        repeat(2 * (ranks - rank) - 1, () -> forward(0));
        repeat(rank, () -> {
            forward(1);
            forward(0);
        });
        repeat(ranks - rank, () -> {
            forward(1);
            input(1);
            weight(1);
        });
        while (forwards[1] < forwards[0] || forwards[0] < microBatches) {
            if (forwards[0] < microBatches) {
                forward(0);
            }
            input(0);
            weight(0);
            forward(1);
            input(1);
            weight(1);
        }
        repeat(rank, () -> {
            input(0);
            input(1);
        });
        repeat(ranks - rank, () -> {
            input(0);
            weight(0);
        });
        repeat(owed(1), () -> weight(1));
        repeat(owed(0), () -> weight(0));
    }

    /** @param rank from the pipeline's end, of {@code ranks} up to its middle (or its fold) */
    private void addDualPipe(int rank, int ranks) {
        int after = ranks - rank - 1;
        repeat(2 * after, () -> forward(0));
        repeat(rank + 1, () -> {
            forward(0);
            forward(1);
        });
        repeat(after, () -> {
            input(1);
            weight();
            forward(1);
        });
        for (int i = 0; i < count - 2 * ranks + rank + 1; i++) {
            if (i == 0 && after == 0) {
                forward(0);
                backward(1);
            } else {
                both(0, 1);
            }
            both(1, 0);
        }
        repeat(after, () -> {
            backward(1);
            both(1, 0);
        });
        boolean split = false;
        for (int i = 0; i <= rank; i++) {
            boolean turn = i == (rank + 1) / 2;
            split |= turn && rank % 2 == 1;
            back(1, split);
            split |= turn && rank % 2 == 0;
            back(0, split);
        }
        repeat(after, () -> {
            weight();
            input(0);
        });
        repeat(rank + 1, this::weight);
    }

    private static void repeat(int times, Runnable step) {
        for (int i = 0; i < times; i++) {
            step.run();
        }
    }

    private void forward(int way) {
        add(List.of(next(Kind.FORWARD, way, forwards)));
    }

    private void backward(int way) {
        add(List.of(next(Kind.BACKWARD, way, backwards)));
    }

    private void both(int forward, int backward) {
        add(List.of(next(Kind.FORWARD, forward, forwards), next(Kind.BACKWARD, backward, backwards)));
    }

    private void back(int way, boolean split) {
        if (split) {
            input(way);
        } else {
            backward(way);
        }
    }

    private void input(int way) {
        Operation operation = next(Kind.INPUT, way, backwards);
        add(List.of(operation));
        owed.add(new Operation(Kind.WEIGHT, operation.microBatch(), operation.place()));
    }

    /** The oldest gradient of weights that is owed. */
    private void weight() {
        if (!owed.isEmpty()) {
            add(List.of(owed.removeFirst()));
        }
    }

    /** The oldest one of a way. */
    private void weight(int way) {
        owed.stream().filter(each -> each.place() == places[way]).findFirst().ifPresent(oldest -> {
            owed.remove(oldest);
            add(List.of(oldest));
        });
    }

    private int owed(int way) {
        return (int) owed.stream().filter(each -> each.place() == places[way]).count();
    }

    private Operation next(Kind kind, int way, int[] counter) {
        return new Operation(kind, firstMicroBatch[way] + counter[way]++, places[way]);
    }

    private void add(List<Operation> operations) {
        List<Operation> real = operations.stream()
                .filter(each -> each.microBatch() < firstMicroBatch[each.place() == places[0] ? 0 : 1] + count)
                .toList();
        if (!real.isEmpty()) {
            slots.add(new Slot(real));
        }
    }
}
