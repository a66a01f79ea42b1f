package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.units.GenkaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows that say what cannot be, or what nobody reads, are not predicted as if they said something else. */
class RowChecksTest {
    private static final String VTRAIN =
            "# GPUs,global batch,micro batch,hidden size,attention heads,# layers,sequence length,tensor parallelism,"
                    + "data parallelism,pipeline parallelism,iteration time (ms)";
    private static final String SERVING = "id,model_path,system,precision,isl,osl,batch_size,tp_size,silicon_tpot_ms";

    @TempDir
    Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            precision: bf16   | precision: int3      | precision (int3) must be one of bf16, fp16, fp8, fp4
            precision: bf16   | precision: banana    | precision (banana) must be
            recompute: none   | recompute: banana    | recompute (banana) must be one of none, selective, full
            gbs: 128          | gbss: 128            | key (gbss) is unknown. Maybe you meant gbs?
            mbs: 1            | fsdp: banana         | fsdp (banana) must be true, false or a number of ranks
            mbs: 1            | mfu: high            | mfu (high) is not a positive number
            mbs: 1            | mbs: 4               | micro-batch (4) x data ranks (64) is more than the global batch (128)
            tp: 1             | tp: 64               | tensor ranks (64) are more than the attention heads (32)
            pp: 1             | pp: 64               | pipeline ranks (64) are more than the layers (32)
            pp: 1             | dp: 32               | dp (32) is not what other ranks leave of the accelerators (64)
            model: LLAMA3_8B  | params: -7e9         | params (-7.0E9) must be a positive number
            model: LLAMA3_8B  | params: 0            | params (0) must be a positive number
            model: LLAMA3_8B  | params: 7B           | params (7B) must be a positive number. Maybe 7e9
            model: LLAMA3_8B  | n_layers: 4, d_model: 100, n_heads: 16 | width (100) is no multiple of the attention heads (16)
            """)
    void throughputThatCannotBeIsRefused(String key, String instead, String reason) throws IOException {
        String row =
                "{model: LLAMA3_8B, gpu: H100, gpus: 64, tp: 1, pp: 1, seq: 8192, gbs: 128, mbs: 1, precision: bf16,"
                        + " recompute: none, step_s: 4.5}";
        MeasuredRows read = read("rows.yaml", "rows:\n  - " + row + "\n  - " + row.replace(key, instead) + "\n");
        assertThat(read.rows()).hasSize(1);
        assertThat(read.refused())
                .singleElement()
                .satisfies(refused -> assertThat(refused.reason()).contains(reason));
    }

    @Test
    void otherKeysAreRemarks() throws IOException {
        String row = "{model: LLAMA3_8B, gpu: H100, gpus: 64, seq: 8192, gbs: 128, mbs: 1, step_s: 4.5";
        MeasuredRows read = read(
                "rows.yaml",
                "rows:\n  - " + row + "}\n  - " + row + ", gpus_each: 8, zz: 1, container: nemo, mfu_best: 1}\n");
        assertThat(read.refused()).isEmpty();
        assertThat(read.remarks()).containsExactly("container", "gpus_each", "mfu_best", "zz");
        assertThat(read.rows())
                .extracting(MeasuredRow::task)
                .hasSize(2)
                .containsOnly(read.rows().getFirst().task());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            total_params: 7e9      | total_params: -7e9 | total_params (-7.0E9) is not a positive number
            count: 64              | count: -64         | count (-64) is not a positive whole number
            count: 64              | cuont: 64          | key (cuont) is unknown. Maybe you meant count?
            precision: bf16        | precision: int3    | precision (int3) must be one of
            hardware               | hardwear           | key (hardwear) is unknown. Maybe you meant hardware?
            """)
    void runsThatCannotBeAreRefused(String key, String instead, String reason) throws IOException {
        String run = "{id: mine, architecture: {total_params: 7e9}, training: {seq_len: 4096, precision: bf16},"
                + " hardware: {accelerator: H100, count: 64}, target: {gpu_hours: 80000, tokens: 1e12}}";
        MeasuredRows read = read(
                "runs.yaml",
                "runs:\n  - " + run + "\n  - " + run.replace(key, instead).replace("id: mine", "id: other") + "\n");
        assertThat(read.rows()).extracting(MeasuredRow::id).containsExactly("mine");
        assertThat(read.refused())
                .singleElement()
                .satisfies(refused -> assertThat(refused.reason()).contains(reason));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            64,512,8,3072,30,30,2048,1,64,1,3566.5   | width (3072) is no multiple of the attention heads (30)
            64,512,16,3072,32,30,2048,1,64,1,3566.5  | micro-batch (16) x data ranks (64) is more than the global batch (512)
            64,512,8,3072,32,30,2048,64,1,1,3566.5   | tensor ranks (64) are more than the attention heads (32)
            64,512,8,3072,32,30,2048,1,1,64,3566.5   | pipeline ranks (64) are more than the layers (30)
            """)
    void stepsOfVtrainThatCannotBeAreRefused(String row, String reason) throws IOException {
        MeasuredRows read = read("rows.csv", VTRAIN + "\n64,512,8,3072,32,30,2048,1,64,1,3566.5\n" + row + "\n");
        assertThat(read.rows()).hasSize(1);
        assertThat(read.refused())
                .singleElement()
                .satisfies(refused -> assertThat(refused.reason()).contains(reason));
    }

    @Test
    void servedRowsSayTheirRanksAndTheirFormat() throws IOException {
        String row = "a,meta-llama/Llama-3.1-70B,h100_sxm,fp8,1024,1024,16,8,20";
        MeasuredRows read = read(
                "serving.csv",
                String.join(
                        "\n",
                        SERVING,
                        row,
                        row,
                        row.replace("a,", "b,").replace("fp8", "int3"),
                        row.replace("a,", "c,").replace(",8,20", ",,20")));
        assertThat(read.rows()).hasSize(1);
        assertThat(read.refused())
                .extracting(MeasuredRows.Refused::reason)
                .satisfiesExactly(
                        twice -> assertThat(twice).contains("same id"),
                        format -> assertThat(format).contains("precision (int3) must be one of"),
                        ranks -> assertThat(ranks).contains("no tp_size"));
        assertThatThrownBy(() -> read(
                        "serving.csv",
                        (SERVING + "\n" + row).replace(",tp_size", "").replace(",8,20", ",20")))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("has no column (tp_size). Maybe it is no CSV of aiconfigurator?");
    }

    @Test
    void filesThatCannotBeMeantAreErrors() throws IOException {
        Files.writeString(folder.resolve("throughput.yaml"), "rows: []");
        assertThatThrownBy(() -> MeasuredRows.read(folder.resolve("thruoghput.yaml")))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("does not exist. Maybe you meant throughput.yaml?");
        assertThatThrownBy(() -> MeasuredRows.read(folder))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("is a folder")
                .hasMessageContaining("Maybe one of throughput.yaml?");
        assertThatThrownBy(() -> read("both.yaml", "rows: [{a: 1}]\nruns: [{a: 1}]\n"))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("holds rows and runs");
        assertThatThrownBy(() -> read("twice.csv", VTRAIN + ",# GPUs\n"))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("has two columns (# GPUs)");
    }

    private MeasuredRows read(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, text);
        return MeasuredRows.read(file);
    }
}
