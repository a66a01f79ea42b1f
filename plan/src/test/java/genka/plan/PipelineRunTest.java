package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import genka.plan.PipelineRun.Passes;
import java.util.function.IntFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The closed forms that the planner uses, beside schedules played through. */
class PipelineRunTest {
    private static final double EXACT = 1e-9;
    private static final Passes EVEN = new Passes(1, 1, 1);
    /** What a backward pass that computes its layers again takes. */
    private static final Passes AGAIN = new Passes(1, 2, 1);

    static Stream<Arguments> pipelines() {
        return pipelines(ranks -> IntStream.of(2 * ranks, 3 * ranks, 5 * ranks + 2));
    }

    /** Too few to fill a pipeline as well. */
    static Stream<Arguments> anyPipelines() {
        return pipelines(ranks -> IntStream.of(1, 2, ranks - 1, ranks + 1, 2 * ranks, 3 * ranks, 5 * ranks + 2));
    }

    private static Stream<Arguments> pipelines(IntFunction<IntStream> microBatches) {
        return Stream.of(Schedule.values())
                .flatMap(schedule -> IntStream.of(2, 4, 8, 16)
                        .boxed()
                        .flatMap(ranks -> microBatches
                                .apply(ranks)
                                .boxed()
                                .flatMap(micro -> IntStream.of(1, 2, 4)
                                        .filter(chunks -> chunks == 1 || schedule == Schedule.ONE_F_ONE_B)
                                        .filter(chunks -> schedule.refusal(ranks, chunks, micro)
                                                .isEmpty())
                                        .mapToObj(chunks -> Arguments.of(schedule, ranks, chunks, micro)))));
    }

    @ParameterizedTest
    @MethodSource("anyPipelines")
    void bubblesAreThePapersClosedForms(Schedule schedule, int ranks, int chunks, int micro) {
        double played = PipelineRun.of(schedule, ranks, chunks, micro, EVEN).bubbleSeconds();
        assertThat(schedule.bubbleSeconds(ranks, chunks, micro, 1, 1, 1)).isCloseTo(played, within(EXACT));
    }

    /** DualPipe's form is for passes of about equal length; with longer backward passes it errs to the careful side. */
    @ParameterizedTest
    @MethodSource("anyPipelines")
    void bubblesWithRecomputationAreTheClosedForms(Schedule schedule, int ranks, int chunks, int micro) {
        double played = PipelineRun.of(schedule, ranks, chunks, micro, AGAIN).bubbleSeconds();
        double closed = schedule.bubbleSeconds(ranks, chunks, micro, 1, 2, 1);
        boolean dual = schedule == Schedule.DUALPIPE || schedule == Schedule.DUALPIPE_V;
        assertThat(closed).isBetween(played - EXACT, played + (dual ? 2 : 0) + EXACT);
    }

    @ParameterizedTest
    @MethodSource("pipelines")
    void activationsInFlightAreTheClosedForms(Schedule schedule, int ranks, int chunks, int micro) {
        double[] held = PipelineRun.of(schedule, ranks, chunks, micro, EVEN).inFlight();
        assertThat(schedule.inFlightFirst(ranks, chunks, micro)).isCloseTo(held[0], within(EXACT));
        assertThat(schedule.inFlightLast(ranks, chunks, micro)).isCloseTo(held[ranks - 1], within(EXACT));
        assertThat(DoubleStream.of(held).max().orElseThrow()).isLessThanOrEqualTo(held[0] + EXACT);
    }

    @ParameterizedTest
    @MethodSource("pipelines")
    void everyRankDoesAllItsWorkOnce(Schedule schedule, int ranks, int chunks, int micro) {
        for (double working :
                PipelineRun.of(schedule, ranks, chunks, micro, AGAIN).working()) {
            assertThat(working).isCloseTo(4.0 * micro, within(EXACT * micro));
        }
    }
}
