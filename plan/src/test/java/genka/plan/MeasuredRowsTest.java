package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.units.GenkaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeasuredRowsTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void rowsThatCannotBePlannedAreRefusedWithAReason() throws IOException {
        Path file = folder.resolve("rows.yaml");
        Files.writeString(file, """
                rows:
                  - {"set": "made-up", "model": "LLAMA3_8B", "gpu": "H100", "gpus": 8, "seq": 8192, "gbs": 128, "mbs": 1, "precision": "bf16", "step_s": 12.0}
                  - {"set": "made-up", "model": "Unheard of", "gpu": "H100", "gpus": 8, "seq": 8192, "gbs": 128, "step_s": 12.0}
                  - {"set": "made-up", "model": "LLAMA3_8B", "gpu": "H1000", "gpus": 8, "seq": 8192, "gbs": 128, "step_s": 12.0}
                  - {"set": "made-up", "model": "LLAMA3_8B", "gpu": "H100", "gpus": 8, "tp": 3, "seq": 8192, "gbs": 128, "step_s": 12.0}
                """);
        MeasuredRows rows = MeasuredRows.read(file);
        assertThat(rows.rows()).singleElement().satisfies(row -> {
            assertThat(row.id()).isEqualTo("made-up:1");
            assertThat(row.tier()).isEqualTo(Tier.ASSUMED);
            assertThat(row.value(24.0)).isEqualTo(24.0);
        });
        assertThat(rows.refused())
                .extracting(MeasuredRows.Refused::id)
                .containsExactly("made-up:2", "made-up:3", "made-up:4");
        assertThat(rows.refused().get(1).reason()).contains("H1000");
    }

    @Test
    void whatMemoryCannotHoldMustHaveBeenComputedAgain() throws IOException {
        Path file = folder.resolve("rows.yaml");
        Files.writeString(file, """
                rows:
                  - {"model": "LLAMA3_70B", "gpu": "H100", "gpus": 256, "fsdp": 1, "seq": 8192, "gbs": 512, "mbs": 2, "step_s": 15.0}
                  - {"model": "LLAMA3_70B", "gpu": "H100", "gpus": 256, "fsdp": 1, "seq": 8192, "gbs": 512, "mbs": 2, "recompute": "none", "step_s": 15.0}
                """);
        assertThat(MeasuredRows.read(file).rows())
                .extracting(row -> ((Job) row.task()).strategy().recompute())
                .containsExactly(Strategy.Recompute.FULL, Strategy.Recompute.NONE);
    }

    /** A set may hold rows of several frameworks, and formats of numbers that no strategy chooses. */
    @Test
    void anotherFrameworkOrFormatOfNumbersIsAnotherGroup() throws IOException {
        Path file = folder.resolve("rows.yaml");
        Files.writeString(file, """
                rows:
                  - {"set": "dgxc-25.04", "model": "LLAMA3_70B", "gpu": "H100", "gpus": 256, "seq": 8192, "precision": "FP8", "step_s": 10}
                  - {"set": "dgxc-25.04", "model": "LLAMA3_70B", "gpu": "H100", "gpus": 256, "seq": 8192, "precision": "MXFP8", "step_s": 10}
                  - {"set": "dgxc-25.04", "model": "LLAMA3_70B MaxText FSDP", "gpu": "H100", "gpus": 256, "seq": 8192, "precision": "FP8", "step_s": 10}
                """);
        List<MeasuredRow> rows = MeasuredRows.read(file).rows();
        assertThat(rows).extracting(MeasuredRow::precision).containsExactly("fp8", "mxfp8", "fp8");
        assertThat(rows)
                .extracting(MeasuredRow::cluster)
                .containsExactly("dgxc-25.04/h100-sxm", "dgxc-25.04/h100-sxm", "dgxc-25.04/maxtext/h100-sxm");
        assertThat(rows.getLast().task().model())
                .isEqualTo(rows.getFirst().task().model());
    }

    @Test
    void predictionsComeFromInputsAlone() throws IOException {
        double one = predicted("12.0");
        double other = predicted("99.0");
        assertThat(one).isEqualTo(other);
    }

    @Test
    void columnsStandInAnyOrderQuotedOrNot() throws IOException {
        double plain = predicted("100");
        Path file = folder.resolve("turned.csv");
        Files.writeString(file, turned(VTRAIN) + "\r\n" + turned(ROW + "100") + "\r\n\r\n");
        assertThat(Validation.shipped(MeasuredRows.read(file).rows()).predictions())
                .singleElement()
                .satisfies(each -> assertThat(each.predicted()).isEqualTo(plain));
    }

    private static String turned(String line) {
        return Arrays.stream(line.split(",", -1)).map(cell -> " \"" + cell + "\" ").toList().reversed().stream()
                .collect(Collectors.joining(","));
    }

    /** Ranks as benchmarks' tables write them: tensor, data, of each expert, of experts; then tensor, data, experts and requests. */
    @ParameterizedTest
    @CsvSource({
        "8, 1, 8, 1,    8, 1, 1, 16",
        "8, 1, 1, 8,    8, 1, 8, 16",
        "1, 8, 1, 8,    1, 8, 8, 128",
        "64, 1, 8, 8,   8, 1, 8, 16",
        "1, 64, 8, 8,   1, 8, 8, 1024",
        "4, 4, 1, 16,   4, 1, 4, 64",
        "4, , 2, 2,     4, 1, 2, 16",
        "2, , 4, 1,     2, 2, 1, 32",
        "8, , 1, 1,     8, 1, 1, 16",
        "8, 0, 0, 0,    8, 1, 1, 16",
    })
    void servedRowsSayRanksInManyWays(
            String tp,
            @Nullable String dp,
            String moeTp,
            String moeEp,
            int tensor,
            int data,
            int expert,
            double requests)
            throws IOException {
        String said = String.join(",", tp, Objects.requireNonNullElse(dp, ""), moeTp, moeEp);
        Path file = Files.writeString(folder.resolve("rows.csv"), SERVING.replace(",8,1,8,1,", "," + said + ","));
        assertThat(MeasuredRows.read(file).rows())
                .singleElement()
                .extracting(row -> (ServingJob) row.task())
                .satisfies(job -> {
                    assertThat(List.of(job.tensor(), job.data(), job.expert())).containsExactly(tensor, data, expert);
                    assertThat(job.requests()).isEqualTo(requests);
                    assertThat(job.ranks()).isEqualTo(tensor * data);
                });
    }

    @Test
    void brokenRowsOfATableAreRefusedAndTheOthersKept() throws IOException {
        Path file = folder.resolve("rows.csv");
        Files.writeString(
                file,
                String.join(
                        "\n",
                        VTRAIN,
                        ROW + "100",
                        ROW + "-1",
                        ROW + "100,7",
                        "8,64",
                        "",
                        ROW.replace("2048", "x") + 100));
        MeasuredRows rows = MeasuredRows.read(file);
        assertThat(rows.rows()).extracting(MeasuredRow::id).containsExactly("rows:2");
        assertThat(rows.refused())
                .extracting(MeasuredRows.Refused::id)
                .containsExactly("rows:3", "rows:4", "rows:5", "rows:7");
        assertThat(rows.refused().getLast().reason()).contains("hidden size (x)");
    }

    @Test
    void aFileWithoutRowsIsAnError() throws IOException {
        for (String text : List.of("", VTRAIN + "\n", "a;b\n1;2\n")) {
            Path file = Files.writeString(folder.resolve("rows.csv"), text);
            assertThatThrownBy(() -> MeasuredRows.read(file)).isInstanceOf(GenkaException.class);
        }
        for (String text : List.of("rows: []", "rows: 5", "runs: {a: 1}", "other: 1")) {
            Path file = Files.writeString(folder.resolve("rows.yaml"), text);
            assertThatThrownBy(() -> MeasuredRows.read(file)).isInstanceOf(GenkaException.class);
        }
    }

    @Test
    void noCellOfATableBreaksTheReading() throws IOException {
        for (String table : List.of(VTRAIN + "\n" + ROW + "100", SERVING)) {
            String[] lines = table.split("\n", -1);
            String[] cells = lines[1].split(",", -1);
            for (int i = 0; i < cells.length; i++) {
                for (String odd : ODD) {
                    String[] broken = cells.clone();
                    broken[i] = odd;
                    Path file = folder.resolve("rows.csv");
                    Files.writeString(file, lines[0] + "\n" + String.join(",", broken) + "\n" + lines[1]);
                    checkReadable(file);
                }
            }
        }
    }

    @Test
    void noValueOfYamlBreaksTheReading() throws IOException {
        for (String rows : List.of(THROUGHPUT, RUNS)) {
            for (String key : rows.replaceAll("[^a-z_:]+", " ").split(" ", -1)) {
                for (String odd : ODD.subList(1, ODD.size())) { // an open quote is no YAML
                    String broken = rows.replaceFirst("\\b" + key + " [^,{}\\]]+", key + " " + odd);
                    checkReadable(Files.writeString(folder.resolve("rows.yaml"), broken));
                }
            }
        }
    }

    /** What is kept is predicted, the rest is refused with a reason. */
    private static void checkReadable(Path file) {
        MeasuredRows rows = MeasuredRows.read(file);
        assertThat(rows.rows().size() + rows.refused().size()).isPositive();
        assertThat(rows.refused()).allSatisfy(each -> assertThat(each.reason()).isNotBlank());
        assertThat(Validation.shipped(rows.rows()).predictions())
                .allSatisfy(each -> assertThat(each.predicted()).isPositive().isFinite());
    }

    private static final String VTRAIN =
            "# GPUs,global batch,micro batch,hidden size,attention heads,# layers,sequence length,tensor parallelism,"
                    + "data parallelism,pipeline parallelism,iteration time (ms)";
    private static final String ROW = "8,64,2,2048,16,24,1024,2,2,2,";
    private static final String SERVING = """
            id,backend,backend_version,model_path,system,precision,mode,isl,osl,gemm_quant_mode,moe_quant_mode,batch_size,tp_size,attention_dp_size,moe_tp_size,moe_ep_size,silicon_ttft_ms,silicon_tpot_ms
            a,vllm,0.19.0,deepseek-ai/DeepSeek-R1,h200_sxm,fp8,agg,1024,1024,fp8,fp8,16,8,1,8,1,300,20""";
    private static final String THROUGHPUT = """
            rows:
              - {set: mine, release: 1, model: LLAMA3_8B, gpu: H100, gpus: 64, tp: 2, pp: 2, cp: 1, vp: 2, ep: 1, seq: 8192, gbs: 128, mbs: 1, precision: bf16, recompute: none, step_s: 4.5}
              - {set: mine, model: mine, params: 7e9, gpu: H100, gpus: 8, seq: 4096, grad_accum: 4, mbs: 1, tokens_per_s_per_gpu: 9000}
              - {set: mine, model: mine, n_layers: 24, d_model: 2048, n_heads: 16, gpu: A100, gpus: 8, seq: 2048, gbs: 64, mbs: 4, mfu: 0.4, hfu: 0.5, tflops_per_gpu: 140}
            """;
    private static final String RUNS = """
            runs:
              - {id: mine, year: 2024, architecture: {total_params: 7e9}, training: {seq_len: 4096, global_batch_tokens: 4e6, precision: bf16}, hardware: {accelerator: H100, count: 64}, target: {gpu_hours: 80000, tokens: 1e12}}
            """;
    private static final List<String> ODD = List.of(
            "\"",
            "",
            "-1",
            "0",
            "x",
            "nan",
            "1e400",
            "1e-300",
            "2147483646",
            "99999999999999",
            "3.5",
            "'null'",
            "true");

    private double predicted(String actual) throws IOException {
        Path file = folder.resolve("rows.csv");
        Files.writeString(file, VTRAIN + "\n" + ROW + actual + "\n");
        return Validation.shipped(MeasuredRows.read(file).rows())
                .predictions()
                .getFirst()
                .predicted();
    }
}
