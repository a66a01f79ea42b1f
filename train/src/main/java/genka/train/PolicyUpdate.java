package genka.train;

import genka.catalog.StageSpec;
import genka.generate.Completion;
import genka.kernel.Gemm;
import genka.kernel.Vectors;
import genka.model.Model;
import genka.model.ModelPass;
import genka.model.Parameters;
import genka.model.TokenBatch;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The learning half of a GRPO step: answers and advantages become optimizer steps, one a minibatch. With one minibatch the weights that learn
 * are those that sampled, so the old log-probabilities are the present ones and every ratio is exactly 1; with more they are the
 * rollout's. All of them are taken at the rollout's temperature, as TRL does. Answers that cannot change anything (advantage 0 and no KL term) are not run through the model.
 * Those of a group that go through together share their prompt's rows, which are computed once.
 */
final class PolicyUpdate {
    /** Rows that go through the model at once, so that memory does not grow with the number of answers. */
    private static final int ROWS_AT_ONCE = 8192;

    private static final String REFERENCE = "reference";
    private static final String REFERENCE_BUFFERS = "reference_buffers";
    private final StageSpec.Grpo spec;
    private final Model model;
    private final ModelPass pass;
    private final StageWeights weights;
    private final GrpoObjective objective;
    private final @Nullable Parameters reference;
    private final @Nullable ModelPass referencePass;
    private final Rows rows = new Rows();
    private float[] policy = new float[0];
    private float[] entropy = new float[0];
    private float[] old = new float[0];
    private float[] referenceLogProb = new float[0];
    private float[] ignored = new float[0];
    private float[] weight = new float[0];
    private float[] sequenceAdvantages = new float[0];
    private int[] answerOf = new int[0];
    private final Totals totals = new Totals();

    /** Sums over the minibatches of a step. */
    private static final class Totals {
        double loss;
        double kl;
        double entropy;
        double gradientNorm;
        long counted;
        long clipped;
        int updates;
    }

    PolicyUpdate(StageSpec.Grpo spec, Model model, Gemm gemm, StageWeights weights) {
        this.spec = spec;
        this.model = model;
        this.pass = weights.pass();
        this.weights = weights;
        this.objective = GrpoObjective.of(spec.objective(), spec.maxNewTokens());
        if (spec.objective().klBeta() > 0) {
            this.reference = model.parameters().copy();
            this.referencePass = new ModelPass(new Model(model.spec(), reference), gemm);
        } else {
            this.reference = null;
            this.referencePass = null;
        }
    }

    /** @param advantages [answers], in groups as the prompts are */
    void run(
            long step,
            double multiplier,
            List<int[]> prompts,
            List<Completion> answers,
            float[] advantages,
            Map<String, Double> metrics) {
        long every = spec.objective().referenceEvery();
        if (reference != null && every > 0 && step > 0 && step % every == 0) {
            copyToReference();
        }
        pass.clearLoads();
        clearTotals();
        int minibatches = Math.min(spec.objective().minibatches(), prompts.size());
        for (int i = 0; i < minibatches; i++) {
            int from = prompts.size() * i / minibatches * spec.group();
            int to = prompts.size() * (i + 1) / minibatches * spec.group();
            minibatch(from, to, minibatches == 1, prompts, answers, advantages, multiplier);
        }
        if (totals.updates > 0) {
            weights.updateRouterBias(spec.biasUpdate());
        }
        double counted = Math.max(1, totals.counted);
        metrics.put("loss", totals.loss / Math.max(1, totals.updates));
        metrics.put("entropy", totals.entropy / counted);
        metrics.put("kl", totals.kl / counted);
        metrics.put("clip_share", totals.clipped / counted);
        metrics.put("gradient_norm", totals.gradientNorm / Math.max(1, totals.updates));
        metrics.put("learning_rate", spec.optimizer().learningRate() * multiplier);
        metrics.put("updates", (double) totals.updates);
    }

