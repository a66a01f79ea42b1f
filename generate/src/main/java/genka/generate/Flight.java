package genka.generate;

import genka.kernel.SeededRandom;
import genka.kernel.ThreadTeam;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sequences of one wave: what they hold, which are still live, and their next draws, shared out over the team. Sequence s is
 * sample {@code s % perPrompt} of prompt {@code s / perPrompt} and sits in the decoder's slot s.
 */
final class Flight {
    /** Logits a worker should have to look at before another one is woken. */
    private static final int GRAIN_LOGITS = 8192;

    private final ThreadTeam team;
    private final int vocab;
    private final ThreadTeam.RangeTask draw = this::draw;
    private Sampler[] samplers = {};
    private int perPrompt;
    private int maxNewTokens;
    private int endId;
    private long seed;
    private int firstPrompt;
    private int sequences;
    private int stride;

    /** [sequences, stride] prompt and answer. */
    private int[] ids = {};

    /** [sequences, maxNewTokens] */
    private float[] logProbs = {};

    private int[] promptLengths = {};
    private int[] lengths = {};
    private boolean[] ended = {};
    private int live;
    private int[] slots = {};
    private int[] tokens = {};

    private float @Nullable [] logits;
    private int drawFrom;
    private boolean grouped;

    Flight(ThreadTeam team, int vocab) {
        this.team = team;
        this.vocab = vocab;
    }

    void begin(
            List<int[]> prompts,
            int from,
            int to,
            int perPrompt,
            int maxNewTokens,
            Sampling sampling,
            int endId,
            long seed) {
        this.perPrompt = perPrompt;
        this.maxNewTokens = maxNewTokens;
        this.endId = endId;
        this.seed = seed;
        firstPrompt = from;
        sequences = (to - from) * perPrompt;
        if (samplers.length == 0 || !samplers[0].sampling().equals(sampling)) {
            samplers = new Sampler[team.threads()];
            Arrays.setAll(samplers, worker -> new Sampler(sampling, vocab));
        }
        int longest = 0;
        for (int p = from; p < to; p++) {
            longest = Math.max(longest, prompts.get(p).length);
        }
        stride = longest + maxNewTokens;
        grow();
        for (int s = 0; s < sequences; s++) {
            int[] prompt = prompts.get(from + s / perPrompt);
            System.arraycopy(prompt, 0, ids, s * stride, prompt.length);
            promptLengths[s] = prompt.length;
            lengths[s] = prompt.length;
            ended[s] = false;
            slots[s] = s;
        }
        live = sequences;
    }

    private void grow() {
        if (ids.length < sequences * stride) {
            ids = new int[sequences * stride];
        }
        if (logProbs.length < sequences * maxNewTokens) {
            logProbs = new float[sequences * maxNewTokens];
        }
        if (slots.length < sequences) {
            promptLengths = new int[sequences];
            lengths = new int[sequences];
            ended = new boolean[sequences];
            slots = new int[sequences];
            tokens = new int[sequences];
        }
    }

    /** Draws the first token of the samples of prompts {@code from..to} of this wave; row i of the logits belongs to prompt from + i. */
    void first(float[] logits, int from, int to) {
        grouped = true;
        drawFrom = from * perPrompt;
        this.logits = logits;
        team.run((to - from) * perPrompt, grain(), draw);
    }

    /** Draws the next token of each live sequence from row i of the logits and lets go of those that ended. */
    void advance(float[] logits) {
        grouped = false;
        drawFrom = 0;
        this.logits = logits;
        team.run(live, grain(), draw);
        compact();
    }

    private int grain() {
        return Math.max(1, GRAIN_LOGITS / vocab);
    }

    private void draw(int worker, int from, int to) {
        float[] rows = logits;
        if (rows == null) {
            throw new IllegalStateException("no logits to draw from");
        }
        Sampler sampler = samplers[worker];
        for (int i = from; i < to; i++) {
            int s = slots[drawFrom + i];
            int row = grouped ? i / perPrompt : i;
            int at = s * stride;
            int position = lengths[s] - promptLengths[s];
            double uniform = SeededRandom.uniform(seed, firstPrompt + s / perPrompt, s % perPrompt, position);
            int token = sampler.sample(rows, row * vocab, ids, at, at + lengths[s], uniform);
            ids[at + lengths[s]] = token;
            logProbs[s * maxNewTokens + position] = sampler.logProb();
            lengths[s]++;
            ended[s] = token == endId;
        }
    }

    /** Keeps the sequences that go on, in order. */
    void compact() {
        int kept = 0;
        for (int i = 0; i < live; i++) {
            int s = slots[i];
            if (!ended[s] && lengths[s] - promptLengths[s] < maxNewTokens) {
                slots[kept] = s;
                tokens[kept] = lastToken(s);
                kept++;
            }
        }
        live = kept;
    }

    int lastToken(int sequence) {
        return ids[sequence * stride + lengths[sequence] - 1];
    }

    int live() {
        return live;
    }

    /** Slots of the live sequences, the first {@link #live()} entries. */
    int[] slots() {
        return slots;
    }

    /** Last token of each live sequence, which the decoder has not seen. */
    int[] tokens() {
        return tokens;
    }

    void completions(List<Completion> into) {
        for (int s = 0; s < sequences; s++) {
            int from = s * stride + promptLengths[s];
            int length = lengths[s] - promptLengths[s];
            into.add(new Completion(
                    Arrays.copyOfRange(ids, from, from + length),
                    Arrays.copyOfRange(logProbs, s * maxNewTokens, s * maxNewTokens + length),
                    !ended[s]));
        }
    }
}
