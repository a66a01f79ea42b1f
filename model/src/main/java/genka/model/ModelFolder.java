package genka.model;

import genka.catalog.ModelConfig;
import genka.catalog.ModelSpec;
import genka.catalog.MoeSpec;
import genka.units.GenkaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A model folder in Hugging Face format, opened and checked: config.json, the safetensors file or shards, and that exactly the tensors of
 * that architecture are there, in their shapes and in a float type. Nothing of the weights is read until asked for.
 */
final class ModelFolder implements AutoCloseable {
    private static final String SCALE = "_scale_inv";

    private final Path dir;
    private final ModelSpec spec;
    private final Map<Path, SafeTensors> files = new LinkedHashMap<>();
    private final Map<String, SafeTensors> places = new LinkedHashMap<>();
    private final Map<String, String> copies = new LinkedHashMap<>();

    private ModelFolder(Path dir, ModelSpec spec) {
        this.dir = dir;
        this.spec = spec;
    }

    /** @param config name of the configuration file in the folder */
    static ModelFolder open(Path dir, String config) {
        if (!Files.isDirectory(dir)) {
            throw GenkaException.user(dir + (Files.exists(dir) ? " is not a folder." : " does not exist.")
                    + " Maybe the path is mistyped?");
        }
        ModelFolder folder = new ModelFolder(dir, ModelConfig.read(dir.resolve(config)));
        try {
            folder.openFiles();
            folder.checkTensors();
            return folder;
        } catch (RuntimeException | Error e) {
            folder.close();
            throw e;
        }
    }

    ModelSpec spec() {
        return spec;
    }

    /** All stored tensors with the file that holds them. */
    Map<String, SafeTensors> places() {
        return places;
    }

    /** Stored tensors that repeat another of the model's: name to name of the one repeated. */
    Map<String, String> copies() {
        return copies;
    }

    /** The scales of an FP8 weight, or empty when it is not one. */
    Optional<String> scaleOf(String name) {
        return stored(name).dtype() == DataType.F8_E4M3 ? Optional.of(name + SCALE) : Optional.empty();
    }

    StoredTensor stored(String name) {
        return file(name).tensor(name);
    }

    SafeTensors file(String name) {
        SafeTensors file = places.get(name);
        if (file == null) {
            throw GenkaException.user(name + " is missing in " + dir + ".");
        }
        return file;
    }

    /** Reads a weight as floats, scaled when it is FP8; every value is finite. */
    void read(String name, float[] into, int offset) {
        StoredTensor stored = stored(name);
        file(name).floats(name, into, offset);
        Optional<String> scale = scaleOf(name);
        if (scale.isPresent()) {
            Fp8Scales.apply(
                    into,
                    offset,
                    stored.shape(),
                    spec.fp8BlockSize(),
                    file(scale.get()).floats(scale.get()));
        }
        checkFinite(name, into, offset, (int) stored.elements());
    }

    /** Reads every weight once, to know that all values are finite; takes the memory of the largest tensor. */
    void checkValues() {
        float[] values = new float[0];
        for (String name : places.keySet()) {
            StoredTensor stored = stored(name);
            if (!name.endsWith(SCALE)) {
                if (stored.elements() > values.length) {
                    values = new float[SafeTensors.arraySize(file(name).file(), stored)];
                }
                read(name, values, 0);
            }
        }
    }

    @Override
    public void close() {
        files.values().forEach(SafeTensors::close);
    }

    private void openFiles() {
        Path single = dir.resolve("model.safetensors");
        Path index = dir.resolve(ShardIndex.FILE);
        if (Files.exists(single)) {
            SafeTensors file = open(single);
            file.tensors().keySet().forEach(name -> places.put(name, file));
        } else if (Files.exists(index)) {
            openShards(index);
        } else {
            throw GenkaException.user(dir + " has neither model.safetensors nor " + ShardIndex.FILE
                    + ". Maybe the weights were not downloaded, or are in another format?");
        }
    }

    private void openShards(Path index) {
        ShardIndex.read(index).forEach((name, shard) -> {
            SafeTensors file = open(shard);
            if (!file.has(name)) {
                throw GenkaException.user(
                        index + " places " + name + " in " + shard.getFileName() + ", which does not hold it.");
            }
            places.put(name, file);
        });
        for (SafeTensors file : files.values()) {
            for (String name : file.tensors().keySet()) {
                if (places.get(name) != file) {
                    throw GenkaException.user(file.file() + " holds " + name + ", which " + ShardIndex.FILE
                            + (places.containsKey(name) ? " places in another file." : " does not list."));
                }
            }
        }
    }

    private SafeTensors open(Path file) {
        return files.computeIfAbsent(file, SafeTensors::open);
    }

    private void checkTensors() {
        checkPlausible();
        List<String> problems = new ArrayList<>();
        Set<String> known = new LinkedHashSet<>();
        for (ParameterLayout.Tensor tensor : ParameterLayout.of(spec)) {
            known.add(tensor.name());
            if (!places.containsKey(tensor.name())) {
                problems.add(tensor.name() + " is missing in " + dir + "." + missingAdvice(tensor.name()));
            } else {
                checkTensor(tensor.name(), tensor.shape(), problems);
                scaleOf(tensor.name()).ifPresent(known::add);
            }
        }
        if (problems.isEmpty()) {
            checkCopies(known, problems);
            checkExtras(known, problems);
        }
        if (!problems.isEmpty()) {
            int more = problems.size() - 1;
            throw GenkaException.user(
                    problems.getFirst() + (more == 0 ? "" : " (" + more + " more tensors do not fit.)"));
        }
    }

