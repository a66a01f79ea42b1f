package genka.model;

import genka.kernel.CrossEntropy;
import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;

/** The head: logits [rows, vocab] of final states, log-probabilities of targets, and the gradient of any weighted sum of them. */
final class TokenLoss {
    private final ThreadTeam team;
    private final Linear head;
    private final ThreadTeam.RangeTask logProbTask = this::logProbPiece;
    private final ThreadTeam.RangeTask gradientTask = this::gradientPiece;

    private int rows;
    private int[] targets = {};
    private float[] logits = {};
    private float[] logSum = {};
    private float[] logProb = {};
    private float[] entropy = {};
    private float[] weight = {};
    private boolean summed;

    private TokenLoss(ThreadTeam team, Linear head) {
        this.team = team;
        this.head = head;
    }

    static TokenLoss of(Gemm gemm, Model model) {
        String name = model.spec().tiedEmbeddings() ? "model.embed_tokens.weight" : "lm_head.weight";
        return new TokenLoss(gemm.team(), Linear.of(gemm, model.parameters(), name));
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

    void forward(int rows, float[] states) {
        this.rows = rows;
        summed = false;
        logits = Workspace.room(logits, (long) rows * vocab());
        head.forward(rows, states, 0, head.in(), logits, 0, vocab(), false);
    }

    /** [rows] each; 0 for rows whose target is negative. */
    void logProbs(int[] targets, float[] logProb, float[] entropy) {
        this.targets = targets;
        this.logProb = logProb;
        this.entropy = entropy;
        logSum = Workspace.room(logSum, rows);
        team.run(rows, Workspace.grain(8 * vocab()), logProbTask);
        summed = true;
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
        team.run(rows, Workspace.grain(8 * vocab()), gradientTask);
        head.backwardWeight(rows, states, 0, head.in(), logits, 0, vocab());
        head.backwardInput(rows, logits, 0, vocab(), dStates, 0, head.in(), false);
        summed = false;
    }

    private void logProbPiece(int worker, int from, int to) {
        CrossEntropy.logProbs(from, to, vocab(), logits, targets, logProb, entropy, logSum);
    }

    private void gradientPiece(int worker, int from, int to) {
        CrossEntropy.gradient(from, to, vocab(), logits, targets, logSum, weight);
    }
}
