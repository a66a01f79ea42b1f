package genka.train;

import genka.model.Tokenizer;
import genka.units.GenkaException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Text packed as V3 does (arXiv 2412.19437 §4.1): documents with their end tokens one after the other, cut in sequences of one length,
 * without a mask between documents. Several cursors read different chunks, so that the sequences of a batch are about different
 * things. Sequence i of the stage belongs to cursor i mod their number.
 */
final class PackedData implements TrainingData {
    private static final int CURSORS = 16;

    /** Held-out bytes that are evaluated at most: chunks evenly over all of them. */
    static final long EVALUATED_BYTES = 1L << 18;

    private final Documents documents;
    private final ChunkOrder order;
    private final Tokenizer tokenizer;
    private final Cursor[] cursors = new Cursor[CURSORS];
    private long next;
    private long sequence;
    private int[] buffer = new int[0];

    /** Chunks that were read and not yet used up. */
    private static final class Cursor {
        final ArrayDeque<Long> ordinals = new ArrayDeque<>();
        final ArrayDeque<int[]> chunks = new ArrayDeque<>();
        int offset;
        int available;
    }

    PackedData(Documents documents, Tokenizer tokenizer, long seed, int stage) {
        this.documents = documents;
        this.order = new ChunkOrder(documents.corpus(), seed, stage);
        this.tokenizer = tokenizer;
        Arrays.setAll(cursors, _ -> new Cursor());
    }

    @Override
    public void fill(long step, int sequences, int sequenceLength, Rows rows) {
        if (buffer.length != sequenceLength + 1) {
            buffer = new int[sequenceLength + 1];
        }
        for (int i = 0; i < sequences; i++) {
            Cursor cursor = cursors[(int) (sequence++ % CURSORS)];
            long tried = 0;
            while (cursor.available < sequenceLength + 1) {
                tried = read(cursor, next++) ? 0 : tried + 1;
                if (tried > 2 * documents.corpus().training().chunks()) {
                    throw GenkaException.user(
                            "The files under " + documents.corpus().key()
                                    + ".path hold no text. Maybe another path, or another text_field?");
                }
            }
            take(cursor, sequenceLength);
            rows.add(buffer, 0, sequenceLength + 1, 1);
        }
    }

    /** Copies length + 1 tokens and moves on by length, so that every token is predicted once. */
    private void take(Cursor cursor, int length) {
        int filled = 0;
        int offset = cursor.offset;
        for (int[] chunk : cursor.chunks) {
            int count = Math.min(chunk.length - offset, length + 1 - filled);
            System.arraycopy(chunk, offset, buffer, filled, count);
            filled += count;
            offset = 0;
        }
        cursor.offset += length;
        cursor.available -= length;
        while (cursor.offset >= cursor.chunks.getFirst().length) {
            cursor.offset -= cursor.chunks.removeFirst().length;
            cursor.ordinals.removeFirst();
        }
    }

    private boolean read(Cursor cursor, long ordinal) {
        int[] tokens = documents.tokens(order.read(ordinal), tokenizer);
        if (tokens.length == 0) {
            return false;
        }
        cursor.chunks.addLast(tokens);
        cursor.ordinals.addLast(ordinal);
        cursor.available += tokens.length;
        return true;
    }

    /** Fingerprint of the files, next chunk, next sequence; then of each cursor: offset, number of chunks, their places in the order. */
    @Override
    public long[] position() {
        List<Long> place = new ArrayList<>(List.of(documents.corpus().fingerprint(), next, sequence));
        for (Cursor cursor : cursors) {
            place.add((long) cursor.offset);
            place.add((long) cursor.ordinals.size());
            place.addAll(cursor.ordinals);
        }
        return place.stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public void seek(long[] position) {
        order.check(position[0]);
        next = position[1];
        sequence = position[2];
        int at = 3;
        for (int i = 0; i < CURSORS; i++) {
            Cursor cursor = new Cursor();
            int offset = (int) position[at++];
            long chunks = position[at++];
            for (long c = 0; c < chunks; c++) {
                read(cursor, position[at++]);
            }
            cursor.offset = offset;
            cursor.available -= offset;
            cursors[i] = cursor;
        }
    }

    @Override
    public double meanRows(int sequenceLength) {
        return sequenceLength;
    }

    @Override
    public List<HeldOut> heldOut(int sequenceLength) {
        Corpus.Side side = documents.corpus().heldOut();
        long stride = Math.max(1, (side.bytes() + EVALUATED_BYTES - 1) / EVALUATED_BYTES);
        List<HeldOut> held = new ArrayList<>();
        for (long chunk = 0; chunk < side.chunks(); chunk += stride) {
            int[] tokens = documents.tokens(side.read(chunk), tokenizer);
            for (int from = 0; from + 1 < tokens.length; from += sequenceLength) {
                int to = Math.min(tokens.length, from + sequenceLength + 1);
                held.add(new HeldOut(Arrays.copyOfRange(tokens, from, to), 1, bytes(tokens, from + 1, to)));
            }
        }
        return held;
    }

    private int bytes(int[] tokens, int from, int to) {
        int textTokens = 0;
        for (int i = from; i < to; i++) {
            textTokens += tokens[i] == tokenizer.endId() ? 0 : 1;
        }
        int[] text = new int[textTokens];
        int at = 0;
        for (int i = from; i < to; i++) {
            if (tokens[i] != tokenizer.endId()) {
                text[at++] = tokens[i];
            }
        }
        return documents.bytes(text, tokenizer);
    }
}
