package genka.plan;

import org.jspecify.annotations.Nullable;

/**
 * What the operations of a dense layer look like to one accelerator in a micro-batch, whatever the model's depth and the ranks around it.
 *
 * @param accelerator its id
 * @param heads of queries, over all tensor ranks, as are the widths
 * @param tokens of a micro-batch that one context rank has
 * @param sequence tokens of a sequence
 */
record LayerShape(
        String accelerator,
        int hidden,
        int intermediate,
        int heads,
        int tensor,
        long tokens,
        int sequence,
        Strategy.Recompute recompute,
        Precision precision) {
    /** None where layers are of several kinds, or latent: no two models measured share one. */
    static @Nullable LayerShape of(Task task) {
        if (!(task instanceof Job job)) {
            return null;
        }
        Strategy strategy = job.strategy();
        if (job.model().moeLayers() > 0
                || job.model().mambaLayers() > 0
                || job.model().attention().latent()) {
            return null;
        }
        return new LayerShape(
                job.cluster().name(),
                job.model().hidden(),
                job.model().intermediate(),
                job.model().attention().heads(),
                strategy.tensor(),
                (long) strategy.microBatch() * job.sequence() / strategy.context(),
                job.sequence(),
                strategy.recompute(),
                strategy.precision());
    }
}
