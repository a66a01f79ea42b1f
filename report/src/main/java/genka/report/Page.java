package genka.report;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * A whole page in one file: style, script and charts are inside it, and its content security policy forbids everything else. Scripts run
 * only if their hash is one of ours, so even markup that slipped in could not.
 *
 * @param title of the browser's tab
 * @param parts in order
 */
record Page(String title, List<Part> parts, Data data) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Whether a page stays as it is, or is told what changes by the server it came from. */
    enum Mode {
        KEPT,
        LIVE
    }

    /** A part of the page that can be replaced on its own. */
    record Part(String id, Html content) {
        /** An empty part keeps its place, where it may be filled later. */
        Html html() {
            return Html.of(
                    "<section id=\"{}\" class=\"part\"{}>{}</section>\n",
                    id,
                    new Html(content.isEmpty() ? " hidden" : ""),
                    content);
        }
    }

    /** What the page's script draws. */
    record Data(List<Chart> charts, List<HeatMap> heatMaps) {
        static final Data NONE = new Data(List.of(), List.of());

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

    Page {
        parts = List.copyOf(parts);
    }

    String text(Mode mode) {
        List<String> scripts = scripts(mode);
        return Html.of(
                        """
                        <!DOCTYPE html>
                        <html lang="en"><head><meta charset="utf-8"><title>{}</title>
                        <meta name="viewport" content="width=device-width, initial-scale=1">
                        <meta name="color-scheme" content="light dark"><meta name="generator" content="Genka">
                        <meta http-equiv="Content-Security-Policy" content="{}">
                        <meta name="htmx-config" content='{}'>
                        <link rel="icon" href="data:,">
                        <style>{}</style></head>
                        <body><a class="skip" href="#main">Skip to the content</a>
                        <header class="bar"><span class="brand">genka</span><span id="live" role="status"></span>
                        <button type="button" id="theme" hidden>Dark</button></header>
                        <noscript><p class="noscript">Curves need JavaScript; their figures are in the tables.</p></noscript>
                        <main id="main">{}</main>
                        <footer><p>Written by Genka, a training engine in Java that keeps the books. Charts: Apache ECharts,
                        Apache License 2.0.</p></footer>
                        <script type="application/json" id="data">{}</script>
                        {}</body></html>
                        """,
                        title,
                        policy(mode, scripts),
                        "{\"allowEval\":false,\"includeIndicatorStyles\":false,\"historyEnabled\":false}",
                        new Html(Resources.text("page.css")),
                        Html.all(parts.stream().map(Part::html).toList()),
                        new Html(data.json()),
                        Html.all(scripts.stream()
                                .map(script -> new Html("<script>" + script + "</script>\n"))
                                .toList()))
                .source();
    }

    private static List<String> scripts(Mode mode) {
        List<String> scripts = new ArrayList<>();
        scripts.add(Resources.text("echarts.common.min.js"));
        scripts.add(Resources.text("page.js"));
        if (mode == Mode.LIVE) {
            scripts.add(Resources.text("htmx.min.js"));
            scripts.add(Resources.text("live.js"));
        }
        return scripts;
    }

    private static String policy(Mode mode, List<String> scripts) {
        return "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
                + (mode == Mode.LIVE ? "connect-src 'self'; " : "")
                + "script-src " + scripts.stream().map(Page::hash).collect(Collectors.joining(" "));
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
