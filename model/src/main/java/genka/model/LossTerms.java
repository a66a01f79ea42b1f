package genka.model;

/** How much each term of the loss of a batch weighs in its gradient. Refilled for each batch. */
final class LossTerms {
    /** [rows] of the log-probability of each row's target: negative to make it likelier. */
    float[] weight = {};

    /** What logits are multiplied with before the softmax: 1 / temperature. */
    float factor = 1;

    /** Of the cross-entropy summed over the tokens of all MTP modules; 0 leaves the modules out. */
    double mtp;

    /** Of the balance loss, a mean over the sequences. */
    double balance;
}
