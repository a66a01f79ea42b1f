package genka.model;

import genka.catalog.ModelSpec;
import java.util.List;

/**
 * All tensors of a model in one flat array, in a fixed order, under their Hugging Face names. Matrices are [out, in]. Matrices that
 * are multiplied with the same input lie side by side (gate and up; q_a and kv_a), so that one product serves both.
 */
public final class Parameters {
    /**
     * One tensor.
     *
     * @param offset of its first value in {@link #values()}, or in {@link #buffers()} when it is not trainable
     * @param trainable false for buffers: the router's correction bias
     */
    public record Entry(String name, List<Integer> shape, int offset, int size, boolean trainable) {
        public Entry {
            shape = List.copyOf(shape);
        }
    }

    public static Parameters of(ModelSpec spec) {
        throw new UnsupportedOperationException("not yet: " + spec);
    }

    public List<Entry> entries() {
        throw new UnsupportedOperationException("not yet");
    }

    public Entry entry(String name) {
        throw new UnsupportedOperationException("not yet: " + name);
    }

    /** The trainable values, all tensors one after the other. */
    public float[] values() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Gradients, laid out as {@link #values()}; allocated at the first call. */
    public float[] gradients() {
        throw new UnsupportedOperationException("not yet");
    }

    /** What is stored but not trained by gradients: e_score_correction_bias of each router. */
    public float[] buffers() {
        throw new UnsupportedOperationException("not yet");
    }
}
