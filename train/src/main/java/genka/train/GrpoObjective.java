package genka.train;

import genka.catalog.StageSpec.GrpoSpec;
import genka.model.TokenBatch;
import org.jspecify.annotations.Nullable;

/**
 * The loss of group relative policy optimisation and its derivative by each token's log-probability (DeepSeekMath, arXiv 2402.03300,
 * eq. 3; the variants of GSPO, DAPO, Dr. GRPO and DeepSeek-V3.2 by {@link GrpoSpec}; formulas in docs/reinforcement.md).
 *
 * <p>With ρ = exp(policy − old), of the token or of the sequence's mean, and k = exp(ref − policy) − (ref − policy) − 1:
 * token loss = −min(ρ A, clip(ρ, 1 − low, 1 + high) A) + β k (times ρ when unbiased). The loss is to be made smaller, so the weights are
 * ∂loss/∂logprob: {@code ModelPass.backward(weight)} adds the gradient of Σ weight·logprob, which is then the gradient of the loss, and an
 * optimizer that goes down the gradient learns. Sums and means of the last call are read from the object. Not thread-safe.
 */
public final class GrpoObjective {
    private final GrpoSpec spec;
    private final int maxLength;
    private float[] ratio = {};
    private float[] tokenLoss = {};
    private float[] kl = {};
    private double loss;
    private double klSum;
    private double ratioSum;
    private double ratioMax;
    private long clipped;
    private long counted;

    private GrpoObjective(GrpoSpec spec, int maxLength) {
        this.spec = spec;
        this.maxLength = maxLength;
    }

    /** @param maxLength new tokens an answer may have: the constant of Dr. GRPO */
    public static GrpoObjective of(GrpoSpec spec, int maxLength) {
        return new GrpoObjective(spec, maxLength);
    }

    /** The tokens that count: rows whose target is not ignored. */
    public static int counted(TokenBatch batch) {
        int counted = 0;
        for (int row = 0; row < batch.rows(); row++) {
            if (batch.targets()[row] >= 0) {
                counted++;
            }
        }
        return counted;
    }

    /**
     * Loss of a batch, or of this batch's share in an update of several: then the divisors are those of the whole update and the losses
     * add up.
     *
     * @param batch rows with target −1 do not count: prompts, and answers that are masked out
     * @param policy [rows] log-probabilities under the weights that learn
     * @param old [rows] under the weights that sampled
     * @param reference [rows] under the reference; null when β is 0
     * @param advantages [sequences]
     * @param sequences in the whole update, also those without a counted token
     * @param tokens counted in the whole update
     * @param weight [rows], written: ∂loss/∂policy, 0 for rows that do not count
     * @return the loss
     */
    public double compute(
            TokenBatch batch,
            float[] policy,
            float[] old,
            float @Nullable [] reference,
            float[] advantages,
            int sequences,
            long tokens,
            float[] weight) {
        if (reference == null && spec.klBeta() != 0) {
            throw new IllegalArgumentException("a KL term (beta " + spec.klBeta() + ") needs a reference");
        }
        reset(batch.rows());
        for (int s = 0; s < batch.sequences(); s++) {
            sequence(batch, s, policy, old, reference, advantages[s], sequences, tokens, weight);
        }
        return loss;
    }

    private void sequence(
            TokenBatch batch,
            int s,
            float[] policy,
            float[] old,
            float @Nullable [] reference,
            double advantage,
            int sequences,
            long tokens,
            float[] weight) {
        int from = batch.starts()[s];
        int to = batch.starts()[s + 1];
        int[] targets = batch.targets();
        int length = 0;
        double logRatioSum = 0;
        for (int row = from; row < to; row++) {
            if (targets[row] >= 0) {
                length++;
                logRatioSum += (double) policy[row] - old[row];
            }
        }
        double share = share(length, sequences, tokens);
        double sequenceRatio = length == 0 ? 1 : Math.exp(logRatioSum / length);
        double byRatio = 0;
        for (int row = from; row < to; row++) {
            weight[row] = 0;
            if (targets[row] < 0) {
                ratio[row] = 0;
                tokenLoss[row] = 0;
                kl[row] = 0;
                continue;
            }
            double rho = spec.sequenceRatio() ? sequenceRatio : Math.exp((double) policy[row] - old[row]);
            double byLogRatio = policyTerm(row, rho, advantage);
            if (reference != null) {
                byLogRatio += klTerm(row, rho, (double) reference[row] - policy[row], share, weight);
            }
            loss += share * tokenLoss[row];
            byRatio += byLogRatio;
            if (!spec.sequenceRatio()) {
                weight[row] += (float) (share * byLogRatio);
            }
        }
        if (spec.sequenceRatio()) {
            spread(targets, from, to, share * byRatio / Math.max(1, length), weight);
        }
        counted += length;
    }

