package genka.model;

import genka.catalog.ModelSpec;
import genka.kernel.AlignedFloats;
import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Forward and backward of a model over ragged batches, in workspaces that are kept from batch to batch. Not thread-safe. */
public final class ModelPass {
    private final Model model;
    private final ModelSpec spec;
    private final Gemm gemm;
    private final RotaryTables tables;
    private final Embedding embedding;
    private final NormLayer finalNorm;
    private final TokenLoss loss;
    private final RouterLoads loads;
    private final RaggedRows rows = new RaggedRows();
    private final PredictingRows predicting = new PredictingRows();

    private @Nullable LayerStack training;
    private @Nullable LayerStack inference;
    private @Nullable MtpModules mtp;
    private @Nullable Lanes lanes;
    private final Lanes.Sums sums = new Lanes.Sums();
    private final LossTerms terms = new LossTerms();
    private final List<WeightPacks> kepts = new ArrayList<>();
    private TokenBatch batch = new TokenBatch(0, new int[1], new int[0], new int[0]);
    private RaggedRows ends = rows;
    private boolean kept;
    private boolean mtpReady;
    private float[] embedded = {};
    private float[] states = {};
    private float[] inverse = {};
    private float[] dStates = {};
    private float[] gradient = {};
    private float[] logProb = {};
    private float[] entropy = {};
    private float[] equal = {};
    private float[] last = {};

    public ModelPass(Model model, Gemm gemm) {
        this.model = model;
        this.spec = model.spec();
        this.gemm = gemm;
        ThreadTeam team = gemm.team();
        tables = new RotaryTables(spec.rope(), DecoderLayer.latent(spec));
        embedding = new Embedding(team, model.parameters());
        finalNorm = new NormLayer(team, model.parameters(), "model.norm.weight", spec.rmsNormEps());
        loss = TokenLoss.of(gemm, model);
        loads = new RouterLoads(model);
    }

    /**
     * Runs the batch through the model; logits are ready afterwards.
     *
     * @param keep keep what {@link #backward} needs, and count the experts' loads
     */
    public void forward(TokenBatch batch, boolean keep) {
        begin(batch);
        layersForward(keep);
        loss.forward(rows.rows(), states);
    }

    private void layersForward(boolean keep) {
        kept = keep;
        mtpReady = false;
        int count = rows.rows();
        int hidden = spec.hiddenSize();
        embedded = Workspace.room(embedded, (long) count * hidden);
        states = Workspace.room(states, (long) count * hidden);
        inverse = Workspace.room(inverse, count);
        embedding.forward(count, batch.ids(), embedded);
        LayerStack stack = keep ? training() : inference();
        last = embedded;
        for (int layer = 0; layer < spec.layers(); layer++) {
            stack.layer(layer).forward(rows, rowsThrough(layer), last);
            last = stack.layer(layer).output();
            count(stack, layer);
        }
        finalNorm.forward(ends.rows(), last, states, 0, hidden, inverse);
    }

    private RaggedRows rowsThrough(int layer) {
        return layer == spec.layers() - 1 ? ends : rows;
    }

    private void count(LayerStack stack, int layer) {
        MixtureOfExperts experts = stack.layer(layer).experts();
        if (kept && experts != null) {
            loads.add(layer, experts);
        }
    }

    private LayerStack training() {
        if (training == null) {
            training = new LayerStack(gemm, model, tables, true);
            training.sharePacks();
        }
        return training;
    }

    private LayerStack inference() {
        if (inference == null) {
            inference = new LayerStack(gemm, model, tables, false);
            inference.sharePacks();
        }
        return inference;
    }

    /** [rows, vocab] of the last forward. */
    public float[] logits() {
        return loss.logits();
    }

    /**
     * Divides the logits of the last forward, so that what follows is of the distribution at that temperature. {@link #backward} then takes
     * the weights divided by the temperature too.
     */
    public void temper(double temperature) {
        if (temperature != 1) {
            loss.scale((float) (1 / temperature));
        }
    }

    /** Log-probability of each row's target and the entropy of its distribution, [rows]; 0 for ignored rows. Call before a backward. */
    public void logProbs(float[] logProb, float[] entropy) {
        loss.logProbs(batch.targets(), logProb, entropy);
    }

    /** Adds to the parameters' gradients those of sum over rows of weight[row] × log-probability of the row's target; spoils the logits. */
    public void backward(float[] weight) {
        requireKept();
        if (!loss.summed()) {
            reserveLoss();
            loss.logProbs(batch.targets(), logProb, entropy);
        }
        dStates = Workspace.room(dStates, (long) rows.rows() * spec.hiddenSize());
        loss.backward(batch.targets(), weight, states, dStates);
        layersBackward();
    }

