package genka.generate;

import genka.kernel.Gemm;
import genka.model.Decoder;
import genka.model.Model;
import genka.model.TokenBatch;
import genka.units.GenkaException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers prompts in batches with the latent cache. A prompt runs once; its samples copy the cache. Sequences that end leave the
 * batch. A draw depends only on (seed, prompt index, sample index, position), so how the work is cut and how many threads do it never
 * changes an answer. Keeps its decoder and workspaces between calls. Not thread-safe.
 */
public final class Generator {
    /** Sequences in flight at most; more are answered in waves. */
    private static final int MAX_SLOTS = 1024;

    /** Prompt tokens that run through the model at once, unless a single prompt is longer. */
    private static final int PREFILL_ROWS = 4096;

    private final Model model;
    private final Gemm gemm;
    private final int maxSlots;
    private final int prefillRows;
    private final Flight flight;
    private @Nullable Decoder decoder;
    private int decoderSlots;
    private int decoderLength;

    public Generator(Model model, Gemm gemm) {
        this(model, gemm, MAX_SLOTS, PREFILL_ROWS);
    }

    Generator(Model model, Gemm gemm, int maxSlots, int prefillRows) {
        this.model = model;
        this.gemm = gemm;
        this.maxSlots = maxSlots;
        this.prefillRows = prefillRows;
        flight = new Flight(gemm.team(), model.spec().vocabSize());
    }

    /** {@code perPrompt} answers to each prompt; the answers to prompt p are entries p * perPrompt …. */
    public List<Completion> generate(
            List<int[]> prompts, int perPrompt, int maxNewTokens, Sampling sampling, int endId, long seed) {
        return generate(prompts, perPrompt, maxNewTokens, sampling, endId, seed, null);
    }

    /**
     * One answer, each token told to {@code onToken} as soon as it is drawn; the same answer as {@link #generate} gives this prompt
     * alone.
     */
    public Completion stream(
            int[] prompt, int maxNewTokens, Sampling sampling, int endId, long seed, IntConsumer onToken) {
        return generate(List.of(prompt), 1, maxNewTokens, sampling, endId, seed, onToken)
                .getFirst();
    }

    private List<Completion> generate(
            List<int[]> prompts,
            int perPrompt,
            int maxNewTokens,
            Sampling sampling,
            int endId,
            long seed,
            @Nullable IntConsumer onToken) {
        check(prompts, perPrompt, maxNewTokens);
        List<Completion> answers = new ArrayList<>(prompts.size() * perPrompt);
        int wave = Math.max(1, maxSlots / perPrompt);
        for (int from = 0; from < prompts.size(); from += wave) {
            int to = Math.min(prompts.size(), from + wave);
            Decoder ready = decoder(prompts, from, to, perPrompt, maxNewTokens);
            ready.refresh();
            flight.begin(prompts, from, to, perPrompt, maxNewTokens, sampling, endId, seed);
            prefill(ready, prompts, from, to, perPrompt, onToken);
            while (flight.live() > 0) {
                ready.step(flight.live(), flight.slots(), flight.tokens());
                flight.advance(ready.logits());
                if (onToken != null) {
                    onToken.accept(flight.lastToken(0));
                }
            }
            flight.completions(answers);
        }
        return answers;
    }

    /** Runs the prompts in chunks, hands each one's cache to its samples and draws their first tokens. */
    private void prefill(
            Decoder ready, List<int[]> prompts, int from, int to, int perPrompt, @Nullable IntConsumer onToken) {
        int next = from;
        while (next < to) {
            int first = next;
            int rows = 0;
            do {
                rows += prompts.get(next).length;
                next++;
            } while (next < to && rows + prompts.get(next).length <= prefillRows);
            int[] slots = new int[next - first];
            for (int i = 0; i < slots.length; i++) {
                slots[i] = (first - from + i) * perPrompt;
            }
            ready.prefill(batch(prompts, first, next, rows), slots);
            for (int slot : slots) {
                for (int sample = 1; sample < perPrompt; sample++) {
                    ready.copySlot(slot, slot + sample);
                }
            }
            flight.first(ready.logits(), first - from, next - from);
        }
        flight.compact();
        if (onToken != null) {
            onToken.accept(flight.lastToken(0));
        }
    }

    private static TokenBatch batch(List<int[]> prompts, int from, int to, int rows) {
        int[] starts = new int[to - from + 1];
        int[] ids = new int[rows];
        int[] targets = new int[rows];
        Arrays.fill(targets, -1);
        int at = 0;
        for (int p = from; p < to; p++) {
            int[] prompt = prompts.get(p);
            starts[p - from] = at;
            System.arraycopy(prompt, 0, ids, at, prompt.length);
            at += prompt.length;
        }
        starts[to - from] = at;
        return new TokenBatch(to - from, starts, ids, targets);
    }

    private Decoder decoder(List<int[]> prompts, int from, int to, int perPrompt, int maxNewTokens) {
        int slots = (to - from) * perPrompt;
        int length = longest(prompts, from, to) + maxNewTokens;
        Decoder kept = decoder;
        if (kept != null && slots <= decoderSlots && length <= decoderLength) {
            return kept;
        }
        decoder = null;
        decoderSlots = Math.max(decoderSlots, slots);
        decoderLength = Math.max(decoderLength, length);
        Decoder grown = new Decoder(model, gemm, decoderSlots, decoderLength);
        decoder = grown;
        return grown;
    }

    private static int longest(List<int[]> prompts, int from, int to) {
        int longest = 0;
        for (int p = from; p < to; p++) {
            longest = Math.max(longest, prompts.get(p).length);
        }
        return longest;
    }

    private void check(List<int[]> prompts, int perPrompt, int maxNewTokens) {
        if (perPrompt < 1 || maxNewTokens < 1) {
            throw GenkaException.user("Answers a prompt (" + perPrompt + ") and new tokens (" + maxNewTokens
                    + ") must be positive. Maybe 1 and 256?");
        }
        for (int[] prompt : prompts) {
            if (prompt.length == 0) {
                throw GenkaException.user("A prompt is empty. Maybe begin it with the begin-of-text token?");
            }
            for (int id : prompt) {
                if (id < 0 || id >= model.spec().vocabSize()) {
                    throw GenkaException.user("A prompt has token " + id + ", but the model's vocabulary has "
                            + model.spec().vocabSize() + " tokens. Maybe the tokenizer belongs to another model?");
                }
            }
        }
        int longest = longest(prompts, 0, prompts.size());
        if (longest + (long) maxNewTokens > model.spec().maxPositions()) {
            throw GenkaException.user("A prompt of " + longest + " tokens and " + maxNewTokens
                    + " new ones exceed max_position_embeddings ("
                    + model.spec().maxPositions()
                    + "). Maybe allow fewer new tokens?");
        }
    }
}
