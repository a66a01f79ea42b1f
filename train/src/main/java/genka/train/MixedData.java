package genka.train;

import genka.kernel.SeededRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sequences of several sources in proportion to weights: R1's fine-tuning reads 600 K of reasoning to 200 K of other data. */
final class MixedData implements TrainingData {
    private final List<TrainingData> parts;
    private final Proportions proportions;
    private final long seed;
    private final int stage;

    MixedData(List<TrainingData> parts, List<Double> weights, long seed, int stage) {
        this.parts = List.copyOf(parts);
        this.proportions = new Proportions(weights);
        this.seed = seed;
        this.stage = stage;
    }

    @Override
    public void fill(long step, int sequences, int sequenceLength, Rows rows) {
        int[] counts = new int[parts.size()];
        SeededRandom random = Stream.MIXTURE.of(seed, stage, step);
        for (int i = 0; i < sequences; i++) {
            counts[proportions.draw(random)]++;
        }
        for (int i = 0; i < counts.length; i++) {
            parts.get(i).fill(step, counts[i], sequenceLength, rows);
        }
    }

    /** Each part's place after its length. */
    @Override
    public long[] position() {
        long[] all = new long[0];
        for (TrainingData part : parts) {
            long[] own = part.position();
            int at = all.length;
            all = Arrays.copyOf(all, at + 1 + own.length);
            all[at] = own.length;
            System.arraycopy(own, 0, all, at + 1, own.length);
        }
        return all;
    }

    @Override
    public void seek(long[] position) {
        int at = 0;
        for (TrainingData part : parts) {
            int length = (int) position[at++];
            part.seek(Arrays.copyOfRange(position, at, at + length));
            at += length;
        }
    }

    @Override
    public double meanRows(int sequenceLength) {
        double mean = 0;
        for (int i = 0; i < parts.size(); i++) {
            mean += proportions.share(i) * parts.get(i).meanRows(sequenceLength);
        }
        return mean;
    }

    @Override
    public List<HeldOut> heldOut(int sequenceLength) {
        List<HeldOut> all = new ArrayList<>();
        parts.forEach(part -> all.addAll(part.heldOut(sequenceLength)));
        return all;
    }
}
