package genka.model;

import genka.catalog.ModelConfigJson;
import genka.catalog.ParameterCount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a model folder or a single safetensors file holds.
 *
 * @param model what the folder's config.json says; empty for a single file
 * @param storedValues values of all tensors together, copies and scales included
 * @param storedBytes what they take in the files
 */
public record ModelInspection(
        String path, Optional<Architecture> model, List<TensorLine> tensors, long storedValues, long storedBytes) {
    public ModelInspection {
        tensors = List.copyOf(tensors);
    }

    /** The model: its class in transformers and its sizes. */
    public record Architecture(
            String architecture,
            String modelType,
            int layers,
            int hiddenSize,
            int vocabSize,
            int maxPositions,
            ParameterCount parameters,
            long cacheBytesPerToken) {}

    /** One stored tensor. */
    public record TensorLine(String name, DataType dtype, List<Long> shape) {
        public TensorLine {
            shape = List.copyOf(shape);
        }
    }

    /** Looks at a model folder (every value is read and must be finite) or at a safetensors file (its header). */
    public static ModelInspection of(Path path) {
        return Files.isDirectory(path) ? ofFolder(path) : ofFile(path);
    }

    private static ModelInspection ofFile(Path path) {
        try (SafeTensors file = SafeTensors.open(path)) {
            return summary(path, Optional.empty(), List.copyOf(file.tensors().values()));
        }
    }

    private static ModelInspection ofFolder(Path path) {
        try (ModelFolder folder = ModelFolder.open(path, "config.json")) {
            var spec = folder.spec();
            List<StoredTensor> stored = new ArrayList<>();
            for (String name : folder.places().keySet()) {
                stored.add(folder.stored(name));
            }
            folder.checkValues();
            return summary(
                    path,
                    Optional.of(new Architecture(
                            ModelConfigJson.architecture(spec),
                            spec.modelType(),
                            spec.layers(),
                            spec.hiddenSize(),
                            spec.vocabSize(),
                            spec.maxPositions(),
                            ParameterCount.of(spec),
                            ParameterCount.cacheBytesPerToken(spec))),
                    stored);
        }
    }

    private static ModelInspection summary(Path path, Optional<Architecture> model, List<StoredTensor> stored) {
        return new ModelInspection(
                path.toString(),
                model,
                stored.stream()
                        .map(t -> new TensorLine(t.name(), t.dtype(), t.shape()))
                        .toList(),
                stored.stream().mapToLong(StoredTensor::elements).sum(),
                stored.stream().mapToLong(t -> t.end() - t.begin()).sum());
    }
}
