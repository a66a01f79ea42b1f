package genka.plan;

import genka.catalog.Accelerators;
import genka.catalog.Traffic;
import genka.catalog.Transformer;
import genka.units.GenkaException;
import java.util.List;
import java.util.Locale;

/**
 * Plans disaggregated serving: some nodes read prompts as fast as they can, others write as many answers at once as memory holds and
 * as each reader's speed allows. Both work on two halves of their requests in turn, so that one half computes while the other
 * exchanges, where that is faster.
 */
public final class ServingPlanner {
    private final Calibrations calibrations;

    public ServingPlanner(Calibrations calibrations) {
        this.calibrations = calibrations;
    }

    public ServingPlan plan(Traffic traffic) {
        ServingJob decode = job(traffic, traffic.decodeRanks());
        ServingJob prefill = job(traffic, traffic.prefillRanks());
        ServingLimits.require(traffic, decode, prefill);
        Calibration calibration = calibrations.of(decode);
        ServingModel times = new ServingModel(calibration.constants());
        double fitting = ServingMemory.requests(decode, traffic.redundant()) / traffic.decodeRanks();
        double slowest = 1 / traffic.userRate();
        double requests = largest(times, decode, slowest, Math.floor(fitting));
        if (requests < 1) {
            throw GenkaException.user("user_tokens_per_second (" + traffic.userRate() + ") is more than "
                    + traffic.model()
                    + " reaches for one answer on each of " + traffic.decodeRanks() + " " + traffic.accelerator()
                    + ". Maybe fewer, or other decode_ranks?");
        }
        double step = times.overlappedStepSeconds(decode.withRequests(requests * traffic.decodeRanks()));
        double hits = traffic.hits() / traffic.input();
        double miss = times.overlappedPromptTokenSeconds(prefill, hits) * traffic.prefillRanks();
        double hit = times.loadSeconds(prefill);
        double perToken = hits * hit + (1 - hits) * miss;
        double reading = traffic.promptTokens() * perToken / prefill.tensor();
        double alone = firstSeconds() + reading + step;
        double busy = busy(traffic, alone, reading);
        double rate = busy * traffic.nodeAccelerators() / perToken;
        Spreads.Spread spread = calibration.spread(decode, false);
        return new ServingPlan(
                traffic,
                decode.model().cacheBytesPerToken(2),
                rate,
                traffic.nodeAccelerators() * requests / step,
                step,
                traffic.firstTokenSeconds().orElse(alone),
                busy,
                requests,
                Math.floor(fitting),
                hit / miss,
                spread.low(),
                spread.high(),
                inputs(traffic, decode));
    }

    private List<PlanInput> inputs(Traffic traffic, ServingJob job) {
        PlanInputs inputs = new PlanInputs();
        inputs.model(job.model(), traffic.model());
        inputs.add("traffic, ranks, prices", "as " + traffic.name() + " says", Tier.GIVEN, traffic.name());
        inputs.accelerator(Accelerators.shipped().named(traffic.accelerator()), job.weights());
        inputs.constants("constants of serving", calibrations.of(job), ServingJob.FAMILY);
        inputs.constants("of first tokens", calibrations.named(FirstToken.FAMILY), FirstToken.FAMILY);
        inputs.add("exchange over the network", "as in training", Tier.ASSUMED, "no measured row serves over it");
        return inputs.all();
    }

    private double firstSeconds() {
        return new ServingModel(calibrations.named(FirstToken.FAMILY).constants()).firstSeconds();
    }

    /**
     * The share of the time in which prompts may be read so that none waits too long in the mean: prompts that come at random and take
     * the same time each wait ρ / (2 (1 − ρ)) of it (Pollaczek and Khinchine). All of it where nobody minds.
     *
     * @param alone seconds to the first token of a prompt that waits for no other
     */
    private static double busy(Traffic traffic, double alone, double reading) {
        if (traffic.firstTokenSeconds().isEmpty()) {
            return 1;
        }
        double target = traffic.firstTokenSeconds().get();
        if (target <= alone) {
            throw GenkaException.user(String.format(
                    Locale.ROOT,
                    "first_token_seconds (%s) must be more than %.2f, which a prompt of %.0f tokens takes that waits for no other."
                            + " Maybe %.1f?",
                    target,
                    alone,
                    traffic.promptTokens(),
                    1.5 * alone));
        }
        double waits = 2 * (target - alone) / reading;
        return waits / (1 + waits);
    }

    /** The most requests an accelerator can have so that a step takes no longer; 0 when one takes longer. */
    private static double largest(ServingModel times, ServingJob job, double slowest, double most) {
        double low = 0;
        double high = most + 1;
        while (high - low > 1) {
            double middle = Math.floor((low + high) / 2);
            if (times.overlappedStepSeconds(job.withRequests(middle * job.data())) <= slowest) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    static ServingJob job(Traffic traffic, int ranks) {
        Transformer model = Transformers.shipped().named(traffic.model());
        boolean experts = model.moeLayers() > 0;
        return new ServingJob(
                model,
                Cluster.of(Accelerators.shipped().named(traffic.accelerator()), ranks),
                experts ? 1 : ranks,
                experts ? ranks : 1,
                experts ? ranks : 1,
                ranks,
                (int) Math.max(1, traffic.promptTokens()),
                (int) Math.max(1, traffic.answerTokens()),
                Precision.named(traffic.precision()),
                false);
    }
}
