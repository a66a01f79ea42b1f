package genka.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reports as a browser shows them. */
class ReportInBrowserTest {
    @TempDir
    static Path folder;

    private static Chromium chromium;
    private static String story;
    private static String comparison;

    @BeforeAll
    static void write() {
        chromium = Chromium.start(folder.resolve("profile"));
        Path home = folder.resolve("home");
        ToldRun.whole(home, "first", 1);
        ToldRun.whole(home, "second", 2);
        story = report(home, "first");
        comparison = report(home, "first", "second");
    }

    @AfterAll
    static void close() {
        if (chromium != null) {
            chromium.close();
        }
    }

    private static String report(Path home, String... runs) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String[] args = new String[runs.length + 3];
        args[0] = "report";
        System.arraycopy(runs, 0, args, 1, runs.length);
        args[runs.length + 1] = "--home";
        args[runs.length + 2] = home.toString();
        assertThat(Main.run(args, Terminal.into(out, new ByteArrayOutputStream())))
                .isZero();
        return Path.of(out.toString(StandardCharsets.UTF_8).strip()).toUri().toString();
    }

    @ParameterizedTest
    @ValueSource(ints = {1440, 390})
    void aStoryShowsItsChartsAndAsksNothingOfAnyNetwork(int width) {
        chromium.open(story, width);
        assertThat(chromium.count(".chart svg path")).isGreaterThan(10);
        assertThat(chromium.count("figure .chart")).isEqualTo(chromium.count(".chart svg"));
        assertThat(chromium.ask("document.querySelector('canvas').width")).isEqualTo(160L);
        chromium.assertNoSidewaysScrolling();
        chromium.assertQuiet(story);
    }

    @ParameterizedTest
    @ValueSource(ints = {1440, 390})
    void aComparisonHasALineForEachRun(int width) {
        chromium.open(comparison, width);
        assertThat(chromium.ask("JSON.parse(document.getElementById('data').textContent).charts[0].lines.length"))
                .isEqualTo(2L);
        assertThat(chromium.count(".chart svg path")).isGreaterThan(10);
        chromium.assertNoSidewaysScrolling();
        chromium.assertQuiet(comparison);
    }

    @Test
    void whatAModelWroteIsShownAndNeverRun() {
        chromium.open(story, 1440);
        assertThat(chromium.title())
                .startsWith("A told run learns to think. </script>")
                .endsWith("· Genka");
        assertThat(chromium.count("img")).isZero();
        assertThat(String.valueOf(chromium.ask("document.body.textContent"))).contains(ToldRun.HOSTILE);
    }

    @Test
    void theAhaMomentIsMarkedWhereItHappens() {
        chromium.open(story, 1440);
        assertThat(chromium.ask("[...document.querySelectorAll('#chart-aha text')].some(t => t.textContent === 'aha')"))
                .isEqualTo(true);
        assertThat(String.valueOf(chromium.ask("document.querySelector('#aha figcaption').textContent")))
                .contains("Between steps 4 and 6 of grpo")
                .contains("from 12 % to 98 %");
    }

    @Test
    void axesSayWhatTheyCount() {
        chromium.open(story, 1440);
        assertThat(words("#chart-aha")).contains("accuracy", "tokens", "pretrain · 40 steps", "grpo · 12 steps");
        assertThat(words("#chart-loss")).contains("step of pretrain");
    }

    private static List<String> words(String chart) {
        return String.valueOf(chromium.ask(
                        "[...document.querySelectorAll('" + chart + " text')].map(t => t.textContent).join('\\n')"))
                .lines()
                .toList();
    }

    @Test
    void theThemeCanBeChanged() {
        chromium.open(story, 1440);
        Object light = chromium.ask("getComputedStyle(document.body).backgroundColor");
        chromium.ask("document.getElementById('theme').click()");
        assertThat(chromium.ask("getComputedStyle(document.body).backgroundColor"))
                .isNotEqualTo(light);
        assertThat(chromium.ask("document.getElementById('theme').textContent")).isEqualTo("Light");
        chromium.open(story, 1440);
        assertThat(chromium.ask("document.getElementById('theme').textContent"))
                .as("after another look")
                .isEqualTo("Light");
        chromium.ask("document.getElementById('theme').click()");
        chromium.assertQuiet(story);
    }

    @Test
    void everyPictureHasWordsAndEveryControlAName() {
        chromium.open(story, 390);
        assertThat(chromium.count("[role=img]:not([aria-label])")).isZero();
        assertThat(chromium.count("figure .chart")).isEqualTo(chromium.count("figure .chart ~ details table"));
        assertThat(chromium.count("h1")).isEqualTo(1);
        assertThat(chromium.ask("document.documentElement.lang")).isEqualTo("en");
    }
}
