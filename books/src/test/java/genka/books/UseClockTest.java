package genka.books;

import static org.assertj.core.api.Assertions.assertThat;

import genka.books.UseClock.Slice;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UseClockTest {
    private long now = 1_000;
    private final UseClock clock = new UseClock(() -> now, 400);

    private static long sum(Iterable<Slice> slices) {
        long sum = 0;
        for (Slice slice : slices) {
            sum += slice.nanos();
        }
        return sum;
    }

    @Test
    void timeBeforeTheFirstUseIsStartUp() {
        now = 1_100;
        clock.enter("base", Use.PRETRAIN);
        now = 1_107;
        assertThat(clock.slices())
                .containsExactly(new Slice("", Use.START_UP, 700), new Slice("base", Use.PRETRAIN, 7));
        assertThat(clock.elapsed()).isEqualTo(707);
    }

    @Test
    void changeOfUseKeepsTheStage() {
        clock.enter("reason", Use.ROLLOUT);
        now += 5;
        clock.enter(Use.REWARD);
        now += 2;
        clock.enter(Use.ROLLOUT);
        now += 1;
        assertThat(clock.stage()).isEqualTo("reason");
        assertThat(clock.use()).isEqualTo(Use.ROLLOUT);
        assertThat(clock.slices()).contains(new Slice("reason", Use.ROLLOUT, 6), new Slice("reason", Use.REWARD, 2));
    }

    @Test
    void clockThatStepsBackTakesNothingAway() {
        clock.enter("base", Use.PRETRAIN);
        now -= 50;
        clock.enter("base", Use.UPDATE);
        now += 60;
        assertThat(clock.slices()).contains(new Slice("base", Use.UPDATE, 10));
        assertThat(sum(clock.slices())).isEqualTo(clock.elapsed());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void slicesAddUpToTheElapsedTime(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 1_000; i++) {
            now += random.nextInt(4) == 0 ? 0 : random.nextLong(1_000_000_000L);
            clock.enter("stage " + random.nextInt(4), Use.values()[random.nextInt(Use.values().length)]);
            if (i % 100 == 0) {
                UseClock.Reading reading = clock.read();
                assertThat(sum(reading.slices()))
                        .isEqualTo(reading.elapsedNanos())
                        .isEqualTo(now - 400);
            }
        }
        assertThat(clock.slices()).allMatch(slice -> slice.nanos() > 0);
    }

    @Test
    void readingsOfAnotherThreadCloseToo() throws InterruptedException {
        UseClock live = new UseClock(System::nanoTime, System.nanoTime());
        Thread worker = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 200_000; i++) {
                live.enter("s" + i % 3, Use.values()[i % Use.values().length]);
            }
        });
        while (worker.isAlive()) {
            UseClock.Reading reading = live.read();
            assertThat(sum(reading.slices())).isEqualTo(reading.elapsedNanos());
        }
        worker.join();
    }
}
