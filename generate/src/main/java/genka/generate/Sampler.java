package genka.generate;

import genka.kernel.Softmax;
import genka.units.GenkaException;
import java.util.Arrays;

/**
 * Draws the next token from a row of logits, in workspaces that are kept from draw to draw. The caller brings the uniform number, so
 * a draw is a pure function of its arguments. Greedy ties go to the lowest id. Not thread-safe.
 */
public final class Sampler {
    private final Sampling sampling;
    private final int vocab;
    private final float[] scores;
    private final Ranking ranking;
    private final int[] seen;
    private int draw;
    private float logProb;

    /** @param vocab logits in a row */
    public Sampler(Sampling sampling, int vocab) {
        this.sampling = sampling;
        this.vocab = vocab;
        scores = new float[vocab];
        ranking = new Ranking(sampling.filters() ? vocab : 0);
        seen = new int[sampling.repetitionPenalty() == 1 ? 0 : vocab];
    }

    Sampling sampling() {
        return sampling;
    }

    /**
     * The next token.
     *
     * @param logits the row is {@code logits[at .. at + vocab - 1]}; it is left as it was
     * @param history tokens so far are {@code history[from .. to - 1]}; only a repetition penalty looks at them
     * @param uniform in [0, 1)
     */
    public int sample(float[] logits, int at, int[] history, int from, int to, double uniform) {
        boolean plain = sampling.repetitionPenalty() == 1;
        if (!plain) {
            penalise(logits, at, history, from, to);
        }
        int token;
        if (sampling.temperature() == 0) {
            token = plain ? greedy(logits, at) : greedy(scores, 0);
        } else {
            if (plain) {
                System.arraycopy(logits, at, scores, 0, vocab);
            }
            if (!sampling.filters() && plain) {
                return drawAll(uniform);
            }
            token = sampling.filters() ? drawFiltered(uniform) : drawAll(uniform);
        }
        float scale = sampling.temperature() == 0 ? 1 : inverseTemperature();
        logProb = (float) ((double) scale * logits[at + token] - Softmax.logSum(vocab, scale, logits, at));
        if (Float.isNaN(logProb)) {
            throw notFinite();
        }
        return token;
    }

    /** Log-probability of the last drawn token under the model's distribution at the temperature (greedy: 1), nothing filtered or penalised. */
    public float logProb() {
        return logProb;
    }

    /** The probabilities that {@link #sample} draws from, exactly 0 for dropped tokens; arguments as there. */
    public void probabilities(float[] logits, int at, int[] history, int from, int to, float[] out) {
        System.arraycopy(logits, at, scores, 0, vocab);
        if (sampling.repetitionPenalty() != 1) {
            penalise(logits, at, history, from, to);
        }
        Arrays.fill(out, 0, vocab, 0);
        if (sampling.temperature() == 0) {
            out[greedy(scores, 0)] = 1;
            return;
        }
        if (!sampling.filters()) {
            System.arraycopy(scores, 0, out, 0, vocab);
            Softmax.row(vocab, inverseTemperature(), out, 0);
            return;
        }
        int kept = ranking.keep(scores, vocab, sampling);
        for (int i = 0; i < kept; i++) {
            out[ranking.id(i)] = (float) (ranking.weight(i) / ranking.total());
        }
    }

    /** scores = logits with each distinct token of the history made less likely (Keskar et al. 2019, eq. 3, with the sign handled). */
    private void penalise(float[] logits, int at, int[] history, int from, int to) {
        System.arraycopy(logits, at, scores, 0, vocab);
        float penalty = (float) sampling.repetitionPenalty();
        draw++;
        for (int i = from; i < to; i++) {
            int id = history[i];
            if (seen[id] != draw) {
                seen[id] = draw;
                scores[id] = scores[id] > 0 ? scores[id] / penalty : scores[id] * penalty;
            }
        }
    }

    /** The token at which the weights, added up in order of ids, pass the share {@code uniform} of their sum; sets its log-probability. */
    private int drawAll(double uniform) {
        double total = Softmax.weights(vocab, inverseTemperature(), scores, 0);
        if (Double.isNaN(total)) {
            throw notFinite();
        }
        double target = uniform * total;
        double sum = 0;
        int last = 0;
        for (int i = 0; i < vocab; i++) {
            if (scores[i] > 0) {
                sum += scores[i];
                last = i;
                if (sum > target) {
                    break;
                }
            }
        }
        logProb = (float) Math.log(scores[last] / total);
        return last;
    }

    private float inverseTemperature() {
        return (float) (1 / sampling.temperature());
    }

    private int drawFiltered(double uniform) {
        int kept = ranking.keep(scores, vocab, sampling);
        double target = uniform * ranking.total();
        double sum = 0;
        for (int i = 0; i < kept; i++) {
            sum += ranking.weight(i);
            if (sum > target) {
                return ranking.id(i);
            }
        }
        return ranking.id(kept - 1);
    }

    /** The first of the largest; 0 when one of them is not a number. */
    private int greedy(float[] x, int at) {
        float max = Softmax.max(vocab, x, at);
        for (int i = 0; i < vocab; i++) {
            if (x[at + i] == max) {
                return i;
            }
        }
        return 0;
    }

    static GenkaException notFinite() {
        return new NotFiniteException();
    }
}
