package genka.train;

import genka.model.Tokenizer;
import genka.units.GenkaException;
import java.util.Arrays;
import java.util.List;

/** The answers that a rejection-sample stage kept, shuffled anew each epoch. */
final class SampleData implements TrainingData {
    private final String name;
    private final List<SampleFile.Line> lines;
    private final Tokenizer tokenizer;
    private final long seed;
    private final int stage;
    private final boolean responseOnly;
    private long drawn;
    private long epoch = -1;
    private Shuffle order;

    SampleData(
            String name, List<SampleFile.Line> lines, Tokenizer tokenizer, long seed, int stage, boolean responseOnly) {
        this.name = name;
        this.lines = List.copyOf(lines);
        this.tokenizer = tokenizer;
        this.seed = seed;
        this.stage = stage;
        this.responseOnly = responseOnly;
        this.order = new Shuffle(1, Stream.CHUNK_ORDER.of(seed));
    }

    @Override
    public void fill(long step, int sequences, int sequenceLength, Rows rows) {
        for (int i = 0; i < sequences; i++) {
            add(next(), sequenceLength, rows);
        }
    }

    private SampleFile.Line next() {
        if (drawn / lines.size() != epoch) {
            epoch = drawn / lines.size();
            order = new Shuffle(lines.size(), Stream.SAMPLE_ORDER.of(seed, stage, epoch));
        }
        return lines.get((int) order.at(drawn++ % lines.size()));
    }

    private void add(SampleFile.Line line, int sequenceLength, Rows rows) {
        int[] prompt = tokenizer.encode(line.prompt());
        int[] response = tokenizer.encode(line.response());
        int[] ended = Arrays.copyOf(response, response.length + 1);
        ended[response.length] = tokenizer.endId();
        int length = prompt.length + ended.length;
        if (length - 1 > sequenceLength) {
            throw GenkaException.user("A sample of stage " + name + " has " + length
                    + " tokens, but sequence_length is " + sequenceLength + ". Maybe " + (length * 3 / 2) + "?");
        }
        rows.add(prompt, ended, responseOnly);
    }

    @Override
    public long[] position() {
        return new long[] {drawn};
    }

    @Override
    public void seek(long[] position) {
        drawn = position[0];
    }

    @Override
    public double meanRows(int sequenceLength) {
        Rows rows = new Rows();
        lines.forEach(line -> add(line, sequenceLength, rows));
        return rows.rows() / (double) lines.size();
    }

    @Override
    public List<HeldOut> heldOut(int sequenceLength) {
        return List.of();
    }
}