    private void minibatch(
            int from,
            int to,
            boolean onPolicy,
            List<int[]> prompts,
            List<Completion> answers,
            float[] advantages,
            double multiplier) {
        int sequences = 0;
        long tokens = 0;
        boolean learns = false;
        for (int i = from; i < to; i++) {
            if (spec.objective().dropZeroVariance() && zeroVariance(i, advantages)) {
                continue;
            }
            sequences++;
            tokens += counts(answers.get(i)) ? answers.get(i).ids().length : 0;
            learns |= matters(i, answers, advantages);
        }
        if (!learns) {
            return;
        }
        int groups = (to - from) / spec.group();
        int parts = Math.min(spec.accumulate(), groups);
        for (int part = 0; part < parts; part++) {
            int start = from + groups * part / parts * spec.group();
            int end = from + groups * (part + 1) / parts * spec.group();
            microBatch(start, end, onPolicy, prompts, answers, advantages, sequences, tokens);
        }
        Optimizer optimizer = weights.optimizer();
        optimizer.step(multiplier);
        totals.gradientNorm += optimizer.gradientNorm();
        totals.updates++;
    }

    /** Adds the gradients of some of an update's answers; {@code sequences} and {@code tokens} are the whole update's. */
    private void microBatch(
            int from,
            int to,
            boolean onPolicy,
            List<int[]> prompts,
            List<Completion> answers,
            float[] advantages,
            int sequences,
            long tokens) {
        int i = from;
        while (i < to) {
            rows.clear();
            int shared = -1;
            for (; i < to && rows.rows() < ROWS_AT_ONCE; i++) {
                if (matters(i, answers, advantages)) {
                    int group = i / spec.group();
                    if (group != shared) {
                        next(-1, 0);
                        rows.addPrompt(prompts.get(group));
                        shared = group;
                    }
                    next(i, advantages[i]);
                    rows.addAnswer(prompts.get(group), answers.get(i).ids());
                }
            }
            if (rows.sequences() > 0) {
                learn(onPolicy, answers, sequences, tokens);
            }
        }
    }

    private void learn(boolean onPolicy, List<Completion> answers, int sequences, long tokens) {
        TokenBatch batch = rows.all();
        int n = batch.rows();
        grow(n);
        if (spec.objective().weighsByAdvantage()) {
            // Ratios are 1 whatever the log-probabilities: any will do, so the weights are known before the forward.
            Arrays.fill(policy, 0, n, 0);
            Arrays.fill(old, 0, n, 0);
            weigh(batch, sequences, tokens);
            pass.policyGradient(batch, spec.temperature(), weight, policy, entropy);
        } else {
            logProbs(batch, onPolicy, answers);
            weigh(batch, sequences, tokens);
            pass.backward(weight);
        }
        for (int row = 0; row < n; row++) {
            totals.entropy += batch.targets()[row] >= 0 ? entropy[row] : 0;
        }
    }

    /** Of the policy, which stays ready for a backward, of the weights that sampled, and of the reference. */
    private void logProbs(TokenBatch batch, boolean onPolicy, List<Completion> answers) {
        pass.forward(batch, true);
        pass.temper(spec.temperature());
        pass.logProbs(policy, entropy);
        if (onPolicy) {
            System.arraycopy(policy, 0, old, 0, batch.rows());
        } else {
            fromRollout(answers);
        }
        if (referencePass != null) {
            referencePass.forward(batch, false);
            referencePass.temper(spec.temperature());
            referencePass.logProbs(referenceLogProb, ignored);
        }
    }

    /** Writes what each row's log-probability weighs and counts the loss. */
    private void weigh(TokenBatch batch, int sequences, long tokens) {
        totals.loss += objective.compute(
                batch,
                policy,
                old,
                referencePass == null ? null : referenceLogProb,
                sequenceAdvantages,
                sequences,
                tokens,
                weight);
        addEntropyBonus(batch, tokens);
        totals.kl += objective.klSum();
        totals.clipped += objective.clipped();
        totals.counted += objective.counted();
        if (spec.temperature() != 1) {
            Vectors.scale(batch.rows(), (float) (1 / spec.temperature()), weight, 0);
        }
    }

