package genka.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.catalog.ModelSpec;
import genka.catalog.ParameterCount;
import genka.testkit.Golden;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFilesTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v3_tiny",
                "v3_groups_yarn",
                "v3_no_qlora",
                "v2_lite",
                "v2_grouped",
                "v3_fp8",
                "v3_fp8_ue8m0",
                "v3_bf16",
                "v3_mtp",
                "sharded"
            })
    void whatIsSavedLoadsBitEqual(String name) {
        Model model = ModelFiles.load(Golden.path(name));
        ModelFiles.save(model, dir.resolve("saved"), Map.of("note.txt", "kept"));
        Model again = ModelFiles.load(dir.resolve("saved"));
        assertThat(again.parameters().values()).isEqualTo(model.parameters().values());
        assertThat(again.parameters().buffers()).isEqualTo(model.parameters().buffers());
        assertThat(withoutFp8(again.spec())).isEqualTo(withoutFp8(model.spec()));
        assertThat(dir.resolve("saved")).isDirectoryContaining("glob:**/note.txt");
        assertThat(dir.resolve("saved").toFile().list())
                .containsExactlyInAnyOrder("config.json", "model.safetensors", "note.txt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v3_tiny", "v3_groups_yarn", "v2_lite", "v3_mtp"})
    void tensorsAreNamedAndShapedAsPublished(String name) {
        Path golden = Golden.path(name);
        ModelFiles.save(ModelFiles.load(golden), dir, Map.of());
        try (SafeTensors published = SafeTensors.open(golden.resolve("model.safetensors"));
                SafeTensors saved = SafeTensors.open(dir.resolve("model.safetensors"))) {
            assertThat(new TreeSet<>(saved.tensors().keySet()))
                    .isEqualTo(new TreeSet<>(published.tensors().keySet()));
            for (String tensor : published.tensors().keySet()) {
                assertThat(saved.tensor(tensor).shape())
                        .as(tensor)
                        .isEqualTo(published.tensor(tensor).shape());
                assertThat(saved.floats(tensor)).as(tensor).isEqualTo(published.floats(tensor));
            }
        }
    }

    @Test
    void shardsHoldTheSameModelAsOneFile() {
        assertThat(ModelFiles.load(Golden.path("sharded")).parameters().values())
                .isEqualTo(ModelFiles.load(Golden.path("v3_tiny")).parameters().values());
    }

    @ParameterizedTest
    @ValueSource(strings = {"v3_tiny", "v3_groups_yarn", "v3_no_qlora", "v2_lite", "v3_mtp"})
    void theArithmeticCountsWhatIsStored(String name) {
        ModelInspection inspection = ModelInspection.of(Golden.path(name));
        ParameterCount count = inspection.model().orElseThrow().parameters();
        assertThat(inspection.storedValues()).isEqualTo(count.total() + count.mtp() + count.mtpCopies());
        assertThat(inspection.storedBytes()).isEqualTo(4 * inspection.storedValues());
    }

    @Test
    void fp8ScalesBelongToBlocksOfTheirIndex() {
        float[] values = {1, 1, 1, 1, 1, 1, 1, 1, 1};
        Fp8Scales.apply(values, 0, List.of(3L, 3L), List.of(2, 2), new float[] {1, 2, 3, 4});
        assertThat(values).containsExactly(1, 1, 2, 1, 1, 2, 3, 3, 4);
        assertThat(Fp8Scales.shape(List.of(576, 7168), List.of(128, 128))).containsExactly(5L, 56L);
    }

    @Test
    void aCopyThatDiffersIsRefused() throws IOException {
        Path golden = Golden.path("v3_mtp");
        byte[] bytes = Files.readAllBytes(golden.resolve("model.safetensors"));
        try (SafeTensors file = SafeTensors.open(golden.resolve("model.safetensors"))) {
            StoredTensor copy = file.tensor("model.layers.2.embed_tokens.weight");
            long header = bytes.length
                    - file.tensors().values().stream()
                            .mapToLong(StoredTensor::end)
                            .max()
                            .orElseThrow();
            bytes[(int) (header + copy.begin())] ^= 1;
        }
        Files.write(dir.resolve("model.safetensors"), bytes);
        Files.copy(golden.resolve("config.json"), dir.resolve("config.json"));
        assertThatThrownBy(() -> ModelFiles.load(dir))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("model.layers.2.embed_tokens.weight differs from model.embed_tokens.weight");
    }

    @Test
    void absurdSizesAreRefusedBeforeAnythingIsAllocated() throws IOException {
        Path golden = Golden.path("v3_tiny");
        Files.copy(golden.resolve("model.safetensors"), dir.resolve("model.safetensors"));
        String config = Files.readString(golden.resolve("config.json"));
        for (String key : List.of("num_hidden_layers", "n_routed_experts", "num_nextn_predict_layers")) {
            Files.writeString(
                    dir.resolve("config.json"),
                    config.replaceAll("\"" + key + "\": \\d+", "\"" + key + "\": 16000000"));
            assertThatThrownBy(() -> ModelFiles.load(dir))
                    .isInstanceOf(GenkaException.class)
                    .hasMessageContaining("16000000");
        }
        Files.writeString(dir.resolve("config.json"), config.replace("\"vocab_size\": 64", "\"vocab_size\": 16000000"));
        assertThatThrownBy(() -> ModelFiles.load(dir))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("must be [16000000, 64] by config.json");
    }

    @Test
    void missingMtpWeightsComeWithAdvice() throws IOException {
        Path golden = Golden.path("v3_tiny");
        Files.copy(golden.resolve("model.safetensors"), dir.resolve("model.safetensors"));
        Files.writeString(
                dir.resolve("config.json"),
                Files.readString(golden.resolve("config.json"))
                        .replace("\"num_nextn_predict_layers\": 0", "\"num_nextn_predict_layers\": 1"));
        assertThatThrownBy(() -> ModelFiles.load(dir)).hasMessageContaining("set num_nextn_predict_layers to 0");
    }

    private static ModelSpec withoutFp8(ModelSpec spec) {
        return new ModelSpec(
                spec.modelType(),
                spec.vocabSize(),
                spec.hiddenSize(),
                spec.layers(),
                spec.intermediateSize(),
                spec.attention(),
                spec.moe(),
                spec.mtpModules(),
                spec.rmsNormEps(),
                spec.rope(),
                spec.tiedEmbeddings(),
                spec.maxPositions(),
                spec.bosId(),
                spec.eosIds(),
                spec.padId(),
                List.of());
    }
}
