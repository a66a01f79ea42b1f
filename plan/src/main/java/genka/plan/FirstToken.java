package genka.plan;

import genka.catalog.Transformer;

/** How long a request waits for the first token of its answer, among others that are served in a steady state. */
record FirstToken(ServingJob job) implements Task {
    static final String FAMILY = "first-token";

    @Override
    public Transformer model() {
        return job.model();
    }

    @Override
    public String family() {
        return FAMILY;
    }
}
