package genka.model;

import genka.catalog.ModelConfigJson;
import genka.units.Fault;
import genka.units.GenkaException;
import genka.units.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Model folders in Hugging Face format. Reads what DeepSeek publishes (one safetensors file or shards with an index; F32, BF16, F16, F64, or
 * FP8 with block scales); writes float32 that transformers loads unchanged.
 */
public final class ModelFiles {
    private static final String CONFIG = "config.json";

    private ModelFiles() {}

    /** Loads a folder; whatever is wrong with it is a USER error that names file, tensor and value. */
    public static Model load(Path dir) {
        return load(dir, CONFIG);
    }

    /** @param config name of the configuration file in the folder */
    public static Model load(Path dir, String config) {
        try (ModelFolder folder = ModelFolder.open(dir, config)) {
            Parameters parameters = Parameters.of(folder.spec());
            for (Parameters.Entry entry : parameters.entries()) {
                folder.read(
                        entry.name(), entry.trainable() ? parameters.values() : parameters.buffers(), entry.offset());
            }
            folder.copies().forEach((copy, original) -> checkCopy(folder, parameters, copy, original));
            return new Model(folder.spec(), parameters);
        }
    }

    /** Genka has one embedding and one head: a copy that says something else would be lost. */
    private static void checkCopy(ModelFolder folder, Parameters parameters, String copy, String original) {
        Parameters.Entry entry = parameters.entry(original);
        float[] values = new float[entry.size()];
        folder.read(copy, values, 0);
        if (!Arrays.equals(
                values, 0, values.length, parameters.values(), entry.offset(), entry.offset() + entry.size())) {
            throw GenkaException.user(copy + " differs from " + original + " in "
                    + folder.file(copy).file() + ", but the model shares them. Maybe the file mixes two models?");
        }
    }

    /**
     * Writes config.json and model.safetensors (float32), and beside them {@code extras}: file name to text, such as tokenizer files. The
     * folder is made when it is missing. config.json comes last, so that a folder that has one is whole.
     */
    public static void save(Model model, Path dir, Map<String, String> extras) {
        try {
            Files.createDirectories(dir);
        } catch (IOException e) {
            throw new GenkaException(
                    Fault.RESOURCE, dir + " cannot be made: " + Words.reason(e) + ". " + Words.remedy(e), e);
        }
        SafeTensorsWriter.write(dir.resolve("model.safetensors"), sources(model));
        extras.forEach((name, text) -> AtomicFile.write(dir.resolve(name), text));
        AtomicFile.write(dir.resolve(CONFIG), ModelConfigJson.text(model.spec()));
    }

    private static List<SafeTensorsWriter.Source> sources(Model model) {
        Parameters parameters = model.parameters();
        List<SafeTensorsWriter.Source> sources = new ArrayList<>();
        for (Parameters.Entry entry : parameters.entries()) {
            sources.add(source(entry.name(), entry, parameters));
        }
        int layers = model.spec().layers();
        for (int layer = layers; layer < layers + model.spec().mtpModules(); layer++) {
            String prefix = "model.layers." + layer + ".";
            Parameters.Entry embedding = parameters.entry("model.embed_tokens.weight");
            Parameters.Entry head = model.spec().tiedEmbeddings() ? embedding : parameters.entry("lm_head.weight");
            sources.add(source(prefix + "embed_tokens.weight", embedding, parameters));
            sources.add(source(prefix + "shared_head.head.weight", head, parameters));
        }
        return sources;
    }

    private static SafeTensorsWriter.Source source(String name, Parameters.Entry entry, Parameters parameters) {
        return new SafeTensorsWriter.Source(
                name,
                DataType.F32,
                entry.shape(),
                entry.trainable() ? parameters.values() : parameters.buffers(),
                entry.offset());
    }
}
