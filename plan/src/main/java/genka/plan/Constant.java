package genka.plan;

/**
 * The constants of the time model. Each has a prior from physics or from papers, and a spread (standard deviation of its logarithm)
 * that says how far measured rows may move it: what no row speaks about stays at its prior.
 */
public enum Constant {
    PRODUCT_EFFICIENCY("share of the best measured product that 16-bit products reach", 0.96, 0.15),
    NARROW_EFFICIENCY("the same for 8 bits", 0.72, 0.2),
    FP4_EFFICIENCY("the same for 4 bits", 0.5, 0.3),
    GROUPED_EFFICIENCY("products of experts beside products alone", 0.8, 0.25),
    PRODUCT_TRAFFIC("memory traffic of a product, times its operands once", 1.3, 0.4),
    PRODUCT_SECONDS("fixed seconds of a product on the accelerator", 6e-6, 0.7),
    PRODUCT_DEPTH("inner dimension at which half of the rate is lost", 100, 0.7),
    ATTENTION_EFFICIENCY("share of the best product that fused attention reaches", 0.62, 0.25),
    FIRST_ATTENTION(
            "of that, what the first FlashAttention reaches (arXiv 2307.08691 §1: 25-40 % where the second has 50-73 %)",
            0.53, 0.25),
    SCORE_BYTES("bytes moved for each attention score that is kept in memory, forward", 13, 0.4),
    HIDDEN_BYTES("bytes moved for each hidden value of a layer, forward, outside products", 18, 0.5),
    INTERMEDIATE_BYTES("bytes moved for each value inside a feed-forward part, forward", 5, 0.5),
    CAST_BYTES("bytes moved for each value that is quantised for narrow products", 5, 0.5),
    PERMUTE_BYTES("bytes moved for each value that goes to an expert, forward", 10, 0.5),
    LOGIT_BYTES("bytes moved for each logit, forward and backward", 20, 0.6),
    LAUNCH_SECONDS("host seconds to launch a layer's forward pass", 3e-4, 0.7),
    MOE_LAUNCH("host seconds of a layer with experts beside one without", 2.5, 0.4),
    LINK_EFFICIENCY("share of link bandwidth that collectives reach", 0.8, 0.25),
    NETWORK_EFFICIENCY("share of network bandwidth that collectives reach", 0.7, 0.3),
    COLLECTIVE_SECONDS("fixed seconds of a collective, for each doubling of ranks", 1.2e-5, 0.6),
    EXCHANGE_EFFICIENCY("share of bandwidth that all-to-all reaches, beside collectives", 0.75, 0.35),
    TENSOR_EXPOSED("share of tensor-parallel traffic that is not hidden where it overlaps", 0.6, 0.4),
    EXPERT_EXPOSED("share of all-to-all that is not hidden where it overlaps", 0.6, 0.4),
    DUALPIPE_EXPOSED("share of all-to-all that DualPipe does not hide", 0.1, 0.5),
    DUALPIPE_STOLEN(
            "share of multiprocessors that DualPipe's traffic takes: 20 of 132 (DeepSeek-V3 §3.2.2)", 0.15, 0.2),
    DATA_EXPOSED("share of gradient traffic that is not hidden where it overlaps", 0.25, 0.6),
    SHARD_EXPOSED("share of parameter gathering that is not hidden", 0.15, 0.6),
    CONTEXT_EXPOSED("share of key-value exchange between context ranks that is not hidden", 0.4, 0.5),
    TRANSFER_EXPOSED("share of pipeline transfers that is not hidden", 0.8, 0.5),
    DATA_REDUCTION("share of link bandwidth that gradient reduction reaches in one domain", 0.4, 0.4),
    OPTIMIZER_BYTES("bytes moved for each parameter in an optimizer step", 34, 0.4),
    SERVING_BANDWIDTH("share of memory bandwidth that reading weights reaches while serving", 0.8, 0.2),
    SERVING_FOUR_BITS("of that, what products with 4-bit weights reach outside experts", 0.75, 0.3),
    CACHE_BANDWIDTH("share of memory bandwidth that reading the key-value cache reaches", 0.6, 0.4),
    SERVING_EXPERTS("memory traffic of experts beside those that tokens reach by even routing", 1, 0.3),
    PROMPT_EFFICIENCY("share of the best product that serving reaches", 0.6, 0.3),
    SERVING_NARROW("of that, what products in 8 and 4 bits reach of their own peak", 0.8, 0.3),
    SERVING_GROUPED("of that, what products of experts reach", 0.5, 0.4),
    SERVING_COLUMNS("columns of a product on a rank at which half of the rate is lost", 300, 0.7),
    SERVING_LAYER_SECONDS("seconds of a layer's kernels in a serving step: about ten", 4.5e-5, 0.3),
    SERVING_MOE_SECONDS("what experts add to them: routing, sorting, gathering", 3e-5, 0.4),
    SERVING_HELD_SECONDS("what experts in 8 bits add where ranks hold them whole: sorting tokens by rank", 2e-5, 0.7),
    SERVING_SHARED_SECONDS("what shared experts add", 1.5e-5, 0.4),
    SERVING_SCALE_SECONDS("what quantising to 8 bits adds to experts", 1e-5, 0.5),
    SERVING_LATENT_SECONDS("what latent attention adds", 2e-5, 0.4),
    SERVING_SPARSE_SECONDS("what picking tokens to attend to adds: about ten kernels", 4e-5, 0.5),
    SERVING_NORM_SECONDS("what normalising queries and keys adds", 8e-6, 0.5),
    SERVING_REQUEST_SECONDS("host seconds of each request in a serving step", 1e-5, 0.8),
    SERVING_REDUCE_SECONDS("seconds of a small reduction or exchange between ranks", 6e-6, 0.6),
    SERVING_LINK("share of bandwidth that exchanges of a serving step reach", 0.4, 0.5),
    PROMPT_LINK("share of bandwidth that exchanges reach while prompts are read", 0.4, 0.5),
    FIRST_SECONDS("fixed seconds before a first token: tokenising, scheduling, sending", 0.02, 0.8),
    FIRST_STEPS("steps of decoding that go by before a prompt is read and answered", 4, 0.7),
    FIRST_QUEUE("share of the other requests' prompts that are read before", 0.08, 0.7),
    FIRST_REQUEST_SECONDS("host seconds by which each other request delays it", 4e-4, 0.8),
    FIRST_WAIT("share of an answer's time that a request waits which finds no room", 0.5, 0.5),
    STEP_SECONDS("fixed seconds of a step", 8e-3, 0.8),
    MICRO_BATCH_SECONDS("fixed seconds of a micro-batch on a rank", 5e-4, 0.8),
    SYNCHRONY("slowdown for each doubling of accelerators beyond eight", 0.004, 0.7);

    private final String about;
    private final double prior;
    private final double spread;

    Constant(String about, double prior, double spread) {
        this.about = about;
        this.prior = prior;
        this.spread = spread;
    }

    public String about() {
        return about;
    }

    public double prior() {
        return prior;
    }

    public double spread() {
        return spread;
    }

    String key() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** The priors, by ordinal. */
    static double[] priors() {
        double[] values = new double[values().length];
        for (Constant constant : values()) {
            values[constant.ordinal()] = constant.prior;
        }
        return values;
    }
}
