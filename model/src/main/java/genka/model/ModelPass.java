package genka.model;

import genka.kernel.Gemm;

/** Forward and backward of a model over ragged batches, in workspaces that are kept from batch to batch. Not thread-safe. */
public final class ModelPass {
    public ModelPass(Model model, Gemm gemm) {
        throw new UnsupportedOperationException(
                "not yet: " + model.spec() + gemm.team().threads());
    }

    /**
     * Runs the batch through the model; logits are ready afterwards.
     *
     * @param keep keep what {@link #backward} needs
     */
    public void forward(TokenBatch batch, boolean keep) {
        throw new UnsupportedOperationException("not yet");
    }

    /** [rows, vocab] of the last forward. */
    public float[] logits() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Log-probability of each row's target and the entropy of its distribution, [rows]; 0 for ignored rows. Call before a backward. */
    public void logProbs(float[] logProb, float[] entropy) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Adds to the parameters' gradients those of sum over rows of weight[row] × log-probability of the row's target; spoils the logits. */
    public void backward(float[] weight) {
        throw new UnsupportedOperationException("not yet");
    }

    /**
     * Forward, mean cross-entropy and backward in one: adds the gradient of {@code share × (loss + mtpWeight × MTP loss + balance loss)}.
     *
     * @param divisor what sums over tokens are divided by: the number of counted targets, over all micro-batches of a step
     */
    public Loss crossEntropy(TokenBatch batch, double divisor, double mtpWeight, double balanceWeight) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Sums of the last {@link #crossEntropy}: cross-entropy over counted targets (not divided), of the MTP heads, and the balance loss. */
    public record Loss(double sum, int counted, double mtpSum, int mtpCounted, double balance) {}

    /** Tokens sent to each expert of MoE layer {@code layer} since {@link #clearLoads}. */
    public long[] expertLoad(int layer) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Moves each router's correction bias by ±gamma towards equal load (V3 report §2.1.2), from the loads since the last call, and clears them. */
    public void updateRouterBias(double gamma) {
        throw new UnsupportedOperationException("not yet");
    }

    public void clearLoads() {
        throw new UnsupportedOperationException("not yet");
    }
}
