package genka.model;

import genka.catalog.MoeSpec;
import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;

/**
 * Affinities, choice and weights of a token's experts (V3 report §2.1.2). Sigmoid affinities are normalised over the chosen ones when
 * the model says so, softmax ones (V2) never; both are scaled. Gradients flow through the weights, not through the choice; the
 * correction bias only chooses.
 */
final class Router {
    private static final float TINY = 1e-20f;

    /** What a backward needs of the forward; layers that never run backward share one. */
    static final class Activations {
        private float[] scores = {};
        private int[] indices = {};
        private float[] weights = {};
    }

    /** A buffer of the backward that all layers share. */
    static final class Shared {
        private float[] dScores = {};
        private final BalanceLoss balance = new BalanceLoss();
    }

    private final Gemm gemm;
    private final ThreadTeam team;
    private final MoeSpec moe;
    private final Parameters parameters;
    private final int biasAt;
    private final Linear gate;
    private final ExpertChoice[] choices;
    private final Shared shared;
    private final Activations own;

    Router(Gemm gemm, Parameters parameters, String prefix, MoeSpec moe, Shared shared, Activations own) {
        this.gemm = gemm;
        this.team = gemm.team();
        this.moe = moe;
        this.parameters = parameters;
        this.gate = Linear.inFloat(gemm, parameters, prefix + "gate.weight");
        this.biasAt = moe.selection() == MoeSpec.Selection.NOAUX_TC
                ? parameters.entry(prefix + "gate.e_score_correction_bias").offset()
                : 0;
        this.choices = new ExpertChoice[team.threads()];
        for (int i = 0; i < choices.length; i++) {
            choices[i] = new ExpertChoice(moe);
        }
        this.shared = shared;
        this.own = own;
    }

    /** [rows, experts per token], ascending in each row. */
    int[] indices() {
        return own.indices;
    }

    /** [rows, experts per token], final: normalised and scaled. */
    float[] weights() {
        return own.weights;
    }

    Linear gate() {
        return gate;
    }

    /** Makes room for that many rows. */
    void reserve(int rows) {
        own.scores = Workspace.room(own.scores, (long) rows * moe.routedExperts());
        own.indices = Workspace.room(own.indices, (long) rows * moe.expertsPerToken());
        own.weights = Workspace.room(own.weights, (long) rows * moe.expertsPerToken());
    }

    /** Inside a task: affinities, choice and weights of rows {@code from..to} of x [rows, hidden]. */
    void forwardRows(int worker, int from, int to, float[] x) {
        int experts = moe.routedExperts();
        gate.packedForward(
                gemm.serial(worker),
                to - from,
                x,
                from * gate.in(),
                gate.in(),
                own.scores,
                from * experts,
                experts,
                false);
        choose(worker, from, to);
    }

    private void choose(int worker, int from, int to) {
        int experts = moe.routedExperts();
        int chosen = moe.expertsPerToken();
        for (int r = from; r < to; r++) {
            route(worker, own.scores, r * experts, own.indices, own.weights, r * chosen);
        }
    }

    /**
     * Turns one row of gate logits into affinities in place and chooses its experts.
     *
     * @param at where indices and weights of the row's experts go
     */
    void route(int worker, float[] scores, int scoresAt, int[] indices, float[] weights, int at) {
        int experts = moe.routedExperts();
        switch (moe.scoring()) {
            case SIGMOID -> sigmoid(scores, scoresAt, experts);
            case SOFTMAX -> softmax(scores, scoresAt, experts);
        }
        choices[worker].choose(scores, scoresAt, parameters.buffers(), biasAt, indices, at);
        float factor = (float) moe.scalingFactor() / divisor(scores, scoresAt, indices, at);
        for (int k = at; k < at + moe.expertsPerToken(); k++) {
            weights[k] = scores[scoresAt + indices[k]] * factor;
        }
    }

    /** Gate logits [rows, experts] on the calling thread, for few rows. */
    void logits(int rows, float[] x, float[] scores) {
        gate.stream(0, gate.out(), rows, x, 0, gate.in(), scores, 0, gate.out(), false);
    }

