package genka.plan;

import genka.catalog.Accelerator;
import genka.catalog.Accelerator.Dtype;
import genka.catalog.Fact;
import genka.catalog.Facts;
import genka.catalog.ParameterCount;
import genka.catalog.Recipe;
import genka.catalog.Transformer;
import genka.units.Words;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Collects what a plan hangs on, with the tier of each. */
final class PlanInputs {
    private final Set<PlanInput> inputs = new LinkedHashSet<>();

    List<PlanInput> all() {
        return List.copyOf(inputs);
    }

    void add(String name, String value, Tier tier, String source) {
        inputs.add(new PlanInput(name, value, tier, source));
    }

    void model(Transformer model, String source) {
        model(Recipe.MAIN, model, source);
    }

    /** @param named what the recipe calls it */
    void model(String named, Transformer model, String source) {
        ParameterCount count = ParameterCount.of(model);
        String size = Words.count(count.total()) + " parameters";
        add(
                named.equals(Recipe.MAIN) ? "model" : "model " + named,
                count.active() < count.total() / 2 ? size + ", " + Words.count(count.active()) + " a token" : size,
                model.known() ? Tier.GIVEN : Tier.ASSUMED,
                source);
    }

    void accelerator(Accelerator accelerator, Precision precision) {
        Dtype dtype = precision.dtype();
        String name = dtype.name().toLowerCase(Locale.ROOT);
        fact(accelerator, name + " peak", name + "_teraflops", " TFLOP/s");
        reached(accelerator, dtype, name);
        fact(accelerator, "memory", "memory_gigabytes", " GB");
        fact(accelerator, "memory bandwidth", "memory_gigabytes_per_second", " GB/s");
        fact(accelerator, "links", "link_gigabytes_per_second", " GB/s");
        fact(accelerator, "network", "network_gigabytes_per_second", " GB/s");
    }

    private void fact(Accelerator accelerator, String name, String key, String unit) {
        if (accelerator.has(key)) {
            Fact fact = accelerator.fact(key);
            inputs.add(PlanInput.of(name, fact.value().toPlainString() + unit, fact));
        }
    }

    private void reached(Accelerator accelerator, Dtype dtype, String name) {
        String what = "best " + name + " product";
        Optional<Fact> own = accelerator.reached(dtype);
        Optional<Fact> other = accelerator.reached(Dtype.BF16);
        if (own.isPresent()) {
            inputs.add(PlanInput.of(what, share(own.get().doubleValue()), own.get()));
        } else if (other.isPresent()) {
            add(
                    what,
                    share(other.get().doubleValue()),
                    Tier.ASSUMED,
                    "as of bf16: " + other.get().source());
        } else {
            add(what, share(Cluster.USUAL_REACH), Tier.ASSUMED, "nobody measured it: the middle of other accelerators");
        }
    }

    private static String share(double value) {
        return Words.percent(value) + " of the peak";
    }

    /** Lengths that a recipe only limits. */
    void mean(String what, String stage, int length) {
        add(what + " of " + stage, length + " tokens in the mean", Tier.ASSUMED, "a fifth of the limit");
    }

    void refill(String stage) {
        add(
                "refill of " + stage,
                "asks a third more",
                Tier.ASSUMED,
                "a fourth of the groups are all right or all wrong");
    }

    void constants(String name, Calibration calibration, String family) {
        int rows = calibration.spreads().rows();
        if (rows > 0) {
            add(name, "from " + rows + " rows", Tier.FITTED, source(family));
        } else {
            add(name, "priors", Tier.ASSUMED, "no row was fitted to");
        }
    }

    /** Whether layers of that very size were measured. */
    void shape(Calibration calibration, Job job, String family) {
        calibration
                .shapes()
                .of(job)
                .ifPresent(measured -> add(
                        "layers of this size",
                        Words.percent(measured.slowness()) + " of the time by constants, from " + measured.rows()
                                + " rows",
                        Tier.FITTED,
                        source(family)));
    }

    private static String source(String family) {
        return "facts/calibration/" + family + ".yaml, by ./genka calibrate";
    }

    void price(HourlyPrice price) {
        add("price", "$" + Words.decimal(price.usd(), 2) + " an hour", price.tier(), price.source());
    }

    void failures(Facts reliability) {
        failure(reliability, "failures", "interruptions_per_accelerator_hour", " an accelerator and hour");
        failure(reliability, "noticing them", "detection_minutes", " min");
        failure(reliability, "restart", "restart_minutes", " min");
        failure(reliability, "checkpoint", "checkpoint_gigabytes_per_second_per_accelerator", " GB/s each");
        failure(reliability, "slowest machine", "straggler_slowdown", " of the time");
        failure(reliability, "repair", "repair_hours", " h");
    }

    private void failure(Facts reliability, String name, String key, String unit) {
        Fact fact = reliability.fact(key);
        inputs.add(PlanInput.of(name, fact.value().toPlainString() + unit, fact));
    }

    /** What strategies are made of, for the stage that trains longest. */
    void spread(boolean given) {
        if (given) {
            add("ranks and schedule", "as the recipe says", Tier.GIVEN, "where.parallelism");
        } else {
            add("ranks and schedule", "the fastest found", Tier.ASSUMED, "search over ways to spread a step");
        }
    }
}
