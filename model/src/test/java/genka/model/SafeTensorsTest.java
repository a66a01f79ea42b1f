package genka.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import genka.testkit.Golden;
import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeTensorsTest {
    @TempDir
    Path dir;

    @Test
    void theSoundFileIsRead() {
        try (SafeTensors file = SafeTensors.open(Golden.path("bad/good.safetensors"))) {
            assertThat(file.tensors().keySet()).containsExactly("a", "b");
            assertThat(file.tensor("a").shape()).containsExactly(2L, 2L);
            assertThat(file.floats("b")).containsExactly(4, 5, 6, 7);
        }
    }

    @Test
    void everyFloatTypeIsDecoded() throws IOException {
        ByteBuffer data = ByteBuffer.allocate(27).order(ByteOrder.LITTLE_ENDIAN);
        data.putDouble(-1.5).putShort((short) 0x3e00).putShort((short) 0x0001).putShort((short) 0x3fc0);
        data.put(new byte[] {0x38, (byte) 0xb8, 0x7e, 0x01, 0x7f});
        data.putLong(-7);
        Path file = write(
                "{\"d\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},"
                        + "\"h\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[8,12]},"
                        + "\"b\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[12,14]},"
                        + "\"q\":{\"dtype\":\"F8_E4M3\",\"shape\":[5],\"data_offsets\":[14,19]},"
                        + "\"i\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[19,27]}}",
                data.array());
        try (SafeTensors tensors = SafeTensors.open(file)) {
            assertThat(tensors.floats("d")).containsExactly(-1.5f);
            assertThat(tensors.floats("h")).containsExactly(1.5f, (float) Math.pow(2, -24));
            assertThat(tensors.floats("b")).containsExactly(1.5f);
            assertThat(tensors.floats("q")).containsExactly(1, -1, 448, (float) Math.pow(2, -9), Float.NaN);
            assertThat(tensors.ints("i")).containsExactly(-7);
            assertThatThrownBy(() -> tensors.floats("i")).hasMessageContaining("i is I64, must be a float type");
            assertThatThrownBy(() -> tensors.longs("d")).hasMessageContaining("d is F64, must be I64 or I32");
            assertThatThrownBy(() -> tensors.floats("z")).hasMessageContaining("has no tensor z");
        }
    }

    @Test
    void whatIsWrittenReadsBackEqual() {
        float[] values = {0, 1, -2, 3.25f, Float.MIN_VALUE, 1.0039062f, 1e30f};
        Path file = dir.resolve("x.safetensors");
        SafeTensorsWriter.write(
                file,
                List.of(
                        new SafeTensorsWriter.Source("half", DataType.BF16, List.of(3), values, 1),
                        new SafeTensorsWriter.Source("rest", DataType.F32, List.of(2, 3), values, 1),
                        new SafeTensorsWriter.Source("empty", DataType.F32, List.of(0), values, 0),
                        new SafeTensorsWriter.Source("tie \"quoted\" ü", DataType.BF16, List.of(), values, 5)));
        try (SafeTensors tensors = SafeTensors.open(file)) {
            assertThat(tensors.metadata()).containsEntry("format", "pt");
            assertThat(tensors.floats("rest")).containsExactly(1, -2, 3.25f, Float.MIN_VALUE, 1.0039062f, 1e30f);
            assertThat(tensors.floats("half")).containsExactly(1, -2, 3.25f);
            assertThat(tensors.floats("tie \"quoted\" ü")).containsExactly(1f);
            assertThat(tensors.floats("empty")).isEmpty();
        }
        assertThat(dir.toFile().list()).containsExactly("x.safetensors");
    }

    @Test
    void dataBeginsAlignedToEightBytes() throws IOException {
        Path file = dir.resolve("x.safetensors");
        for (int i = 1; i < 10; i++) {
            SafeTensorsWriter.write(
                    file,
                    List.of(new SafeTensorsWriter.Source("t".repeat(i), DataType.F32, List.of(1), new float[1], 0)));
            assertThat(ByteBuffer.wrap(Files.readAllBytes(file))
                                    .order(ByteOrder.LITTLE_ENDIAN)
                                    .getLong()
                            % 8)
                    .isZero();
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsAResourceError() {
        Path file = dir.resolve("missing/x.safetensors");
        assertThatThrownBy(() -> SafeTensorsWriter.write(file, List.of()))
                .isInstanceOfSatisfying(
                        GenkaException.class, e -> assertThat(e.fault()).isEqualTo(Fault.RESOURCE));
    }

    @Test
    void aListOfDimensionsHasAnEnd() throws IOException {
        Path file = write(
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[" + "1,".repeat(64) + "1],\"data_offsets\":[0,4]}}", new byte[4]);
        assertThatThrownBy(() -> SafeTensors.open(file)).hasMessageContaining("tensor a has more than 64 dimensions");
    }

    @Test
    void damagedHeadersNeverDoWorseThanAUserError() throws IOException {
        fuzz(2_000, 1);
    }

    @Test
    @Tag("long")
    void manyDamagedHeadersNeverDoWorseThanAUserError() throws IOException {
        fuzz(20_000, 2);
    }

    private void fuzz(int rounds, long seed) throws IOException {
        byte[] sound = Files.readAllBytes(Golden.path("bad/good.safetensors"));
        String[] splices = {"-", "9", "1e9", "\"", "{", "}", "[", "]", ",", ":", "null", "\"dtype\"", "\\u0000", "0.5"};
        SplittableRandom random = new SplittableRandom(seed);
        Path file = dir.resolve("fuzzed.safetensors");
        for (int round = 0; round < rounds; round++) {
            byte[] bytes = sound.clone();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                int at = random.nextInt(sound.length - 32);
                switch (random.nextInt(3)) {
                    case 0 -> bytes[at] = (byte) random.nextInt(256);
                    case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                    default -> {
                        byte[] splice = splices[random.nextInt(splices.length)].getBytes(StandardCharsets.UTF_8);
                        System.arraycopy(splice, 0, bytes, at, Math.min(splice.length, bytes.length - at));
                    }
                }
            }
            int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length;
            Files.write(file, java.util.Arrays.copyOf(bytes, length));
            Throwable thrown = catchThrowable(this::readAll);
            if (thrown != null) {
                assertThat(thrown)
                        .as("round %d of seed %d", round, seed)
                        .isInstanceOfSatisfying(
                                GenkaException.class, e -> assertThat(e.fault()).isEqualTo(Fault.USER));
            }
        }
    }

    private void readAll() {
        try (SafeTensors tensors = SafeTensors.open(dir.resolve("fuzzed.safetensors"))) {
            for (StoredTensor tensor : tensors.tensors().values()) {
                if (tensor.dtype().readableAsFloat()) {
                    tensors.floats(tensor.name());
                }
            }
        }
    }

    private Path write(String header, byte[] data) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json).put(data);
        return Files.write(dir.resolve("t.safetensors"), bytes.array());
    }
}
