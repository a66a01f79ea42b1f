package genka.report;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * A whole page in one file: style, script and charts are inside it, and its content security policy forbids everything else. Scripts run
 * only if their hash is one of ours, so even markup that slipped in could not.
 *
 * @param title of the browser's tab
 * @param parts in order
 */
record Page(String title, List<Part> parts, Data data) {
    /** A part of the page that can be replaced on its own. */
    record Part(String id, Html content) {}

    /** What the page's script draws. */
    record Data(List<Chart> charts, List<HeatMap> heatMaps) {
        Data {
            charts = List.copyOf(charts);
            heatMaps = List.copyOf(heatMaps);
        }

        /** As JSON for a script element: no character in it can end that. */
        String json() {
            return JSON.writeValueAsString(this)
                    .replace("<", "\\u003c")
                    .replace(">", "\\u003e")
                    .replace("&", "\\u0026")
                    .replace("\u2028", "\\u2028")
                    .replace("\u2029", "\\u2029");
        }
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();

    Page {
        parts = List.copyOf(parts);
    }

    String text() {
        String library = Resources.text("echarts.common.min.js");
        String script = Resources.text("page.js");
        return Html.of(
                        """
                        <!DOCTYPE html>
                        <html lang="en"><head><meta charset="utf-8"><title>{}</title>
                        <meta name="viewport" content="width=device-width, initial-scale=1">
                        <meta name="color-scheme" content="light dark"><meta name="generator" content="Genka">
                        <meta http-equiv="Content-Security-Policy" content="{}">
                        <style>{}</style></head>
                        <body><a class="skip" href="#main">Skip to the content</a>
                        <header class="bar"><span class="brand">genka</span>
                        <button type="button" id="theme" hidden>Dark</button></header>
                        <noscript><p class="noscript">Curves need JavaScript; every figure is in the tables too.</p></noscript>
                        <main id="main">{}</main>
                        <footer><p>Written by Genka, a training engine in Java that keeps the books. Charts: Apache ECharts,
                        Apache License 2.0.</p></footer>
                        <script type="application/json" id="data">{}</script>
                        <script>{}</script>
                        <script>{}</script>
                        </body></html>
                        """,
                        title,
                        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src " + hash(library)
                                + " " + hash(script),
                        new Html(Resources.text("page.css")),
                        body(),
                        new Html(data.json()),
                        new Html(library),
                        new Html(script))
                .source();
    }

    private Html body() {
        return Html.all(parts.stream()
                .filter(part -> !part.content().isEmpty())
                .map(part -> Html.of("<section id=\"{}\" class=\"part\">{}</section>\n", part.id(), part.content()))
                .toList());
    }

    private static String hash(String script) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
