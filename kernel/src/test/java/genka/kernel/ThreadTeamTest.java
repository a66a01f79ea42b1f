package genka.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
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
    void aShareIsALongRangeForEachThreadThenShortOnes() {
        ConcurrentLinkedQueue<Integer> lengths = new ConcurrentLinkedQueue<>();
        try (ThreadTeam team = new ThreadTeam(3)) {
            assertThat(visits(
                            100,
                            task -> team.share(100, 5, (worker, from, to) -> {
                                lengths.add(to - from);
                                task.run(worker, from, to);
                            })))
                    .containsOnly(1);
            assertThat(lengths).containsExactlyInAnyOrder(25, 25, 25, 5, 5, 5, 5, 5);
            assertThat(visits(7, task -> team.share(7, 5, task))).containsOnly(1);
            assertThat(visits(2, task -> team.share(2, 1, task))).containsOnly(1);
        }
        try (ThreadTeam alone = new ThreadTeam(1)) {
            int[] length = new int[1];
            alone.share(100, 9, (worker, from, to) -> length[0] = to - from);
            assertThat(length[0]).isEqualTo(100);
        }
    }

    @Test
    void manySmallCallsLoseNothing() {
        try (ThreadTeam team = new ThreadTeam(3)) {
            int[] visits = new int[3 * 64];
            ThreadTeam.RangeTask task = (worker, from, to) -> visits[from * 64] += to - from;
            for (int i = 0; i < 100_000; i++) {
                team.run(3, 1, task);
            }
            assertThat(visits[0]).isEqualTo(100_000);
            assertThat(visits[64]).isEqualTo(100_000);
            assertThat(visits[128]).isEqualTo(100_000);
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
            AtomicIntegerArray items = new AtomicIntegerArray(2);
            AtomicInteger strays = new AtomicInteger();
            team.run(
                    2,
                    1,
                    (worker, from, to) -> team.run(10, 1, (nested, first, last) -> {
                        strays.addAndGet(nested == worker ? 0 : 1);
                        items.addAndGet(worker, last - first);
                    }));
            assertThat(strays.get()).isZero();
            assertThat(items.get(0) + items.get(1)).isEqualTo(20);
        }
    }

    @Test
    void failuresReachTheCallerAndTheTeamGoesOn() {
        try (ThreadTeam team = new ThreadTeam(2)) {
            for (int failing = 0; failing < 2; failing++) {
                int bad = failing;
                assertThatThrownBy(() -> team.run(2, 1, (worker, from, to) -> {
                            if (from == bad) {
                                throw new IllegalArgumentException("part " + from);
                            }
                        }))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("part " + bad);
                assertThat(visits(5, task -> team.each(5, task))).containsOnly(1);
            }
        }
    }

    @Test
    void aWorkerThatIsBusyElsewhereDelaysNobody() throws InterruptedException {
        try (ThreadTeam team = new ThreadTeam(2)) {
            CountDownLatch release = new CountDownLatch(1);
            AtomicInteger done = new AtomicInteger();
            team.each(50, (worker, from, to) -> {
                if (worker == 1 && done.get() < 49) {
                    awaitQuietly(release); // until the caller has done all the rest
                }
                if (done.incrementAndGet() == 49) {
                    release.countDown();
                }
            });
            assertThat(done.get()).isEqualTo(50);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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