    private static void sigmoid(float[] x, int at, int width) {
        for (int i = at; i < at + width; i++) {
            x[i] = (float) (1 / (1 + Math.exp(-x[i])));
        }
    }

    private static void softmax(float[] x, int at, int width) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = at; i < at + width; i++) {
            max = Math.max(max, x[i]);
        }
        double sum = 0;
        for (int i = at; i < at + width; i++) {
            sum += Math.exp(x[i] - max);
        }
        for (int i = at; i < at + width; i++) {
            x[i] = (float) (Math.exp(x[i] - max) / sum);
        }
    }

    private boolean normalises() {
        return moe.normalised() && moe.scoring() == MoeSpec.Scoring.SIGMOID;
    }

    private float divisor(float[] scores, int scoresAt, int[] indices, int at) {
        if (!normalises()) {
            return 1;
        }
        float sum = 0;
        for (int k = at; k < at + moe.expertsPerToken(); k++) {
            sum += scores[scoresAt + indices[k]];
        }
        return sum + TINY;
    }

    /** The balance loss of the last forward, weighted: {@code weight} times the mean over sequences; its gradient joins the next backward. */
    double balance(RaggedRows rows, double weight) {
        return shared.balance.value(rows, moe, own.scores, own.indices, weight);
    }

    /**
     * What comes before {@link #backwardRows}.
     *
     * @param balanceWeight that of {@link #balance}, 0 for none
     */
    void beginBackward(RaggedRows rows, double balanceWeight) {
        int size = rows.rows() * moe.routedExperts();
        shared.dScores = Workspace.room(shared.dScores, size);
        java.util.Arrays.fill(shared.dScores, 0, size, 0);
        if (balanceWeight != 0) {
            shared.balance.addGradient(rows, moe, own.scores, own.indices, balanceWeight, shared.dScores);
        }
    }

    /** Inside a task: writes dx, whose row {@code from} is at {@code dxAt}, from the gradients of the weights [rows, experts per token]. */
    void backwardRows(int worker, int from, int to, float[] dWeights, float[] dx, int dxAt) {
        int experts = moe.routedExperts();
        affinities(from, to, dWeights);
        logits(from, to);
        gate.packedBackwardInput(
                gemm.serial(worker), to - from, shared.dScores, from * experts, experts, dx, dxAt, gate.in(), false);
    }

    void weightGradients(WeightGradients gradients, int rows, float[] x) {
        gradients.add(gate, rows, x, 0, gate.in(), shared.dScores, 0, moe.routedExperts());
    }

    /** Gradients of the affinities from those of the weights. */
    private void affinities(int from, int to, float[] dWeights) {
        int experts = moe.routedExperts();
        int chosen = moe.expertsPerToken();
        for (int r = from; r < to; r++) {
            float divisor = divisor(own.scores, r * experts, own.indices, r * chosen);
            float factor = (float) moe.scalingFactor() / divisor;
            float shift = 0;
            if (normalises()) {
                for (int k = r * chosen; k < (r + 1) * chosen; k++) {
                    shift += dWeights[k] * own.scores[r * experts + own.indices[k]];
                }
                shift /= divisor;
            }
            for (int k = r * chosen; k < (r + 1) * chosen; k++) {
                shared.dScores[r * experts + own.indices[k]] += factor * (dWeights[k] - shift);
            }
        }
    }

    /** Gradients of the logits from those of the affinities, in place. */
    private void logits(int from, int to) {
        int experts = moe.routedExperts();
        float[] d = shared.dScores;
        for (int r = from; r < to; r++) {
            float dot = 0;
            if (moe.scoring() == MoeSpec.Scoring.SOFTMAX) {
                for (int i = r * experts; i < (r + 1) * experts; i++) {
                    dot += d[i] * own.scores[i];
                }
            }
            for (int i = r * experts; i < (r + 1) * experts; i++) {
                float s = own.scores[i];
                d[i] = switch (moe.scoring()) {
                    case SIGMOID -> d[i] * s * (1 - s);
                    case SOFTMAX -> s * (d[i] - dot);
                };
            }
        }
    }
}
