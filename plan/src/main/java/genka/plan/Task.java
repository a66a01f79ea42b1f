package genka.plan;

import genka.catalog.Transformer;

/** Something whose time is predicted: a training step, a token that a served model writes, or the first of an answer. */
public sealed interface Task permits Job, ServingJob, FirstToken {
    Transformer model();

    /** Family of constants that predict it. */
    String family();
}
