package genka.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class ThreadTeamTest {
    @Test
    void everyItemRunsExactlyOnce() {
        for (int threads = 1; threads <= 4; threads++) {
            try (ThreadTeam team = new ThreadTeam(threads)) {
                for (int count : new int[] {0, 1, 2, 3, 7, 100}) {
                    assertThat(visits(count, task -> team.run(count, 1, task))).isEqualTo(ones(count));
                    assertThat(visits(count, task -> team.run(count, 30, task))).isEqualTo(ones(count));
                    assertThat(visits(count, task -> team.each(count, task))).isEqualTo(ones(count));
                }
            }
        }
    }

    @Test
    void rangesAreNotShorterThanTheGrain() {
        try (ThreadTeam team = new ThreadTeam(4)) {
            AtomicInteger shortest = new AtomicInteger(Integer.MAX_VALUE);
            team.run(100, 40, (worker, from, to) -> shortest.accumulateAndGet(to - from, Math::min));
            assertThat(shortest.get()).isEqualTo(50);
        }
    }

    @Test
    void manySmallCallsLoseNothing() {
        try (ThreadTeam team = new ThreadTeam(3)) {
            int[] sums = new int[3 * 64];
            ThreadTeam.RangeTask task = (worker, from, to) -> sums[worker * 64] += to - from;
            for (int i = 0; i < 100_000; i++) {
                team.run(3, 1, task);
            }
            assertThat(sums[0] + sums[64] + sums[128]).isEqualTo(300_000);
        }
    }

    @Test
    void workersWakeAfterTheyHaveParked() throws InterruptedException {
        try (ThreadTeam team = new ThreadTeam(2)) {
            for (int i = 0; i < 20; i++) {
                Thread.sleep(1); // longer than they spin
                assertThat(visits(2, task -> team.run(2, 1, task))).containsExactly(1, 1);
            }
        }
    }

    @Test
    void callsFromInsideATaskStayOnTheirWorker() {
        try (ThreadTeam team = new ThreadTeam(2)) {
            int[] inner = {-1, -1};
            int[] items = new int[2];
            team.run(
                    2,
                    1,
                    (worker, from, to) -> team.run(10, 1, (nested, first, last) -> {
                        inner[worker] = nested;
                        items[worker] += last - first;
                    }));
            assertThat(inner).containsExactly(0, 1);
            assertThat(items).containsExactly(10, 10);
        }
    }

    @Test
    void failuresReachTheCallerAndTheTeamGoesOn() {
        try (ThreadTeam team = new ThreadTeam(2)) {
            for (int failing = 0; failing < 2; failing++) {
                int bad = failing;
                assertThatThrownBy(() -> team.run(2, 1, (worker, from, to) -> {
                            if (worker == bad) {
                                throw new IllegalArgumentException("worker " + worker);
                            }
                        }))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("worker " + bad);
                assertThat(visits(5, task -> team.each(5, task))).containsOnly(1);
            }
        }
    }

    @Test
    void threadsOutsideTakeTurns() throws InterruptedException {
        try (ThreadTeam team = new ThreadTeam(2)) {
            AtomicInteger total = new AtomicInteger();
            Runnable caller = () -> {
                for (int i = 0; i < 1000; i++) {
                    team.run(4, 1, (worker, from, to) -> total.addAndGet(to - from));
                }
            };
            Thread other = new Thread(caller);
            other.start();
            caller.run();
            other.join();
            assertThat(total.get()).isEqualTo(8000);
        }
    }

    @Test
    void aClosedTeamRefusesWork() {
        ThreadTeam team = new ThreadTeam(2);
        team.close();
        assertThatThrownBy(() -> team.run(1, 1, (worker, from, to) -> {})).isInstanceOf(IllegalStateException.class);
    }

    private interface Call {
        void with(ThreadTeam.RangeTask task);
    }

    private static int[] visits(int count, Call call) {
        AtomicIntegerArray seen = new AtomicIntegerArray(count);
        call.with((worker, from, to) -> {
            for (int i = from; i < to; i++) {
                seen.incrementAndGet(i);
            }
        });
        int[] result = new int[count];
        for (int i = 0; i < count; i++) {
            result[i] = seen.get(i);
        }
        return result;
    }

    private static int[] ones(int count) {
        int[] result = new int[count];
        java.util.Arrays.fill(result, 1);
        return result;
    }
}