    /** Before a list of tensors is built: a config of a billion layers must not take a billion names of memory. */
    private void checkPlausible() {
        long layers = (long) spec.layers() + spec.mtpModules();
        if (layers > places.size()) {
            throw GenkaException.user(dir + ": config.json asks for " + spec.layers() + " layers and "
                    + spec.mtpModules() + " MTP modules, but the weights are " + places.size()
                    + " tensors. Maybe config.json belongs to another model?");
        }
        long experts = spec.moe().map(MoeSpec::routedExperts).orElse(0);
        for (int layer = 0; layer < layers; layer++) {
            if (spec.isMoe(layer) && experts > places.size()) {
                throw GenkaException.user(dir + ": config.json asks for " + experts
                        + " experts a layer, but the weights are " + places.size()
                        + " tensors. Maybe config.json belongs to another model?");
            }
        }
    }

    private String missingAdvice(String name) {
        return spec.mtpModules() > 0 && name.startsWith("model.layers." + spec.layers() + ".")
                ? " Maybe the file comes without its multi-token prediction module: set num_nextn_predict_layers to 0 in config.json."
                : " Maybe config.json belongs to another model?";
    }

    private void checkTensor(String name, List<Integer> shape, List<String> problems) {
        StoredTensor stored = stored(name);
        if (!stored.shape().equals(shape.stream().map(Integer::longValue).toList())) {
            problems.add(name + " is " + stored.shape() + " in " + file(name).file() + ", must be " + shape
                    + " by config.json. Maybe config.json belongs to another model?");
        } else if (!stored.dtype().readableAsFloat()) {
            problems.add(name + " is " + stored.dtype() + " in " + file(name).file()
                    + ", must be a float type. Maybe F32, BF16, F16 or F8_E4M3?");
        } else if (stored.dtype() == DataType.F8_E4M3) {
            checkScale(name, shape, problems);
        }
    }

    private void checkScale(String name, List<Integer> shape, List<String> problems) {
        if (spec.fp8BlockSize().isEmpty()) {
            problems.add(
                    name
                            + " is F8_E4M3, but config.json has no quantization_config. Maybe it was lost when the file was copied?");
            return;
        }
        if (shape.size() != 2) {
            problems.add(name + " is F8_E4M3, but only matrices can be.");
            return;
        }
        String scale = name + SCALE;
        if (!places.containsKey(scale)) {
            problems.add(name + " is F8_E4M3, but " + scale + " is missing in " + dir + ".");
            return;
        }
        List<Long> blocks = Fp8Scales.shape(shape, spec.fp8BlockSize());
        StoredTensor stored = stored(scale);
        if (!stored.shape().equals(blocks)) {
            problems.add(scale + " is " + stored.shape() + " in " + file(scale).file() + ", must be " + blocks
                    + ": one scale for each block of " + spec.fp8BlockSize() + ".");
        } else if (stored.dtype() != DataType.F32) {
            problems.add(scale + " is " + stored.dtype() + " in " + file(scale).file() + ", must be F32.");
        }
    }

    /** Published files repeat the embedding and the head in each MTP module, and some a tied head. */
    private void checkCopies(Set<String> known, List<String> problems) {
        List<Integer> shape = List.of(spec.vocabSize(), spec.hiddenSize());
        String embedding = "model.embed_tokens.weight";
        String head = spec.tiedEmbeddings() ? embedding : "lm_head.weight";
        Map<String, String> allowed = new LinkedHashMap<>();
        if (spec.tiedEmbeddings()) {
            allowed.put("lm_head.weight", embedding);
        }
        for (int layer = spec.layers(); layer < spec.layers() + spec.mtpModules(); layer++) {
            allowed.put("model.layers." + layer + ".embed_tokens.weight", embedding);
            allowed.put("model.layers." + layer + ".shared_head.head.weight", head);
        }
        allowed.forEach((copy, original) -> {
            if (places.containsKey(copy)) {
                checkTensor(copy, shape, problems);
                copies.put(copy, original);
                known.add(copy);
            }
        });
    }

    private void checkExtras(Set<String> known, List<String> problems) {
        for (String name : places.keySet()) {
            if (!known.contains(name)) {
                problems.add(name + " in " + file(name).file() + " is not part of this model (" + spec.layers()
                        + " layers"
                        + spec.moe()
                                .map(m -> ", " + m.routedExperts() + " experts")
                                .orElse("")
                        + (spec.mtpModules() > 0 ? ", " + spec.mtpModules() + " MTP" : "")
                        + "). Maybe config.json belongs to another model?");
            }
        }
    }

    private void checkFinite(String name, float[] values, int offset, int size) {
        for (int i = offset; i < offset + size; i++) {
            if (!Float.isFinite(values[i])) {
                throw GenkaException.user(name + " holds " + (Float.isNaN(values[i]) ? "NaN" : "infinity")
                        + " at position " + (i - offset) + " in " + file(name).file()
                        + ". Maybe the training that made it diverged?");
            }
        }
    }
}