    /**
     * Forward, mean cross-entropy and backward in one: adds the gradient of loss + mtpWeight × MTP loss + balance loss, each divided so that
     * the micro-batches of a step add up.
     *
     * @param divisor what sums over tokens are divided by: the number of counted targets, over all micro-batches of a step. The MTP
     *     sum has the same divisor (V3 report §2.2: 1/T)
     * @param mtpWeight λ, shared by the modules; 0 leaves them out
     * @param balanceWeight α; the loss of a micro-batch counts by its share of the targets
     */
    public Loss crossEntropy(TokenBatch batch, double divisor, double mtpWeight, double balanceWeight) {
        return crossEntropy(batch, divisor, divisor, mtpWeight, balanceWeight);
    }

    /** As the other, with the MTP sum divided by {@code mtpDivisor}: by its own counted targets it is the mean that a reference prints. */
    public Loss crossEntropy(
            TokenBatch batch, double divisor, double mtpDivisor, double mtpWeight, double balanceWeight) {
        begin(batch);
        equal = Workspace.room(equal, rows.rows());
        Arrays.fill(equal, 0, rows.rows(), (float) (-1 / divisor));
        terms.weight = equal;
        terms.factor = 1;
        terms.mtp = spec.mtpModules() == 0 ? 0 : mtpWeight / spec.mtpModules() / mtpDivisor;
        terms.balance = balanceWeight * batch.counted() / divisor;
        addGradient();
        return new Loss(sums.sum, sums.counted, sums.mtpSum, sums.mtpCounted, sums.balance);
    }

    /**
     * {@link #forward}, {@link #temper}, {@link #logProbs} and {@link #backward} in one, for weights that do not hang on the
     * log-probabilities: no more is kept than training keeps.
     *
     * @param weight [rows] divided by the temperature, as for the backward
     * @param logProb [rows] out, as is {@code entropy}
     */
    public void policyGradient(TokenBatch batch, double temperature, float[] weight, float[] logProb, float[] entropy) {
        begin(batch);
        terms.weight = weight;
        terms.factor = (float) (1 / temperature);
        terms.mtp = 0;
        terms.balance = 0;
        addGradient();
        copyRows(0, logProb, entropy, 0);
    }

    private void begin(TokenBatch batch) {
        this.batch = batch;
        rows.of(batch);
        ends = rows;
    }

    private void addGradient() {
        sums.clear();
        if (Lanes.suit(model.parameters().values().length, rows.rows(), rows.longest())) {
            kept = false;
            reserveLoss();
            lanes().addGradient(batch, terms, loads, sums, logProb, entropy);
        } else {
            addGradient(batch, terms, sums);
        }
    }

    private Lanes lanes() {
        if (lanes == null) {
            lanes = new Lanes(model, gemm.team());
        }
        return lanes;
    }

    /** Forward and backward of all rows together; sums are added to {@code sums}. */
    void addGradient(TokenBatch batch, LossTerms terms, Lanes.Sums sums) {
        begin(batch);
        ends = predicting.of(rows, batch, terms);
        layersForward(true);
        if (terms.mtp != 0) {
            sums.mtpSum += mtp().lossSum();
            sums.mtpCounted += mtp().counted();
        }
        sums.counted += batch.counted();
        sums.balance += terms.balance == 0 ? 0 : balance(terms.balance, terms.mtp != 0);
        reserveLoss();
        dStates = Workspace.room(dStates, (long) rows.rows() * spec.hiddenSize());
        predicting.loss(loss, batch, ends, terms, states, dStates, logProb, entropy);
        double sum = 0;
        for (int r = 0; r < rows.rows(); r++) {
            sum -= logProb[r];
        }
        sums.sum += sum;
        if (terms.mtp != 0) {
            mtp().backward(terms.mtp, dStates);
        }
        layersBackward();
    }

    /** Copies the log-probabilities and entropies of the last batch's rows but the first {@code from} to {@code at}. */
    void copyRows(int from, float[] logProb, float[] entropy, int at) {
        System.arraycopy(this.logProb, from, logProb, at, rows.rows() - from);
        System.arraycopy(this.entropy, from, entropy, at, rows.rows() - from);
    }

    private List<WeightPacks> packs() {
        List<WeightPacks> packs = new ArrayList<>(training().packs());
        packs.add(loss.packs());
        packs.addAll(modules().packs());
        return packs;
    }

