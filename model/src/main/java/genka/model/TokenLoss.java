package genka.model;

import genka.kernel.AlignedFloats;
import genka.kernel.CrossEntropy;
import genka.kernel.Gemm;
import genka.kernel.SerialGemm;
import genka.kernel.ThreadTeam;
import genka.kernel.Vectors;
import java.util.List;

/** The head: logits [rows, vocab] of final states, log-probabilities of targets, and the gradient of any weighted sum of them. */
final class TokenLoss {
    /** Rows a thread takes at once. */
    private static final int BLOCK = 64;

    /** Logits that {@link #loss} holds at once, so that they stay near the processor. */
    private static final int LOGITS_AT_ONCE = 4 << 20;

    private final Gemm gemm;
    private final ThreadTeam team;
    private final Linear head;
    private final int hidden;
    private final WeightGradients weightGradients;
    private final ThreadTeam.RangeTask forwardTask = this::forwardBlocks;
    private final ThreadTeam.RangeTask scaleTask = this::scaleRows;
    private final ThreadTeam.RangeTask logProbTask = this::logProbPiece;
    private final ThreadTeam.RangeTask backwardTask = this::backwardBlocks;
    private final ThreadTeam.RangeTask lossTask = this::lossBlocks;

    private final WeightPacks packs;
    private boolean placed;
    private int first;
    private int rows;
    private float[] states = {};
    private float[] dStates = {};
    private int[] targets = {};
    private float[] logits = {};
    private float[] logSum = {};
    private float[] logProb = {};
    private float[] entropy = {};
    private float[] weight = {};
    private boolean summed;
    private float factor;

    private TokenLoss(Gemm gemm, Linear head) {
        this.gemm = gemm;
        this.team = gemm.team();
        this.head = head;
        this.hidden = head.in();
        this.packs = new WeightPacks(gemm.team(), List.of(head));
        this.weightGradients = new WeightGradients(gemm);
    }

    static TokenLoss of(Gemm gemm, Model model) {
        return new TokenLoss(gemm, head(gemm, model));
    }

    /** From final states to logits. */
    static Linear head(Gemm gemm, Model model) {
        String name = model.spec().tiedEmbeddings() ? "model.embed_tokens.weight" : "lm_head.weight";
        return Linear.inFloat(gemm, model.parameters(), name);
    }

    /** Rows whose logits {@link #loss} holds at once. */
    static int rowsAtOnce(int vocab) {
        return Math.max(BLOCK, LOGITS_AT_ONCE / vocab / BLOCK * BLOCK);
    }

    int vocab() {
        return head.out();
    }

    float[] logits() {
        return logits;
    }

    boolean summed() {
        return summed;
    }

    /** All logits, kept for {@link #logProbs} and {@link #backward}. */
    void forward(int rows, float[] states) {
        begin(0, rows, states);
        pack();
        team.each(blocks(), forwardTask);
    }

    /** Multiplies the logits of the last forward. */
    void scale(float factor) {
        this.factor = factor;
        team.run(rows, Workspace.grain(vocab()), scaleTask);
    }

    private void scaleRows(int worker, int from, int to) {
        Vectors.scale((to - from) * vocab(), factor, logits, from * vocab());
    }

    private void begin(int first, int rows, float[] states) {
        this.first = first;
        this.rows = rows;
        this.states = states;
        summed = false;
        logits = Workspace.room(logits, (long) rows * vocab());
    }

    WeightPacks packs() {
        placed = true;
        return packs;
    }

    private void pack() {
        if (!placed) {
            packs().place(new AlignedFloats(packs.size()), new AlignedFloats(packs.size()));
        }
        packs.forward();
        packs.backward();
    }

    private int blocks() {
        return (rows + BLOCK - 1) / BLOCK;
    }

    private void forwardBlocks(int worker, int firstBlock, int lastBlock) {
        for (int block = firstBlock; block < lastBlock; block++) {
            int from = block * BLOCK;
            int count = Math.min(rows, from + BLOCK) - from;
            SerialGemm serial = gemm.serial(worker);
            int at = (first + from) * hidden;
            head.packedForward(serial, count, states, at, hidden, logits, from * vocab(), vocab(), false);
        }
    }

    /** [rows] each; 0 for rows whose target is negative. */
    void logProbs(int[] targets, float[] logProb, float[] entropy) {
        use(targets, logProb, entropy, rows);
        team.run(rows, Workspace.grain(8 * vocab()), logProbTask);
        summed = true;
    }

    private void use(int[] targets, float[] logProb, float[] entropy, int rows) {
        this.targets = targets;
        this.logProb = logProb;
        this.entropy = entropy;
        logSum = Workspace.room(logSum, rows);
    }

    private void logProbPiece(int worker, int from, int to) {
        CrossEntropy.logProbs(from, to, vocab(), logits, -first * vocab(), targets, logProb, entropy, logSum);
    }

    /**
     * Writes the gradient of Σ weight[row] × log-probability to dStates and adds that of the head; spoils the logits.
     *
     * @param states those of the forward
     */
    void backward(int[] targets, float[] weight, float[] states, float[] dStates) {
        if (!summed) {
            throw new IllegalStateException("logProbs comes before backward");
        }
        this.targets = targets;
        this.weight = weight;
        this.states = states;
        this.dStates = dStates;
        team.each(blocks(), backwardTask);
        addWeightGradient();
        summed = false;
    }

    private void backwardBlocks(int worker, int firstBlock, int lastBlock) {
        for (int block = firstBlock; block < lastBlock; block++) {
            int from = block * BLOCK;
            int to = Math.min(rows, from + BLOCK);
            int shift = -first * vocab();
            CrossEntropy.gradient(first + from, first + to, vocab(), logits, shift, targets, logSum, weight);
            SerialGemm serial = gemm.serial(worker);
            int at = (first + from) * hidden;
            head.packedBackwardInput(serial, to - from, logits, from * vocab(), vocab(), dStates, at, hidden, false);
        }
    }

    private void addWeightGradient() {
        weightGradients.add(head, rows, states, first * hidden, hidden, logits, 0, vocab());
        weightGradients.run();
    }

    /**
     * Forward, log-probabilities and backward in one, some rows at a time: the logits of all rows are never there together.
     *
     * @param logProb [rows] out, as is {@code entropy}
     */
    void loss(
            int count,
            int[] targets,
            LossTerms terms,
            float[] states,
            float[] dStates,
            float[] logProb,
            float[] entropy) {
        int atOnce = rowsAtOnce(vocab());
        weight = terms.weight;
        factor = terms.factor;
        this.dStates = dStates;
        use(targets, logProb, entropy, count);
        pack();
        for (int from = 0; from < count; from += atOnce) {
            begin(from, Math.min(atOnce, count - from), states);
            team.each(blocks(), lossTask);
            addWeightGradient();
        }
        first = 0;
    }

    private void lossBlocks(int worker, int firstBlock, int lastBlock) {
        for (int block = firstBlock; block < lastBlock; block++) {
            forwardBlocks(worker, block, block + 1);
            int from = block * BLOCK;
            int to = Math.min(rows, from + BLOCK);
            if (factor != 1) {
                scaleRows(worker, from, to);
            }
            logProbPiece(worker, first + from, first + to);
            backwardBlocks(worker, block, block + 1);
        }
    }
}
