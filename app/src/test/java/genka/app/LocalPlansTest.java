package genka.app;

import static org.assertj.core.api.Assertions.assertThat;

import genka.books.RunState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class LocalPlansTest {
    @Test
    void aFinishedRunIsComparedWithItsPrediction() {
        assertThat(new LocalPlans.Beside(60, 30, 120, 40).line(RunState.FINISHED))
                .isEqualTo("  predicted 1 min 00 s (80 % range 30 s to 2 min 00 s), took 40 s: +50.0 %\n");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "FINISHED")
    void aRunThatIsNotFinishedHasOnlyItsTimeSoFar(RunState state) {
        assertThat(new LocalPlans.Beside(60, 30, 120, 0).line(state)).endsWith("), so far 0.0 s\n");
    }
}
