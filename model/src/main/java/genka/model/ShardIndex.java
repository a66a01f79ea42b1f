package genka.model;

import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** model.safetensors.index.json: which shard holds which tensor. Shards lie in the index's own folder and nowhere else. */
final class ShardIndex {
    static final String FILE = "model.safetensors.index.json";

    private static final long LARGEST_FILE = 100_000_000;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private ShardIndex() {}

    /** Tensor name to the shard's path; every shard exists. */
    static Map<String, Path> read(Path index) {
        JsonNode map = parse(index).path("weight_map");
        if (!map.isObject()) {
            throw GenkaException.user(index + " has no weight_map. Maybe it is not an index of safetensors files?");
        }
        Map<String, Path> shards = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            if (!entry.getValue().isString()) {
                throw GenkaException.user(
                        index + " sends " + entry.getKey() + " to " + entry.getValue() + ", must be a file name.");
            }
            shards.put(
                    entry.getKey(),
                    shard(index, entry.getKey(), entry.getValue().stringValue()));
        }
        for (Path shard : Map.copyOf(shards).values()) {
            if (!Files.isRegularFile(shard)) {
                throw GenkaException.user(
                        shard + " does not exist, but " + FILE + " names it. Maybe the download is not complete?");
            }
        }
        return shards;
    }

    private static Path shard(Path index, String tensor, String name) {
        boolean plain = !name.isEmpty()
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ');
        if (!plain) {
            throw GenkaException.user(index + " sends " + tensor + " to \"" + name
                    + "\", outside its folder. Maybe the index was tampered with: shards are plain file names.");
        }
        return index.resolveSibling(name);
    }

    private static JsonNode parse(Path index) {
        try {
            if (Files.size(index) > LARGEST_FILE) {
                throw GenkaException.user(
                        index + " has " + Files.size(index) + " bytes, an index at most " + LARGEST_FILE + ".");
            }
            return JSON.readTree(Files.readAllBytes(index));
        } catch (JacksonException e) {
            throw GenkaException.user(
                    index + " is not JSON: " + e.getOriginalMessage() + ". Maybe the download was cut short?");
        } catch (IOException e) {
            throw new GenkaException(Fault.EXTERNAL, index + " cannot be read: " + e.getMessage(), e);
        }
    }
}
