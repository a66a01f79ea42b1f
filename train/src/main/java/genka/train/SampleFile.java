package genka.train;

import genka.model.AtomicFile;
import genka.units.Fault;
import genka.units.GenkaException;
import genka.units.Words;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A data set that a stage writes into the run's folder: {@code data/STAGE.jsonl}, a line an answer, and when it is whole
 * {@code data/STAGE.json} with its checksum. Lines are JSON objects with prompt, response and source, so that a later recipe reads them
 * too.
 */
final class SampleFile {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private final Path lines;
    private final Path seal;

    /** One kept answer; {@code source} is the task's name in the recipe. */
    record Line(String prompt, String response, String source) {}

    SampleFile(Path runFolder, String stage) {
        Path folder = runFolder.resolve("data");
        this.lines = folder.resolve(stage + ".jsonl");
        this.seal = folder.resolve(stage + ".json");
    }

    /**
     * Writes lines behind the first {@code length} bytes; what stood there is of an attempt that was killed.
     *
     * @return the new length
     */
    long append(long length, List<Line> added) {
        StringBuilder text = new StringBuilder();
        for (Line line : added) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("prompt", line.prompt());
            json.put("response", line.response());
            json.put("source", line.source());
            text.append(JSON.writeValueAsString(json)).append('\n');
        }
        ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
        long end = length + bytes.remaining();
        try {
            Files.createDirectories(lines.getParent());
            try (FileChannel channel = FileChannel.open(lines, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                if (channel.size() < length) {
                    throw GenkaException.user(lines + " is shorter than the checkpoint says (" + channel.size()
                            + " bytes of " + length + "). Maybe put it back, or start a new run?");
                }
                channel.truncate(length);
                channel.position(length);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
            return end;
        } catch (IOException e) {
            throw new GenkaException(
                    Fault.RESOURCE, lines + " cannot be written (" + Words.reason(e) + "). " + Words.remedy(e), e);
        }
    }

    /** Says that the file is whole. */
    void close(Map<String, Object> facts) {
        Map<String, Object> json = new LinkedHashMap<>(facts);
        json.put("sha256", checksum());
        AtomicFile.write(seal, JSON.writeValueAsString(json));
    }

    /** All lines, checked. */
    List<Line> read() {
        String expected =
                Files.exists(seal) ? JSON.readTree(text(seal)).path("sha256").asString("") : "";
        if (!checksum().equals(expected)) {
            throw GenkaException.user(lines + " is not what its stage wrote: its checksum is not that in "
                    + seal.getFileName() + ". Maybe it was edited? Then use it as data of kind jsonl in a recipe.");
        }
        List<Line> read = new ArrayList<>();
        for (String line : text(lines).split("\n", -1)) {
            if (!line.isEmpty()) {
                read.add(line(line));
            }
        }
        return read;
    }

    private Line line(String text) {
        try {
            JsonNode json = JSON.readTree(text);
            return new Line(
                    json.path("prompt").asString(""),
                    json.path("response").asString(""),
                    json.path("source").asString(""));
        } catch (JacksonException e) {
            throw new GenkaException(Fault.INTERNAL, lines + " has a line that is not JSON", e);
        }
    }

    String checksum() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text(lines).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new GenkaException(
                    Fault.RESOURCE, file + " cannot be read (" + e + "). Maybe it was removed or is not yours?", e);
        }
    }
}
