package genka.model;

import static org.assertj.core.api.Assertions.assertThat;

import genka.testkit.Golden;
import java.nio.file.Path;

/** A parity fixture: the model, its inputs as a batch, and what the reference computed. */
final class GoldenCase implements AutoCloseable {
    final String name;
    final Model model;
    final SafeTensors expected;
    final TokenBatch batch;

    private GoldenCase(String name, Model model, SafeTensors expected) {
        this.name = name;
        this.model = model;
        this.expected = expected;
        this.batch = batch(expected);
    }

    static GoldenCase open(String name) {
        return open(name, "config.json");
    }

    static GoldenCase open(String name, String config) {
        Path dir = Golden.path(name);
        return new GoldenCase(
                name, ModelFiles.load(dir, config), SafeTensors.open(dir.resolve("expected.safetensors")));
    }

    private static TokenBatch batch(SafeTensors expected) {
        long[] ids = expected.longs("input_ids");
        long[] labels = expected.longs("labels");
        int sequences = (int) (long) expected.tensor("input_ids").shape().get(0);
        int length = ids.length / sequences;
        int[] starts = new int[sequences + 1];
        int[] tokens = new int[ids.length];
        int[] targets = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            tokens[i] = (int) ids[i];
            boolean labelled = i % length < length - 1 && labels[i + 1] >= 0;
            targets[i] = labelled ? (int) labels[i + 1] : -1;
        }
        for (int s = 0; s <= sequences; s++) {
            starts[s] = s * length;
        }
        return new TokenBatch(sequences, starts, tokens, targets);
    }

    /** Counted targets, without those of the first rows of each sequence. */
    int countedFrom(int first) {
        int counted = 0;
        for (int s = 0; s < batch.sequences(); s++) {
            for (int r = batch.starts()[s] + first; r < batch.starts()[s + 1]; r++) {
                counted += batch.targets()[r] >= 0 ? 1 : 0;
            }
        }
        return counted;
    }

    float[] expect(String tensor) {
        return expected.floats(tensor);
    }

    int[] expectInts(String tensor) {
        long[] values = expected.longs(tensor);
        int[] ints = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            ints[i] = (int) values[i];
        }
        return ints;
    }

    /** |a - b| over the tensor is at most {@code relative × max(floor, max|b|) + absolute}; returns the largest. */
    double check(String tensor, float[] actual, double relative, double floor, double absolute) {
        float[] wanted = expect(tensor);
        double scale = floor;
        double worst = 0;
        for (int i = 0; i < wanted.length; i++) {
            scale = Math.max(scale, Math.abs(wanted[i]));
            double difference = Math.abs(actual[i] - wanted[i]);
            worst = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(worst, difference);
        }
        assertThat(worst).as(name + " " + tensor).isLessThanOrEqualTo(relative * scale + absolute);
        return worst;
    }

    @Override
    public void close() {
        expected.close();
    }
}
