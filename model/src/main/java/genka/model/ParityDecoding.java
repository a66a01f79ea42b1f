package genka.model;

import genka.kernel.Gemm;

/** Tokens a model chooses when it always takes the likeliest. */
final class ParityDecoding {
    private ParityDecoding() {}

    /** {@code count} tokens after the prompt, one by one through the latent cache. */
    static int[] greedy(Model model, Gemm gemm, int[] prompt, int count) {
        int vocab = model.spec().vocabSize();
        Decoder decoder = new Decoder(model, gemm, 1, prompt.length + count);
        int[] slot = {0};
        decoder.prefill(batch(prompt), slot);
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++) {
            tokens[i] = likeliest(decoder.logits(), 0, vocab);
            if (i + 1 < count) {
                decoder.step(1, slot, new int[] {tokens[i]});
            }
        }
        return tokens;
    }

    /** What the first MTP module proposes after each token but the last. */
    static int[] drafts(ModelPass pass, int vocab, int[] tokens) {
        pass.forward(batch(tokens), true);
        float[] logits = pass.mtpModule(0).loss().logits();
        int[] drafts = new int[tokens.length - 1];
        for (int i = 0; i < drafts.length; i++) {
            drafts[i] = likeliest(logits, i * vocab, vocab);
        }
        return drafts;
    }

    private static TokenBatch batch(int[] tokens) {
        int[] targets = new int[tokens.length];
        java.util.Arrays.fill(targets, -1);
        return new TokenBatch(1, new int[] {0, tokens.length}, tokens, targets);
    }

    private static int likeliest(float[] logits, int from, int count) {
        int best = 0;
        for (int i = 1; i < count; i++) {
            best = logits[from + i] > logits[from + best] ? i : best;
        }
        return best;
    }
}
