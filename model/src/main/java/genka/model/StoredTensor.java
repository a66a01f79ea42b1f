package genka.model;

import java.util.List;

/**
 * A tensor in a safetensors file.
 *
 * @param begin of its bytes, from the beginning of the file's data
 * @param end behind its last byte
 */
public record StoredTensor(String name, DataType dtype, List<Long> shape, long begin, long end) {
    public StoredTensor {
        shape = List.copyOf(shape);
    }

    /** Number of values; the header's check made sure that it fits. */
    public long elements() {
        long product = 1;
        for (long dimension : shape) {
            product *= dimension;
        }
        return product;
    }
}
