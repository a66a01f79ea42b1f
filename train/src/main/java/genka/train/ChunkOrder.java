package genka.train;

import genka.units.GenkaException;

/** The endless order in which a corpus's chunks are read: every epoch all of them, shuffled anew. */
final class ChunkOrder {
    private final Corpus corpus;
    private final long seed;
    private final int stage;
    private long epoch = -1;
    private Shuffle shuffle;

    ChunkOrder(Corpus corpus, long seed, int stage) {
        this.corpus = corpus;
        this.seed = seed;
        this.stage = stage;
        this.shuffle = new Shuffle(1, Stream.CHUNK_ORDER.of(seed));
    }

    /** The chunk with that place in the order, counted over all epochs. */
    Corpus.Chunk read(long ordinal) {
        long chunks = corpus.training().chunks();
        if (ordinal / chunks != epoch) {
            epoch = ordinal / chunks;
            shuffle = new Shuffle(chunks, Stream.CHUNK_ORDER.of(seed, stage, epoch));
        }
        return corpus.training().read(shuffle.at(ordinal % chunks));
    }

    /** Refuses a position that was told about other files, or by a Genka that told files by their sizes only. */
    void check(long fingerprint) {
        if (fingerprint != corpus.fingerprint()) {
            throw GenkaException.user("The files under " + corpus.key()
                    + ".path changed since the checkpoint was written (or an earlier Genka wrote it, which did "
                    + "not look at what they hold), so the run cannot go on to the same bits. Maybe put them back, or "
                    + "start a new run?");
        }
    }
}
