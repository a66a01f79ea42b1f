package genka.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PassAtKTest {
    /** 1 - C(n-c, k) / C(n, k), counted by hand. */
    @ParameterizedTest
    @CsvSource({
        "16, 4, 1, 0.25",
        "16, 0, 16, 0",
        "16, 1, 16, 1",
        "5, 2, 2, 0.7",
        "10, 3, 5, 0.9166666666666666",
        "4, 4, 1, 1",
        "200, 10, 10, 0.40854786608",
    })
    void equalsTheShareOfSubsetsWithARightAnswer(int answers, int right, int k, double expected) {
        assertThat(PassAtK.of(answers, right, k)).isCloseTo(expected, within(1e-10));
    }

    @Test
    void equalsCountingAllSubsets() {
        for (int answers = 1; answers <= 9; answers++) {
            for (int right = 0; right <= answers; right++) {
                for (int k = 1; k <= answers; k++) {
                    assertThat(PassAtK.of(answers, right, k)).isCloseTo(counted(answers, right, k), within(1e-12));
                }
            }
        }
    }

    @Test
    void meanIsOverProblems() {
        assertThat(PassAtK.mean(4, new int[] {0, 4, 2}, 1)).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void impossibleCountsAreRefused() {
        assertThatThrownBy(() -> PassAtK.of(4, 5, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PassAtK.of(4, 1, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PassAtK.wilson(3, 2, PassAtK.Z95)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Rows of the usual tables: 0 and 10 of 10, 1 of 10, 81 of 263 (Newcombe 1998, table I). */
    @ParameterizedTest
    @CsvSource({"0, 10, 0, 0.2775", "10, 10, 0.7225, 1", "81, 263, 0.2553, 0.3662", "15, 148, 0.0624, 0.1605"})
    void wilsonEqualsPublishedIntervals(long right, long trials, double low, double high) {
        PassAtK.Interval interval = PassAtK.wilson(right, trials, PassAtK.Z95);
        assertThat(interval.low()).isCloseTo(low, within(5e-5));
        assertThat(interval.high()).isCloseTo(high, within(5e-5));
    }

    @Test
    void noTrialsSayNothing() {
        assertThat(PassAtK.wilson(0, 0, PassAtK.Z95)).isEqualTo(new PassAtK.Interval(0, 1));
    }

    /** Answers below {@code right} are right: the share of k-subsets that hold one. */
    private static double counted(int answers, int right, int k) {
        int subsets = 0;
        int passing = 0;
        for (int set = 0; set < 1 << answers; set++) {
            if (Integer.bitCount(set) == k) {
                subsets++;
                if ((set & ((1 << right) - 1)) != 0) {
                    passing++;
                }
            }
        }
        return (double) passing / subsets;
    }
}
