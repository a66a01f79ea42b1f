package genka.model;

import genka.kernel.ThreadTeam;
import java.util.List;

/**
 * The packed weights of one layer. All layers share the room, and each packs again for each pass: a layer's weights come from memory
 * once and its products find them in the caches.
 */
final class WeightPacks {
    private final ThreadTeam team;
    private final Linear[] linears;
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

    void place(float[] room) {
        int at = 0;
        for (Linear linear : linears) {
            linear.packInto(room, at, room, at);
            at += linear.packedSize();
        }
    }

    /** Packs for {@link Linear#packedForward}. */
    void forward() {
        team.each(linears.length, forwardTask);
    }

    /** Packs for {@link Linear#packedBackwardInput}. */
    void backward() {
        team.each(linears.length, backwardTask);
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
