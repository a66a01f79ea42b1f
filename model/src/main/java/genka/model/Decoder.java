package genka.model;

import genka.kernel.Gemm;

/** Token-by-token decoding with the latent cache, absorbed form; prompts run in the expanded form. Not thread-safe. */
public final class Decoder {
    /**
     * @param slots sequences that can be in flight
     * @param maxLength tokens a sequence can hold
     */
    public Decoder(Model model, Gemm gemm, int slots, int maxLength) {
        throw new UnsupportedOperationException(
                "not yet: " + model.spec() + gemm.team().threads() + slots + maxLength);
    }

    /** Runs prompt i of the batch into slot {@code slots[i]} (which starts empty) and leaves the logits after its last token in row i of {@link #logits()}. */
    public void prefill(TokenBatch prompts, int[] slots) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Makes slot {@code to} hold what slot {@code from} holds: a group shares its prompt. */
    public void copySlot(int from, int to) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Appends {@code tokens[i]} to slot {@code slots[i]} for i in 0..count-1 and leaves the logits in row i of {@link #logits()}. */
    public void step(int count, int[] slots, int[] tokens) {
        throw new UnsupportedOperationException("not yet");
    }

    /** [count, vocab] of the last prefill or step; overwritten by the next. */
    public float[] logits() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Tokens that slot holds. */
    public int length(int slot) {
        throw new UnsupportedOperationException("not yet");
    }
}
