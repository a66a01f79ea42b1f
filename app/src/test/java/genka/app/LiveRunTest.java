package genka.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.catalog.GenkaRoot;
import java.io.ByteArrayOutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A run that serves its own page. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class LiveRunTest {
    private static final Pattern ADDRESS = Pattern.compile("watch it at (http://127\\.0\\.0\\.1:\\d+/)");
    private static final String DATA = "data: ";

    @TempDir
    Path home;

    @Test
    void aRunServesItsPageWhileItsCurvesGrowAndEndsItWithItself() throws Exception {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = Terminal.into(new ByteArrayOutputStream(), err);
        String[] line = {
            "run",
            GenkaRoot.path().resolve("recipes/r1-zero-tiny.yaml").toString(),
            "--watch",
            "--set",
            "stages=[{kind: pretrain, steps: 150, batch: 16, loss_on: response, optimizer: {learning_rate: 1e-3}}]",
            "--set",
            "data.evaluation_prompts=4",
            "--home",
            home.toString()
        };
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() -> Main.run(line, terminal));
        URI address = address(err, exit);

        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThat(client.send(request(address), BodyHandlers.ofString()).body())
                    .contains("<title>");
            List<String> events = client.send(request(address.resolve("events")), BodyHandlers.ofLines())
                    .body()
                    .toList();
            assertThat(exit.get(60, TimeUnit.SECONDS)).isZero();
            assertThat(err.toString(StandardCharsets.UTF_8)).doesNotContain("no report", "stands still");

            List<Integer> points = events.stream()
                    .filter(event -> event.startsWith(DATA + "{\"charts\""))
                    .map(LiveRunTest::pointsOfLoss)
                    .distinct()
                    .toList();
            assertThat(points).hasSizeGreaterThan(1).isSorted().endsWith(150);
            assertThat(events).contains("event: ended");
            assertThatThrownBy(() -> client.send(request(address), BodyHandlers.ofString()))
                    .isInstanceOf(ConnectException.class);
        }
    }

    /** Of the line the run says it in. */
    private static URI address(ByteArrayOutputStream err, CompletableFuture<Integer> exit) throws InterruptedException {
        while (true) {
            Matcher said = ADDRESS.matcher(err.toString(StandardCharsets.UTF_8));
            if (said.find()) {
                return URI.create(said.group(1));
            }
            assertThat(exit).as(err.toString(StandardCharsets.UTF_8)).isNotDone();
            Thread.sleep(5);
        }
    }

    private static HttpRequest request(URI address) {
        return HttpRequest.newBuilder(address)
                .header("Accept", "text/event-stream, text/html")
                .build();
    }

    private static int pointsOfLoss(String event) {
        for (JsonNode chart :
                Json.mapper().readTree(event.substring(DATA.length())).path("charts")) {
            if (chart.path("id").asString().equals("loss")) {
                return chart.at("/lines/0/parts/0").size();
            }
        }
        return 0;
    }
}
