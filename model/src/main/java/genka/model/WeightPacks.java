package genka.model;

import genka.kernel.AlignedFloats;
import genka.kernel.ThreadTeam;
import java.util.List;

/**
 * The packed weights of one layer. Usually all layers share the room, and each packs again for each pass: a layer's weights come from
 * memory once and its products find them in the caches. Of a model so small that this would cost more than the products, the layers
 * are packed once a step in rooms of their own, which several passes read.
 */
final class WeightPacks {
    private final ThreadTeam team;
    private final Linear[] linears;
    private boolean kept;
    private final ThreadTeam.RangeTask forwardTask = this::packForward;
    private final ThreadTeam.RangeTask backwardTask = this::packBackward;

    WeightPacks(ThreadTeam team, List<Linear> linears) {
        this.team = team;
        this.linears = linears.toArray(new Linear[0]);
    }

    /** Values of room needed. */
    int size() {
        int size = 0;
        for (Linear linear : linears) {
            size = Math.addExact(size, linear.packedSize());
        }
        return size;
    }

    /** Where the copies go, from the beginning of each room, which may be one and the same. */
    void place(AlignedFloats forward, AlignedFloats backward) {
        place(forward, backward, 0);
    }

    private void place(AlignedFloats forward, AlignedFloats backward, int at) {
        for (Linear linear : linears) {
            linear.packInto(forward, at, backward, at);
            at += linear.packedSize();
        }
    }

    /** Uses two rooms, each {@link #size} values from {@code at}, that {@link #packBoth} of one of their users fills. */
    void placeKept(AlignedFloats forward, AlignedFloats backward, int at) {
        kept = true;
        place(forward, backward, at);
    }

    /** Fills the rooms that are kept. */
    void packBoth() {
        team.each(linears.length, forwardTask);
        team.each(linears.length, backwardTask);
    }

    /** Packs for {@link Linear#packedForward}. */
    void forward() {
        if (!kept) {
            team.each(linears.length, forwardTask);
        }
    }

    /** Packs for {@link Linear#packedBackwardInput}. */
    void backward() {
        if (!kept) {
            team.each(linears.length, backwardTask);
        }
    }

    private void packForward(int worker, int from, int to) {
        for (int i = from; i < to; i++) {
            linears[i].packForward();
        }
    }

    private void packBackward(int worker, int from, int to) {
        for (int i = from; i < to; i++) {
            linears[i].packBackward();
        }
    }
}