    /** Sets the token's loss to the clipped objective and returns its derivative by the log of the ratio. */
    private double policyTerm(int row, double rho, double advantage) {
        double bounded = Math.min(Math.max(rho, 1 - spec.clipLow()), 1 + spec.clipHigh());
        boolean cut = bounded * advantage < rho * advantage;
        ratio[row] = (float) rho;
        tokenLoss[row] = (float) -Math.min(rho * advantage, bounded * advantage);
        kl[row] = 0;
        ratioSum += rho;
        ratioMax = Math.max(ratioMax, rho);
        if (cut) {
            clipped++;
            return 0;
        }
        return -rho * advantage;
    }

    /** Adds β k3 to the token's loss and its direct derivative to the weight; returns the derivative by the log of the ratio. */
    private double klTerm(int row, double rho, double toReference, double share, float[] weight) {
        double exp = Math.exp(toReference);
        double k3 = exp - toReference - 1;
        double factor = spec.klBeta() * (spec.unbiasedKl() ? rho : 1);
        kl[row] = (float) k3;
        klSum += k3;
        tokenLoss[row] += (float) (factor * k3);
        weight[row] += (float) (share * factor * (1 - exp));
        return spec.unbiasedKl() ? factor * k3 : 0;
    }

    /** The sequence's ratio depends on all its tokens alike. */
    private static void spread(int[] targets, int from, int to, double each, float[] weight) {
        for (int row = from; row < to; row++) {
            if (targets[row] >= 0) {
                weight[row] += (float) each;
            }
        }
    }

    /** What a token of a sequence of {@code length} counted tokens weighs in the loss. */
    private double share(int length, int sequences, long tokens) {
        return switch (spec.aggregate()) {
            case SEQUENCE_MEAN -> 1.0 / ((double) Math.max(1, length) * Math.max(1, sequences));
            case TOKEN_MEAN -> 1.0 / Math.max(1, tokens);
            case CONSTANT -> 1.0 / ((double) Math.max(1, sequences) * maxLength);
        };
    }

    private void reset(int rows) {
        if (ratio.length < rows) {
            ratio = new float[rows];
            tokenLoss = new float[rows];
            kl = new float[rows];
        }
        loss = 0;
        klSum = 0;
        ratioSum = 0;
        ratioMax = 0;
        clipped = 0;
        counted = 0;
    }

    /** Tokens that counted in the last call. */
    public long counted() {
        return counted;
    }

    /** Tokens whose ratio the clip cut, so that they gave no gradient. */
    public long clipped() {
        return clipped;
    }

    public double clipShare() {
        return counted == 0 ? 0 : (double) clipped / counted;
    }

    /** Sum over counted tokens of the k3 estimate, not times β. */
    public double klSum() {
        return klSum;
    }

    public double meanKl() {
        return counted == 0 ? 0 : klSum / counted;
    }

    public double meanRatio() {
        return counted == 0 ? 1 : ratioSum / counted;
    }

    public double maxRatio() {
        return ratioMax;
    }

    /** [rows] ρ of each token of the last call, 0 where it does not count; overwritten by the next. */
    public float[] ratios() {
        return ratio;
    }

    /** [rows] loss of each token, before it is averaged. */
    public float[] tokenLosses() {
        return tokenLoss;
    }

    /** [rows] k3 estimate of each token. */
    public float[] kls() {
        return kl;
    }
}
