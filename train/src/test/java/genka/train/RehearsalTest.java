package genka.train;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

final class RehearsalTest {
    /** In a run a fault of the toy's would go unseen. */
    @Test
    void theToyTrains() {
        assertThatCode(Rehearsal::train).doesNotThrowAnyException();
    }
}
