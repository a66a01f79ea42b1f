package genka.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpertSharesTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 7, 99, 100, 101, 450, 10_000})
    void atMostAHundredRowsAStageTheFirstStepAmongThem(long steps) {
        assertThat(ExpertShares.due(1, steps)).isTrue();
        assertThat(LongStream.rangeClosed(1, steps).filter(step -> ExpertShares.due(step, steps)))
                .hasSizeBetween((int) Math.min(steps, 50), 100);
    }

    @Test
    void shortStagesKeepEveryStep() {
        assertThat(LongStream.rangeClosed(1, 12).allMatch(step -> ExpertShares.due(step, 12)))
                .isTrue();
    }
}
