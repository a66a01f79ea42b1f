package genka.plan;

/** Seconds of a training step by what they are spent on. Filled by {@link StepModel}, again and again without new objects. */
public final class StepTime {
    /** What a step's time goes to. */
    public enum Part {
        PRODUCTS("matrix products"),
        ATTENTION("attention core"),
        MEMORY("norms, activations, casts"),
        LAUNCH("waiting for kernel launches"),
        TENSOR("tensor-parallel traffic"),
        CONTEXT("context-parallel traffic"),
        EXPERT("all-to-all to experts"),
        SHARD("gathering sharded parameters"),
        HEAD("embedding and head"),
        RECOMPUTE("recomputation"),
        BUBBLE("pipeline bubble"),
        TRANSFER("pipeline transfers"),
        DATA("gradient reduction"),
        OPTIMIZER("optimizer"),
        OTHER("fixed and synchronisation"),
        ROLLOUT("rollouts, until the longest answer ends"),
        SCORING("old policy, reference and rewards"),
        UPDATE("updates");

        private final String words;

        Part(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }

    private final double[] seconds = new double[Part.values().length];

    void clear() {
        java.util.Arrays.fill(seconds, 0);
    }

    void add(Part part, double time) {
        seconds[part.ordinal()] += time;
    }

    void scale(double factor) {
        for (int i = 0; i < seconds.length; i++) {
            seconds[i] *= factor;
        }
    }

    public double seconds(Part part) {
        return seconds[part.ordinal()];
    }

    /** The whole step: the sum of its parts. */
    public double total() {
        double sum = 0;
        for (double each : seconds) {
            sum += each;
        }
        return sum;
    }
}