    /** Values that the packed weights of all layers take, in either layout. */
    int packedSize() {
        return packs().stream().mapToInt(WeightPacks::size).reduce(0, Math::addExact);
    }

    /** Reads packed weights from there, where {@link #packAll} of one of several passes puts them. */
    void keepPacked(AlignedFloats forward, AlignedFloats backward) {
        int at = 0;
        for (WeightPacks packs : packs()) {
            packs.placeKept(forward, backward, at);
            at += packs.size();
            kepts.add(packs);
        }
    }

    void packAll() {
        for (WeightPacks packs : kepts) {
            packs.packBoth();
        }
    }

    RouterLoads loads() {
        return loads;
    }

    /**
     * Sums of the last {@link #crossEntropy}.
     *
     * @param sum cross-entropy over counted targets, not divided
     * @param mtpSum of all MTP modules, not divided
     * @param balance the balance loss as it was added: weighted, and by the micro-batch's share of the step
     */
    public record Loss(double sum, int counted, double mtpSum, int mtpCounted, double balance) {}

    private void reserveLoss() {
        int count = rows.rows();
        logProb = Workspace.room(logProb, count);
        entropy = Workspace.room(entropy, count);
    }

    private double balance(double weight, boolean withMtp) {
        double sum = 0;
        for (int layer = 0; layer < spec.layers() + (withMtp ? spec.mtpModules() : 0); layer++) {
            MixtureOfExperts experts = training().layer(layer).experts();
            if (experts != null) {
                sum += experts.balance(rowsOf(layer), weight);
            }
        }
        return sum;
    }

    private void layersBackward() {
        int count = rows.rows();
        int hidden = spec.hiddenSize();
        gradient = Workspace.room(gradient, (long) count * hidden);
        finalNorm.backward(ends, last, inverse, dStates, 0, hidden, gradient);
        LayerStack stack = training();
        for (int layer = spec.layers() - 1; layer >= 0; layer--) {
            float[] x = layer == 0 ? embedded : stack.layer(layer - 1).output();
            gradient = stack.layer(layer).backward(rows, rowsThrough(layer), x, gradient);
        }
        embedding.backward(count, batch.ids(), gradient);
    }

    private void requireKept() {
        if (!kept) {
            throw new IllegalStateException("the last forward did not keep its activations");
        }
    }

    private MtpModules modules() {
        if (mtp == null) {
            mtp = new MtpModules(gemm, model, training());
        }
        return mtp;
    }

    /** The MTP modules, run over the last batch. */
    private MtpModules mtp() {
        requireKept();
        MtpModules mtp = modules();
        if (!mtpReady) {
            mtp.forward(batch, states, rows);
            for (int layer = spec.layers(); layer < spec.layers() + spec.mtpModules(); layer++) {
                count(training(), layer);
            }
            mtpReady = true;
        }
        return mtp;
    }

    private RaggedRows rowsOf(int layer) {
        return layer < spec.layers()
                ? rowsThrough(layer)
                : mtpModule(layer - spec.layers()).rows();
    }

    /** Rows that came out of layer {@code layer}: those of the batch, or fewer in an MTP layer. */
    int rows(int layer) {
        return rowsOf(layer).rows();
    }

    /** A layer as the last forward left it, which must have kept its activations; MTP layers count on from the model's. */
    DecoderLayer layer(int layer) {
        rowsOf(layer);
        requireKept();
        return training().layer(layer);
    }

    /** The router of MoE layer {@code layer} with the last forward's choices. */
    Router router(int layer) {
        MixtureOfExperts experts = layer(layer).experts();
        if (experts == null) {
            throw new IllegalArgumentException("layer " + layer + " is dense");
        }
        return experts.router();
    }

    /** MTP module k, from 0, after it ran over the last batch. Its sequences have k + 1 rows fewer. */
    MtpModule mtpModule(int k) {
        return mtp().module(k);
    }

    RotaryTables rotaryTables() {
        return tables;
    }

    /** Tokens sent to each expert of MoE layer {@code layer} since {@link #clearLoads}; forwards that keep count. */
    public long[] expertLoad(int layer) {
        return loads.of(layer);
    }

    /** Moves each router's correction bias by ±gamma towards equal load (V3 report §2.1.2), from the loads since {@link #clearLoads}. */
    public void updateRouterBias(double gamma) {
        updateRouterBias(gamma, _ -> true);
    }

    /** As the other, for the biases whose tensors' names {@code learns} accepts. */
    public void updateRouterBias(double gamma, Predicate<String> learns) {
        loads.updateBias(gamma, learns);
    }

    public void clearLoads() {
        loads.clear();
    }
}
