package genka.app;

import static org.assertj.core.api.Assertions.assertThat;

import genka.books.RunState;
import genka.report.LivePage;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The live page as a browser shows it. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class WatchInBrowserTest {
    @TempDir
    Path folder;

    @Test
    void curvesMoveAnswersAppearAndTheBillTicks() throws Exception {
        Home option = new Home();
        option.chosen = folder.resolve("home");
        LivePage page = new LivePage();
        try (Chromium chromium = Chromium.start(folder.resolve("profile"))) {
            watched(chromium, option, page);
            await(chromium, "document.documentElement.dataset.live === 'ended'");
        }
    }

    private static void watched(Chromium chromium, Home option, LivePage page) throws Exception {
        try (LiveServer server = LiveServer.start(page, 0);
                ToldRun run = ToldRun.begin(option.path(), "live", 1)) {
            Watch watch = new Watch(option, page, server);
            chromium.open(server.address(), 390);
            await(chromium, "document.documentElement.dataset.live === 'on'");
            assertThat(chromium.ask("document.querySelector('h1').textContent")).isEqualTo("No run is going yet.");
            assertThat(watch.awaitRun()).contains("live");
            CompletableFuture<RunState> over = CompletableFuture.supplyAsync(() -> follow(watch));

            run.pretrain(40);
            await(chromium, "document.querySelector('#chart-loss svg') !== null");
            Object cost = chromium.ask("document.querySelector('#headline .tiles').textContent");
            assertThat(chromium.count("#chart-reward")).isZero();

            assertThat(chromium.title()).startsWith("A told run learns to think.");

            chromium.ask("document.getElementById('table-loss').open = true");
            chromium.ask("document.querySelector('#table-loss > summary').focus()");
            chromium.ask("getSelection().selectAllChildren(document.querySelector('h1'))");
            Object headline = chromium.ask("document.getElementById('headline').textContent");
            run.reinforce(0, 12);
            await(chromium, "document.querySelector('#chart-reward svg') !== null");
            await(chromium, "document.querySelector('#answers').textContent.includes('onerror')");
            assertThat(chromium.ask("document.activeElement.localName")).isEqualTo("summary");
            assertThat(chromium.ask("document.getElementById('headline').textContent"))
                    .as("while it is marked")
                    .isEqualTo(headline);
            chromium.ask("getSelection().removeAllRanges()");
            await(chromium, "document.querySelector('.eyebrow').textContent.includes('grpo, step 12')");
            assertThat(chromium.ask("document.querySelector('#headline .tiles').textContent"))
                    .isNotEqualTo(cost);
            assertThat(chromium.ask("document.getElementById('table-loss').open"))
                    .isEqualTo(true);
            assertThat(chromium.count("#chart-loss svg")).isEqualTo(1);
            chromium.assertNoSidewaysScrolling();

            run.finish();
            assertThat(over.get(60, TimeUnit.SECONDS)).isEqualTo(RunState.FINISHED);
            await(chromium, "document.querySelector('.state').textContent === 'finished'");
            chromium.assertQuiet(server.address());
        }
    }

    private static RunState follow(Watch watch) {
        try {
            return watch.follow("live");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(Chromium chromium, String condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Boolean.TRUE.equals(chromium.ask(condition))) {
            assertThat(System.nanoTime()).as("still not: " + condition).isLessThan(end);
            Thread.sleep(50);
        }
    }
}
