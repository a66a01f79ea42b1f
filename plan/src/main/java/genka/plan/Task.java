package genka.plan;

import genka.catalog.Transformer;

/** Something whose time is predicted: a training step, or a token that a served model writes. */
public sealed interface Task permits Job, ServingJob {
    Transformer model();

    /** Family of constants that predict it. */
    String family();
}
