package genka.train;

import genka.model.Tokenizer;
import genka.units.GenkaException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Prompts with responses from JSON lines, each pair a sequence of its own. Pairs that are longer than a sequence are left out of training and
 * measure: half a response teaches answers without an end, and is easier to predict than a whole one.
 */
final class PairData implements TrainingData {
    /** Bytes of either side that are looked at, evenly spread, to tell how many pairs are too long. */
    private static final long LOOKED_AT = 1L << 24;

    private final Documents.JsonLines documents;
    private final ChunkOrder order;
    private final Tokenizer tokenizer;
    private final boolean responseOnly;
    private List<Documents.JsonLines.Pair> pairs = List.of();
    private long ordinal = -1;
    private int index;

    PairData(Documents.JsonLines documents, Tokenizer tokenizer, long seed, int stage, boolean responseOnly) {
        this.documents = documents;
        this.order = new ChunkOrder(documents.corpus(), seed, stage);
        this.tokenizer = tokenizer;
        this.responseOnly = responseOnly;
    }

    @Override
    public void fill(long step, int sequences, int sequenceLength, Rows rows) {
        long skipped = 0;
        int added = 0;
        while (added < sequences) {
            while (index >= pairs.size()) {
                pairs = documents.pairs(order.read(++ordinal));
                index = 0;
                skipped++;
            }
            HeldOut pair = encode(pairs.get(index++));
            if (rows(pair) <= sequenceLength) {
                rows.add(pair.ids(), 0, pair.ids().length, responseOnly ? pair.lossFrom() : 1);
                added++;
                skipped = 0;
            }
            if (skipped > 2 * documents.corpus().training().chunks()) {
                throw GenkaException.user("No prompt under "
                        + documents.corpus().key() + ".path that is trained on fits in sequence_length ("
                        + sequenceLength
                        + ") with its response. Maybe " + 2L * sequenceLength + "?");
            }
        }
    }

    /**
     * How many pairs are longer than a sequence, of those looked at.
     *
     * @param shortest and longest are the sequence lengths that these pairs need
     */
    record Fit(long pairs, long tooLong, int shortest, int longest) {}

    Fit fit(int sequenceLength) {
        long count = 0;
        long tooLong = 0;
        int shortest = Integer.MAX_VALUE;
        int longest = 0;
        for (Corpus.Side side :
                List.of(documents.corpus().training(), documents.corpus().heldOut())) {
            long stride = Math.max(1, side.bytes() / LOOKED_AT);
            for (long chunk = 0; chunk < side.chunks(); chunk += stride) {
                for (Documents.JsonLines.Pair pair : documents.pairs(side.read(chunk))) {
                    int rows = rows(encode(pair));
                    count++;
                    tooLong += rows > sequenceLength ? 1 : 0;
                    shortest = Math.min(shortest, rows);
                    longest = Math.max(longest, rows);
                }
            }
        }
        return new Fit(count, tooLong, shortest, longest);
    }

    /** Each token but the first is predicted in a row. */
    private static int rows(HeldOut pair) {
        return pair.ids().length - 1;
    }

    private HeldOut encode(Documents.JsonLines.Pair pair) {
        int[] prompt = tokenizer.encode(pair.prompt());
        int[] response = tokenizer.encode(pair.response());
        int[] ids = Arrays.copyOf(prompt, prompt.length + response.length + 1);
        System.arraycopy(response, 0, ids, prompt.length, response.length);
        ids[ids.length - 1] = tokenizer.endId();
        return new HeldOut(ids, prompt.length, documents.bytes(response, tokenizer));
    }

    @Override
    public long[] position() {
        return new long[] {documents.corpus().fingerprint(), ordinal, index};
    }

    @Override
    public void seek(long[] position) {
        order.check(position[0]);
        ordinal = position[1];
        index = (int) position[2];
        pairs = ordinal < 0 ? List.of() : documents.pairs(order.read(ordinal));
    }

    @Override
    public double meanRows(int sequenceLength) {
        List<Documents.JsonLines.Pair> sample =
                documents.pairs(documents.corpus().training().read(0));
        return sample.stream()
                .mapToInt(pair -> rows(encode(pair)))
                .filter(rows -> rows <= sequenceLength)
                .average()
                .orElse(sequenceLength);
    }

    @Override
    public List<HeldOut> heldOut(int sequenceLength) {
        Corpus.Side side = documents.corpus().heldOut();
        long stride = Math.max(1, (side.bytes() + PackedData.EVALUATED_BYTES - 1) / PackedData.EVALUATED_BYTES);
        List<HeldOut> held = new ArrayList<>();
        for (long chunk = 0; chunk < side.chunks(); chunk += stride) {
            for (Documents.JsonLines.Pair pair : documents.pairs(side.read(chunk))) {
                HeldOut encoded = encode(pair);
                if (rows(encoded) <= sequenceLength) {
                    held.add(encoded);
                }
            }
        }
        return held;
    }
}
