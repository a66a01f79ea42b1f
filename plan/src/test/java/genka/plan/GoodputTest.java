package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import genka.catalog.Facts;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoodputTest {
    private static final Facts FACTS = Facts.named("reliability.yaml");
    private static final double LLAMA_STATE = 405e9 * 14;

    @Test
    void failuresOfLlama3ComeAsOftenAsItsReportSays() {
        // arXiv 2407.21783 §3.3.4: 419 in 54 days on 16,384, and more than 90 % effective training time
        Goodput llama = Goodput.of(54 * 24, 16384, LLAMA_STATE, FACTS);
        assertThat(llama.meanHoursBetweenFailures()).isCloseTo(54 * 24 / 419.0, within(0.1));
        assertThat(llama.share()).isBetween(0.88, 0.97);
    }

    @Test
    void metasClustersLieInTheRange() {
        // arXiv 2410.21680: 7.9 h in the mean at 1,024 accelerators of RSC-1 with its 6.50 failures per 1,000 node-days
        // of 8
        double rate = Reliability.of(FACTS, "interruptions_per_accelerator_hour", Reliability.End.HIGH)
                .interruptionsPerHour();
        assertThat(6.5 / 1000 / 24 / 8).isBetween(0.0, rate);
    }

    @Test
    void bloomLosesHalfAnIntervalAtEachFailure() {
        // "we were saving a checkpoint every 3h so on average we would lose 1.5h of training on hardware crash"
        double work = 1e5;
        double mean = 168 / 1.5;
        double lost = Goodput.wallHours(work, 3, 0, 1e-9, mean) - work;
        assertThat(lost / (work / mean)).isCloseTo(1.5, within(0.03));
    }

    @Test
    void lossesSumToTheWallClock() {
        for (int accelerators : new int[] {8, 512, 16384, 200_000}) {
            Goodput goodput = Goodput.of(1000, accelerators, LLAMA_STATE, FACTS);
            double lost = goodput.lostHours().values().stream()
                    .mapToDouble(Double::doubleValue)
                    .sum();
            assertThat(goodput.steadyHours() + lost).isCloseTo(goodput.wallHours(), within(1e-6));
            assertThat(goodput.lostHours().values()).allMatch(hours -> hours >= 0);
            assertThat(goodput.low()).isBetween(goodput.steadyHours(), goodput.wallHours());
            assertThat(goodput.high()).isGreaterThan(goodput.wallHours());
        }
    }

    @Test
    void moreMachinesLoseALargerShareAndNeedMoreSpares() {
        Goodput before = Goodput.of(1000, 64, LLAMA_STATE, FACTS);
        for (int accelerators = 128; accelerators <= 1 << 17; accelerators *= 2) {
            Goodput goodput = Goodput.of(1000, accelerators, LLAMA_STATE, FACTS);
            assertThat(goodput.share()).isLessThan(before.share());
            assertThat(goodput.spares()).isGreaterThanOrEqualTo(before.spares());
            before = goodput;
        }
    }

    @ParameterizedTest
    @CsvSource({"0.01, 0.3, 5", "0.05, 0.2, 20", "0.002, 0.05, 1", "0.2, 0.5, 8"})
    void theExpectationIsWhatASimulationGives(double write, double down, double mean) {
        double every = Goodput.bestInterval(write, mean);
        double work = 4000 * every;
        double simulated = simulate(work, every, write, down, mean, 7);
        assertThat(Goodput.wallHours(work, every, write, down, mean)).isCloseTo(simulated, within(0.02 * simulated));
    }

    @ParameterizedTest
    @CsvSource({"0.01, 0.3, 5", "0.05, 0.2, 20", "0.2, 0.5, 8", "1, 0.5, 6"})
    void noOtherIntervalIsBetterThanDalys(double write, double down, double mean) {
        double best = Goodput.wallHours(1000, Goodput.bestInterval(write, mean), write, down, mean);
        for (double every = write / 4; every < 2 * mean; every *= 1.1) {
            assertThat(best).isLessThan(1.002 * Goodput.wallHours(1000, every, write, down, mean));
        }
    }

    @Test
    void whereCheckpointsAreCheapTheIntervalIsYoungs() {
        assertThat(Goodput.bestInterval(0.001, 100)).isCloseTo(Math.sqrt(2 * 0.001 * 100), within(0.002));
    }

    /** Works in pieces, each written before it counts; a failure at any time throws back to the last checkpoint. */
    private static double simulate(double work, double every, double write, double down, double mean, long seed) {
        Random random = new Random(seed);
        double clock = 0;
        double failure = next(random, mean);
        for (double done = 0; done < work - 1e-9; done += every) {
            double needed = every + write;
            while (failure < clock + needed) {
                clock = failure;
                failure = clock + next(random, mean);
                while (failure < clock + down) { // fails again while it restarts
                    clock = failure;
                    failure = clock + next(random, mean);
                }
                clock += down;
            }
            clock += needed;
        }
        return clock;
    }

    private static double next(Random random, double mean) {
        return -mean * Math.log(1 - random.nextDouble());
    }
}
