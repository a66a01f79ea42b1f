package genka.model;

/**
 * A batch cut in slices of at most {@link RaggedRows#BLOCK} rows: whole sequences, as many as fit. A slice that begins within a group has
 * a copy of the rows that its sequences go on from. Refilled for each batch.
 */
final class Slices {
    private int count;
    private int[] firsts = new int[0];

    void of(TokenBatch batch) {
        firsts = Workspace.room(firsts, batch.sequences() + 1L);
        count = 0;
        int rows = RaggedRows.BLOCK;
        int shared = 0;
        for (int s = 0; s < batch.sequences(); s++) {
            boolean goesOn = batch.goesOn()[s];
            int length = length(batch, s);
            shared = goesOn ? shared : length;
            boolean alone = s + 1 == batch.sequences() || !batch.goesOn()[s + 1];
            // What others go on from is of no use without one of them.
            int least = alone || goesOn ? length : length + length(batch, s + 1);
            if (rows + least > RaggedRows.BLOCK) {
                firsts[count] = s;
                count++;
                rows = goesOn ? shared : 0;
            }
            rows += length;
        }
        firsts[count] = batch.sequences();
    }

    private static int length(TokenBatch batch, int sequence) {
        return batch.starts()[sequence + 1] - batch.starts()[sequence];
    }

    int count() {
        return count;
    }

    /** The first sequence of a slice; that of the next slice comes after its last. */
    int first(int slice) {
        return firsts[slice];
    }
}
