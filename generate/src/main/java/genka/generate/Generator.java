package genka.generate;

import genka.kernel.Gemm;
import genka.model.Model;
import java.util.List;

/** Answers prompts in batches with the latent cache. A draw depends only on seed, prompt index, sample index and position. */
public final class Generator {
    public Generator(Model model, Gemm gemm) {
        throw new UnsupportedOperationException(
                "not yet: " + model.spec() + gemm.team().threads());
    }

    /** {@code perPrompt} answers to each prompt; the answers to prompt p are entries p * perPrompt …. */
    public List<Completion> generate(
            List<int[]> prompts, int perPrompt, int maxNewTokens, Sampling sampling, int endId, long seed) {
        throw new UnsupportedOperationException("not yet");
    }
}
