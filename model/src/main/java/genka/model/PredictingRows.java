package genka.model;

import java.util.Arrays;

/**
 * The ends of a batch's sequences whose final states its loss needs: nothing hangs on what the last layer says of rows before the first
 * one that predicts something. Learning to answer so leaves out the questions.
 */
final class PredictingRows {
    private final RaggedRows ends = new RaggedRows();
    private final LossTerms terms = new LossTerms();
    private int[] targets = {};
    private float[] logProb = {};
    private float[] entropy = {};

    /** The rows that must go through the last layer: all of them where MTP modules or a balance loss follow. */
    RaggedRows of(RaggedRows rows, TokenBatch batch, LossTerms terms) {
        if (terms.mtp != 0 || terms.balance != 0) {
            return rows;
        }
        ends.ends(rows, batch);
        return ends.rows() < rows.rows() ? ends : rows;
    }

    /**
     * As {@link TokenLoss#loss} of the whole batch from the states of those rows alone.
     *
     * @param through what {@link #of} gave
     * @param states [through, hidden], as is {@code dStates}
     * @param logProb [rows] out, 0 for rows left out, as is {@code entropy}
     */
    void loss(
            TokenLoss loss,
            TokenBatch batch,
            RaggedRows through,
            LossTerms whole,
            float[] states,
            float[] dStates,
            float[] logProb,
            float[] entropy) {
        if (through != ends) {
            loss.loss(batch.rows(), batch.targets(), whole, states, dStates, logProb, entropy);
            return;
        }
        int count = ends.rows();
        pick(count, batch, whole);
        loss.loss(count, targets, terms, states, dStates, this.logProb, this.entropy);
        Arrays.fill(logProb, 0, batch.rows(), 0);
        Arrays.fill(entropy, 0, batch.rows(), 0);
        for (int end = 0; end < count; end++) {
            logProb[ends.source(end)] = this.logProb[end];
            entropy[ends.source(end)] = this.entropy[end];
        }
    }

    private void pick(int count, TokenBatch batch, LossTerms whole) {
        targets = Workspace.room(targets, count);
        terms.weight = Workspace.room(terms.weight, count);
        terms.factor = whole.factor;
        logProb = Workspace.room(logProb, count);
        entropy = Workspace.room(entropy, count);
        for (int end = 0; end < count; end++) {
            targets[end] = batch.targets()[ends.source(end)];
            terms.weight[end] = whole.weight[ends.source(end)];
        }
    }
}
