package genka.train;

import genka.model.Tokenizer;
import genka.units.GenkaException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Prompts with responses from JSON lines, each pair a sequence of its own, cut at the sequence length. */
final class PairData implements TrainingData {
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
            HeldOut pair = encode(pairs.get(index++), sequenceLength);
            // A prompt that fills the whole sequence leaves nothing to learn.
            if (pair.ids().length > pair.lossFrom()) {
                rows.add(pair.ids(), 0, pair.ids().length, responseOnly ? pair.lossFrom() : 1);
                added++;
                skipped = 0;
            }
            if (skipped > 2 * documents.corpus().training().chunks()) {
                throw GenkaException.user("No prompt under data.path fits in sequence_length (" + sequenceLength
                        + ") with its response. Maybe " + 2L * sequenceLength + "?");
            }
        }
    }

    private HeldOut encode(Documents.JsonLines.Pair pair, int sequenceLength) {
        int[] prompt = tokenizer.encode(pair.prompt());
        int[] response = tokenizer.encode(pair.response());
        int[] ids = Arrays.copyOf(prompt, prompt.length + response.length + 1);
        System.arraycopy(response, 0, ids, prompt.length, response.length);
        ids[ids.length - 1] = tokenizer.endId();
        int[] cut = ids.length > sequenceLength + 1 ? Arrays.copyOf(ids, sequenceLength + 1) : ids;
        int learned = Math.min(response.length, Math.max(0, cut.length - prompt.length));
        return new HeldOut(cut, prompt.length, documents.bytes(Arrays.copyOf(response, learned), tokenizer));
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
                .mapToInt(pair -> encode(pair, sequenceLength).ids().length - 1)
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
                HeldOut encoded = encode(pair, sequenceLength);
                if (encoded.ids().length > encoded.lossFrom()) {
                    held.add(encoded);
                }
            }
        }
        return held;
    }
}
