package genka.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.kernel.SeededRandom;
import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckpointTest {
    @TempDir
    Path folder;

    private static Checkpoint checkpoint(long step) {
        float[] values = new float[70_001];
        SeededRandom random = SeededRandom.of(step);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        Map<String, float[]> arrays = new LinkedHashMap<>();
        arrays.put("values", values);
        arrays.put("buffers", new float[0]);
        return new Checkpoint(
                new Checkpoint.Header(
                        1,
                        step,
                        step,
                        0,
                        new long[] {1, -2, Long.MAX_VALUE},
                        List.of(Evaluation.ofText("pretrain", 3, 2.5)),
                        List.of(new RunResult.Stage(
                                "pretrain",
                                "pretrain",
                                "main",
                                10,
                                1.25,
                                99,
                                Optional.of(new RunResult.Kept(3, 12, 5)))),
                        0.5,
                        7,
                        List.of(new RunResult.Exchange("1+2=", "A3", 1)),
                        Optional.of(Evaluation.ofText("pretrain", 2, 2.25)),
                        11,
                        12),
                arrays);
    }

    private static void same(Checkpoint a, Checkpoint b) {
        assertThat(a.header())
                .usingRecursiveComparison()
                .withEqualsForType(Double::equals, Double.class)
                .isEqualTo(b.header());
        assertThat(a.arrays().keySet()).isEqualTo(b.arrays().keySet());
        a.arrays()
                .forEach((name, array) ->
                        assertThat(Arrays.equals(array, b.arrays().get(name))).isTrue());
    }

    @Test
    void whatIsWrittenIsRead() throws Exception {
        Path file = new CheckpointFolder(folder, 2).save(checkpoint(5));
        same(Checkpoint.read(file), checkpoint(5));
    }

    @Test
    void theNewestFewStay() throws IOException {
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 2);
        for (int step = 1; step <= 5; step++) {
            checkpoints.save(checkpoint(step));
        }
        assertThat(checkpoints.files()).hasSize(2);
        assertThat(checkpoints.newest(_ -> {}).orElseThrow().header().step()).isEqualTo(5);
    }

    @Test
    void anyDamageIsNoticedAndTheOneBeforeIsUsed() throws IOException {
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 3);
        checkpoints.save(checkpoint(1));
        Path newest = checkpoints.save(checkpoint(2));
        byte[] good = Files.readAllBytes(newest);
        SeededRandom random = SeededRandom.of(4);
        for (int trial = 0; trial < 200; trial++) {
            byte[] bad;
            if (trial % 2 == 0) {
                bad = Arrays.copyOf(good, random.nextInt(good.length));
            } else {
                bad = good.clone();
                // Bytes 8 to 11 are the version: that is told as such.
                int at = random.nextInt(8) == 0 ? random.nextInt(8) : 12 + random.nextInt(good.length - 12);
                bad[at] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(newest, bad);
            List<String> notices = new ArrayList<>();
            assertThat(checkpoints.newest(notices::add).orElseThrow().header().step())
                    .as("trial " + trial)
                    .isEqualTo(1);
            assertThat(notices).singleElement().asString().contains("corrupt");
        }
    }

    @Test
    void aHalfWrittenOneIsNeverSeen() throws IOException {
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 3);
        checkpoints.save(checkpoint(1));
        Files.write(folder.resolve("checkpoint.part"), new byte[100]);
        assertThat(checkpoints.newest(_ -> {}).orElseThrow().header().step()).isEqualTo(1);
        checkpoints.save(checkpoint(2));
        assertThat(folder.resolve("checkpoint.part")).doesNotExist();
    }

    @Test
    void aFolderThatCannotBeWrittenIsAResourceError() throws IOException {
        Path file = folder.resolve("file");
        Files.writeString(file, "not a folder");
        assertThatThrownBy(() -> new CheckpointFolder(file, 2).save(checkpoint(1)))
                .isInstanceOf(GenkaException.class)
                .satisfies(e -> assertThat(((GenkaException) e).fault()).isEqualTo(Fault.RESOURCE))
                .hasMessageContaining("there is none before it");
    }

    @Test
    void aCheckpointThatCannotBeWrittenKeepsTheLastOne() throws IOException {
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 2);
        checkpoints.save(checkpoint(1));
        // Where the next one is written first.
        Files.writeString(
                Files.createDirectories(folder.resolve("checkpoint.part")).resolve("in the way"), "");
        assertThatThrownBy(() -> checkpoints.save(checkpoint(2))).hasMessageContaining("the last good one is kept");
        assertThat(checkpoints.newest(_ -> {}).orElseThrow().header().step()).isEqualTo(1);
    }
}
