package genka.catalog;

import static genka.catalog.ConfigValues.LARGEST;
import static genka.catalog.ConfigValues.NONE;

import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads Hugging Face's config.json (or the same keys in a recipe) into a {@link ModelSpec}: deepseek_v3, deepseek_v2, llama, qwen2 and
 * qwen3, with the keys of transformers 5 ({@code rope_parameters}, {@code dtype}) or of published repositories ({@code rope_theta} and
 * {@code rope_scaling}, {@code torch_dtype}). Everything is checked and all problems are told together. Keys that say nothing about
 * the architecture are ignored; keys that would change what is computed and are not supported are refused. {@link ModelConfigJson}
 * is the way back.
 */
public final class ModelConfig {
    static final List<String> MODEL_TYPES = List.of("deepseek_v3", "deepseek_v2", "llama", "qwen2", "qwen3");

    private static final long LARGEST_FILE = 10_000_000;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final ConfigValues values;
    private final String modelType;

    private ModelConfig(ConfigValues values, String modelType) {
        this.values = values;
        this.modelType = modelType;
    }

    /** Reads a config.json; every problem in it is a line of one USER error. */
    public static ModelSpec read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw GenkaException.user(file + " does not exist. Maybe the folder is not a Hugging Face model?");
        }
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw GenkaException.user(file + " has " + Files.size(file) + " bytes, a config.json at most "
                        + LARGEST_FILE + ". Maybe another file has its name?");
            }
            return read(JSON.readTree(Files.readAllBytes(file)), file.toString());
        } catch (JacksonException e) {
            throw GenkaException.user(file + " is not JSON: " + e.getOriginalMessage() + place(e)
                    + ". Maybe the download was cut short?");
        } catch (IOException e) {
            throw new GenkaException(Fault.EXTERNAL, file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Reads a configuration that is already parsed; {@code source} is how errors name where it stands. */
    public static ModelSpec read(JsonNode node, String source) {
        List<String> problems = new ArrayList<>();
        Optional<ModelSpec> spec = read(node, source, problems);
        if (!problems.isEmpty() || spec.isEmpty()) {
            throw GenkaException.user(String.join("\n", problems));
        }
        return spec.get();
    }

    /** As {@link #read(JsonNode, String)}, but adds to {@code problems} instead of throwing; empty when there are any. */
    public static Optional<ModelSpec> read(JsonNode node, String source, List<String> problems) {
        if (!node.isObject()) {
            problems.add(source + " must be a JSON object with the keys of a Hugging Face config.json.");
            return Optional.empty();
        }
        int before = problems.size();
        ConfigValues values = new ConfigValues(node, source, "", problems);
        if (!values.has("model_type")) {
            values.missing("model_type", " Maybe one of: " + String.join(", ", MODEL_TYPES) + ".");
            return Optional.empty();
        }
        String modelType = values.text("model_type", "");
        if (problems.size() == before && !MODEL_TYPES.contains(modelType)) {
            values.problem("model_type", "is unknown." + Nearest.advice(modelType, MODEL_TYPES));
        }
        if (problems.size() > before) {
            return Optional.empty();
        }
        ModelSpec spec = new ModelConfig(values, modelType).spec();
        return problems.size() == before ? Optional.of(spec) : Optional.empty();
    }

    private ModelSpec spec() {
        refuseUnsupported();
        int vocab = values.positive("vocab_size");
        int hidden = values.positive("hidden_size");
        int layers = values.positive("num_hidden_layers");
        int mtp = values.notNegative("num_nextn_predict_layers", values.notNegative("num_mtp_layers", 0));
        int maxPositions = values.has("max_position_embeddings")
                ? values.whole("max_position_embeddings", 1, Integer.MAX_VALUE)
                : missing("max_position_embeddings");
        if (!deepseek() && mtp > 0) {
            values.problem("num_nextn_predict_layers", "multi-token prediction belongs to deepseek_v3 only.");
        }
        return new ModelSpec(
                modelType,
                vocab,
                hidden,
                layers,
                values.positive("intermediate_size"),
                deepseek() ? MlaConfig.read(values) : GqaConfig.read(values, modelType, hidden),
                deepseek() ? MoeConfig.read(values, modelType, layers, mtp) : Optional.empty(),
                mtp,
                values.positiveNumber("rms_norm_eps", 1e-6),
                RopeConfig.read(values, maxPositions),
                values.truth("tie_word_embeddings", false),
                maxPositions,
                values.ids("bos_token_id", vocab).stream().findFirst(),
                values.ids("eos_token_id", vocab),
                values.ids("pad_token_id", vocab).stream().findFirst(),
                fp8BlockSize());
    }

    private int missing(String key) {
        values.missing(key, "");
        return NONE;
    }

    private boolean deepseek() {
        return modelType.startsWith("deepseek");
    }

    private void refuseUnsupported() {
        if (values.truth("attention_bias", false)) {
            values.problem("attention_bias", "is not supported: Genka's attention has no bias here.");
        }
        if (values.truth("mlp_bias", false)) {
            values.problem("mlp_bias", "is not supported: feed-forward layers have no bias.");
        }
        if (values.truth("use_sliding_window", false)) {
            values.problem("use_sliding_window", "is not supported: every layer attends to all earlier tokens.");
        }
        if (!values.text("hidden_act", "silu").equals("silu")) {
            values.problem("hidden_act", "is not supported. Maybe you meant silu?");
        }
        if (!values.truth("rope_interleave", true)) {
            values.problem(
                    "rope_interleave",
                    "is not supported: rotary pairs must lie side by side. Maybe use the published weights, which are not permuted.");
        }
        if (values.number("partial_rotary_factor", 1) != 1) {
            values.problem("partial_rotary_factor", "is not supported: all rotary dimensions turn.");
        }
        for (JsonNode type : values.raw("layer_types")) {
            if (!type.isString() || !type.stringValue().equals("full_attention")) {
                values.problem("layer_types", "may only hold full_attention.");
                return;
            }
        }
    }

    private List<Integer> fp8BlockSize() {
        Optional<ConfigValues> found = values.object("quantization_config");
        if (found.isEmpty()) {
            return List.of();
        }
        ConfigValues quantization = found.get();
        if (!quantization.text("quant_method", "").equals("fp8")) {
            quantization.problem("quant_method", "is not supported. Maybe use the unquantised weights, or fp8?");
            return List.of();
        }
        if (!quantization.text("fmt", "e4m3").equals("e4m3")) {
            quantization.problem("fmt", "is not supported. Maybe you meant e4m3?");
        }
        JsonNode sizes = quantization.raw("weight_block_size");
        if (!sizes.isArray() || sizes.size() != 2) {
            quantization.problem("weight_block_size", "must be two numbers. Maybe you meant [128, 128]?");
            return List.of();
        }
        return List.of(
                quantization.whole(sizes.path(0), "weight_block_size", 1, LARGEST),
                quantization.whole(sizes.path(1), "weight_block_size", 1, LARGEST));
    }

    private static String place(JacksonException e) {
        return e.getLocation() == null
                ? ""
                : " (line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ")";
    }
}