    /**
     * Adds the gradient of −c times the mean entropy H. With log π(o) of the token that was drawn, (log π(o) + H) ∇log π(o) is an estimate of
     * −∇H without bias (REINFORCE with E[log π] = −H as its baseline), so no other backward pass is needed.
     */
    private void addEntropyBonus(TokenBatch batch, long tokens) {
        double each = spec.objective().entropyBonus() / Math.max(1, tokens);
        if (each == 0) {
            return;
        }
        for (int row = 0; row < batch.rows(); row++) {
            if (batch.targets()[row] >= 0) {
                weight[row] += (float) (each * ((double) policy[row] + entropy[row]));
                totals.loss -= each * entropy[row];
            }
        }
    }

    private void fromRollout(List<Completion> answers) {
        for (int s = 0; s < rows.sequences(); s++) {
            if (answerOf[s] >= 0) {
                float[] logProbs = answers.get(answerOf[s]).logProbs();
                System.arraycopy(logProbs, 0, old, rows.start(s), logProbs.length);
            }
        }
    }

    /** Says what the next sequence is: an answer, or -1 for a prompt. */
    private void next(int answer, float advantage) {
        if (sequenceAdvantages.length <= rows.sequences()) {
            sequenceAdvantages = Arrays.copyOf(sequenceAdvantages, rows.sequences() * 2 + 16);
            answerOf = Arrays.copyOf(answerOf, sequenceAdvantages.length);
        }
        sequenceAdvantages[rows.sequences()] = advantage;
        answerOf[rows.sequences()] = answer;
    }

    /** Whether the answer can change the weights. */
    private boolean matters(int i, List<Completion> answers, float[] advantages) {
        if (!counts(answers.get(i)) || (spec.objective().dropZeroVariance() && zeroVariance(i, advantages))) {
            return false;
        }
        return reference != null || advantages[i] != 0;
    }

    private boolean counts(Completion answer) {
        return !(answer.truncated() && spec.objective().maskTruncated());
    }

    /** A group whose advantages are all 0. */
    private boolean zeroVariance(int answer, float[] advantages) {
        int from = answer / spec.group() * spec.group();
        for (int i = from; i < from + spec.group(); i++) {
            if (advantages[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private void grow(int n) {
        if (policy.length < n) {
            int size = n * 5 / 4;
            policy = new float[size];
            entropy = new float[size];
            old = new float[size];
            weight = new float[size];
            if (reference != null) {
                referenceLogProb = new float[size];
                ignored = new float[size];
            }
        }
    }

    private void clearTotals() {
        totals.loss = 0;
        totals.kl = 0;
        totals.entropy = 0;
        totals.gradientNorm = 0;
        totals.counted = 0;
        totals.clipped = 0;
        totals.updates = 0;
    }

    private void copyToReference() {
        Parameters to = Objects.requireNonNull(reference);
        copy(model.parameters().values(), to.values());
        copy(model.parameters().buffers(), to.buffers());
    }

    private static void copy(float[] from, float[] to) {
        System.arraycopy(from, 0, to, 0, from.length);
    }

    Map<String, float[]> arrays() {
        if (reference == null) {
            return Map.of();
        }
        Map<String, float[]> arrays = new LinkedHashMap<>();
        arrays.put(REFERENCE, reference.values());
        arrays.put(REFERENCE_BUFFERS, reference.buffers());
        return arrays;
    }

    void restore(Map<String, float[]> arrays) {
        float[] values = arrays.get(REFERENCE);
        float[] buffers = arrays.get(REFERENCE_BUFFERS);
        if (reference != null && values != null && buffers != null) {
            copy(values, reference.values());
            copy(buffers, reference.buffers());
        }
    }
}
