package genka.model;

import genka.catalog.ModelSpec;
import genka.units.Fault;
import genka.units.GenkaException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All tensors of a model in one flat array, in a fixed order, under their Hugging Face names. Matrices are [out, in]. Matrices that
 * are multiplied with the same input lie side by side (gate and up; q_a and kv_a), so that one product serves both. Not thread-safe
 * while gradients are allocated; readers may share it.
 */
public final class Parameters {
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    /**
     * One tensor.
     *
     * @param offset of its first value in {@link #values()}, or in {@link #buffers()} when it is not trainable
     * @param trainable false for buffers: the router's correction bias
     * @param innerMatrix whether it is a matrix inside a layer: not the embedding, the head or a norm
     */
    public record Entry(
            String name, List<Integer> shape, int offset, int size, boolean trainable, boolean innerMatrix) {
        public Entry {
            shape = List.copyOf(shape);
        }
    }

    private final List<Entry> entries;
    private final Map<String, Entry> byName;
    private final float[] values;
    private final float[] buffers;
    private final boolean inFp8;
    private float @Nullable [] gradients;

    private Parameters(List<Entry> entries, Map<String, Entry> byName, float[] values, float[] buffers, boolean inFp8) {
        this.entries = entries;
        this.byName = byName;
        this.values = values;
        this.buffers = buffers;
        this.inFp8 = inFp8;
    }

    /** All tensors of that architecture, every value 0. Fails with a resource fault when they do not fit in one array. */
    public static Parameters of(ModelSpec spec) {
        List<ParameterLayout.Tensor> tensors = ParameterLayout.of(spec);
        requireFits(tensors);
        List<Entry> entries = new ArrayList<>(tensors.size());
        Map<String, Entry> byName = HashMap.newHashMap(tensors.size());
        int trainable = 0;
        int buffered = 0;
        for (ParameterLayout.Tensor tensor : tensors) {
            int size = (int) tensor.size();
            int offset = tensor.trainable() ? trainable : buffered;
            Entry entry =
                    new Entry(tensor.name(), tensor.shape(), offset, size, tensor.trainable(), tensor.innerMatrix());
            entries.add(entry);
            byName.put(entry.name(), entry);
            trainable += tensor.trainable() ? size : 0;
            buffered += tensor.trainable() ? 0 : size;
        }
        return new Parameters(List.copyOf(entries), byName, new float[trainable], new float[buffered], false);
    }

    /** Names of all tensors of that architecture, whether or not they fit here. */
    public static List<String> names(ModelSpec spec) {
        return ParameterLayout.of(spec).stream()
                .map(ParameterLayout.Tensor::name)
                .toList();
    }

    /** Trainable values a model of that architecture has, whether or not they fit here. */
    public static long count(ModelSpec spec) {
        return trainable(ParameterLayout.of(spec));
    }

    private static long trainable(List<ParameterLayout.Tensor> tensors) {
        return tensors.stream()
                .filter(ParameterLayout.Tensor::trainable)
                .mapToLong(ParameterLayout.Tensor::size)
                .sum();
    }

    private static void requireFits(List<ParameterLayout.Tensor> tensors) {
        long count = trainable(tensors);
        long free = Runtime.getRuntime().maxMemory();
        if (count > LARGEST_ARRAY || count * Float.BYTES > free) {
            throw GenkaException.resource(String.format(
                    Locale.ROOT,
                    "The model has %,d parameters and needs %.1f GB for its weights alone; this process may use %.1f GB. Maybe a smaller model?",
                    count,
                    count * 4e-9,
                    Math.min(free, 4L * LARGEST_ARRAY) * 1e-9));
        }
    }

    /** A copy of values and buffers, without gradients: a reference policy. */
    public Parameters copy() {
        return new Parameters(entries, byName, values.clone(), buffers.clone(), inFp8);
    }

    /** The same arrays, gradients included, for a pass whose layers multiply as FP8 training would. */
    public Parameters simulatingFp8() {
        Parameters view = new Parameters(entries, byName, values, buffers, true);
        view.gradients = gradients();
        return view;
    }

    /** Whether layers that are made of these multiply as FP8 training would. */
    boolean inFp8() {
        return inFp8;
    }

    /** The same values and buffers, with gradients of its own: several passes can add up theirs apart. */
    Parameters withOwnGradients() {
        return new Parameters(entries, byName, values, buffers, inFp8);
    }

    /** From now on gradients are added up in that array. */
    void gradients(float[] gradients) {
        this.gradients = gradients;
    }

    public List<Entry> entries() {
        return entries;
    }

    /** The tensor of that name, which must be one of the model's. */
    public Entry entry(String name) {
        return find(name)
                .orElseThrow(() -> new GenkaException(Fault.INTERNAL, "The model has no tensor " + name + "."));
    }

    public Optional<Entry> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The trainable values, all tensors one after the other. */
    public float[] values() {
        return values;
    }

    /** Gradients, laid out as {@link #values()}; allocated at the first call. */
    public float[] gradients() {
        if (gradients == null) {
            gradients = new float[values.length];
        }
        return gradients;
    }

    /** What is stored but not trained by gradients: e_score_correction_bias of each router. */
    public float[] buffers() {
        return buffers;
    }
}
