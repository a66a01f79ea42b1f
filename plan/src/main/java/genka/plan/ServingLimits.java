package genka.plan;

import genka.catalog.Traffic;
import genka.catalog.Transformer;
import genka.units.GenkaException;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Which units can serve a model at all: a rank holds an expert or a head at least, its weights, and the cache of one request. */
final class ServingLimits {
    private static final double GIGA = 1e9;

    private ServingLimits() {}

    static void require(Traffic traffic, ServingJob decode, ServingJob prefill) {
        decode.cluster().flopsPerSecond(decode.weights()); // refuses formats that the accelerator lacks
        requireExperts(traffic, decode.model());
        requireRanks("decode_ranks", traffic.decodeRanks(), traffic, decode.model());
        requireRanks("prefill_ranks", traffic.prefillRanks(), traffic, prefill.model());
        requireRoom("decode_ranks", traffic, decode, traffic.redundant());
        requireRoom("prefill_ranks", traffic, prefill, 0);
    }

    private static void requireExperts(Traffic traffic, Transformer model) {
        int routed = routed(model);
        if (traffic.redundant() > routed) {
            throw GenkaException.user("redundant_experts (" + traffic.redundant() + ") must be at most the " + routed
                    + " routed experts of " + traffic.model() + ". Maybe " + routed / 8 + "?");
        }
    }

    private static int routed(Transformer model) {
        return model.moeLayers() == 0 ? 0 : model.experts().routed();
    }

    private static int most(Traffic traffic, Transformer model) {
        return model.moeLayers() == 0 ? model.attention().heads() : routed(model) + traffic.redundant();
    }

    private static void requireRanks(String key, int ranks, Traffic traffic, Transformer model) {
        int most = most(traffic, model);
        if (ranks > most) {
            String dealt = model.moeLayers() == 0 ? " attention heads" : " routed and redundant experts";
            throw GenkaException.user(key + " (" + ranks + ") must be at most the " + most + dealt + " of "
                    + traffic.model() + ", which are dealt out whole. Maybe " + most + "?");
        }
    }

    private static void requireRoom(String key, Traffic traffic, ServingJob job, int redundant) {
        if (fits(job, redundant)) {
            return;
        }
        int ranks = job.cluster().accelerators();
        OptionalInt enough = IntStream.rangeClosed(ranks + 1, most(traffic, job.model()))
                .filter(count -> job.model().moeLayers() > 0 || most(traffic, job.model()) % count == 0)
                .filter(count -> fits(ServingPlanner.job(traffic, count), redundant))
                .findFirst();
        throw GenkaException.resource(String.format(
                Locale.ROOT,
                "%s (%d): weights of %.0f GB and %.1f GB of cache for one request on each %s must be at most %.0f of its %.0f GB. %s",
                key,
                ranks,
                ServingMemory.weights(job, redundant) / GIGA,
                cache(job) / GIGA,
                job.cluster().name(),
                ServingMemory.usable(job) / GIGA,
                job.cluster().memoryBytes() / GIGA,
                enough.isPresent()
                        ? "Maybe " + enough.getAsInt() + ", the fewest that fit?"
                        : "Maybe accelerators with more memory, or a narrower precision?"));
    }

    private static double cache(ServingJob job) {
        return ServingMemory.cache(job, job.input() + (double) job.output());
    }

    private static boolean fits(ServingJob job, int redundant) {
        return ServingMemory.weights(job, redundant) + cache(job) <= ServingMemory.usable(job);
    }
}
