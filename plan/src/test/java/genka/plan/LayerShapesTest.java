package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerShapesTest {
    @TempDir
    Path folder;

    private static MeasuredRow row(Job job, double seconds) {
        return new MeasuredRow("row", job.model().name(), "cluster", "", "bf16", job, seconds, false, 1, Tier.GIVEN);
    }

    private static LayerShapes measured(Job job, int rows, double slowness) {
        double[] ratios = new double[rows];
        Arrays.fill(ratios, Math.log(slowness));
        return LayerShapes.of(Stream.generate(() -> row(job, 1)).limit(rows).toList(), ratios);
    }

    @Test
    void manyRowsOfOneShapeMakeStepsOfThatShapeSlowerAndNoOthers() {
        Job job = Jobs.gpt3(8, 8, 1, 64);
        LayerShapes shapes = measured(job, 49, 1.2);
        StepModel plain = new StepModel(Constant.priors());
        StepModel shaped = new StepModel(Constant.priors(), shapes, BubbleTime::closed);
        StepTime time = new StepTime();
        double expected = plain.evaluate(job, time) * Math.pow(1.2, 0.98);
        assertThat(shaped.evaluate(job, time)).isCloseTo(expected, within(1e-9 * expected));
        assertThat(time.total()).isCloseTo(expected, within(1e-9 * expected));
        for (Job other : List.of(Jobs.gpt3(4, 8, 1, 64), Jobs.gpt3(8, 8, 2, 64))) {
            assertThat(shaped.evaluate(other, time)).isEqualTo(plain.evaluate(other, time));
        }
    }

    /** Depth, pipeline and data ranks change neither what a layer's operations look like nor which kernels do them. */
    @Test
    void depthAndOtherRanksAreTheSameShape() {
        Job job = Jobs.gpt3(8, 8, 1, 64);
        assertThat(LayerShape.of(Jobs.gpt3(8, 16, 1, 128))).isEqualTo(LayerShape.of(job));
        assertThat(LayerShape.of(Jobs.gpt3(4, 16, 1, 64))).isNotEqualTo(LayerShape.of(job));
    }

    @Test
    void fewRowsAreTakenForNoise() {
        assertThat(measured(Jobs.gpt3(8, 8, 1, 64), 7, 1.2).byShape()).isEmpty();
        assertThat(measured(Jobs.gpt3(8, 8, 1, 64), 8, 1.2).byShape()).hasSize(1);
    }

    @Test
    void aFitFindsTheShapeThatItsConstantsDoNotMeet() {
        List<MeasuredRow> rows = new ArrayList<>();
        TimeModel times = Calibration.prior().times();
        for (int pipeline : List.of(1, 2, 4, 8, 16, 32)) {
            for (long batch : List.of(64L, 128L, 256L)) {
                for (int tensor : List.of(1, 2, 4, 8)) {
                    Job job = Jobs.gpt3(tensor, pipeline, 1, batch);
                    rows.add(row(job, times.seconds(job) * (tensor == 2 ? 1.2 : 1)));
                }
            }
        }
        Calibration fitted = Fit.family(Stack.MODERN.calibration(), rows, any -> true, Calibration.prior());
        for (MeasuredRow row : rows) {
            double predicted = fitted.times().seconds(row.task()) * fitted.factor("cluster");
            assertThat(predicted).isCloseTo(row.actual(), within(0.03 * row.actual()));
        }
    }

    @Test
    void aCalibrationFileKeepsThem() throws IOException {
        LayerShapes shapes = measured(Jobs.gpt3(8, 8, 1, 64), 20, 1.25);
        Calibration written = new Calibration(Constant.priors(), Map.of(), shapes, Spreads.NONE);
        Path file = folder.resolve("general.yaml");
        Files.writeString(file, Calibrations.text(written, List.of("rows.yaml"), "2026-11-23"));
        Calibration read = Calibrations.read(file);
        assertThat(read.shapes().byShape().keySet()).isEqualTo(shapes.byShape().keySet());
        Job job = Jobs.gpt3(8, 8, 1, 64);
        assertThat(read.shapes().slowness(job)).isCloseTo(shapes.slowness(job), within(1e-4));
        assertThat(read.shapes().of(job).orElseThrow().rows()).isEqualTo(20);
    }
}
