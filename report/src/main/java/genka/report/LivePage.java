package genka.report;

import genka.report.Page.Part;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** A page that changes while it is looked at: knows what readers have and tells them what is new. Safe for several threads. */
public final class LivePage {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** What the script of a live page is told; {@code name} says how to take {@code data}. */
    public record Message(String name, String data) {}

    private Page page;
    private final Map<String, String> parts = new LinkedHashMap<>();
    private String data = "";

    /** Before there is a run. */
    public LivePage() {
        page = new Page(
                "Genka",
                List.of(new Part(
                        "headline",
                        Html.of(
                                "<p class=\"eyebrow\"><span class=\"state\">waiting</span></p><h1>No run is going yet.</h1>"
                                        + "<p class=\"lead\">This page comes alive with the next one.</p>"))),
                Page.Data.NONE);
        remember();
    }

    /** The page as a whole. */
    public synchronized String html() {
        return page.text(Page.Mode.LIVE);
    }

    /** Everything, for a reader who has just come or come back. */
    public synchronized List<Message> all() {
        List<Message> messages = new ArrayList<>();
        parts.forEach((id, html) -> messages.add(part(id, html)));
        messages.add(new Message("data", data));
        messages.add(title());
        return messages;
    }

    /** The run as it is now; returns what readers must be told. */
    public synchronized List<Message> update(RunData run) {
        Map<String, String> before = new LinkedHashMap<>(parts);
        String dataBefore = data;
        String titleBefore = page.title();
        page = RunPage.page(run);
        remember();
        List<Message> messages = new ArrayList<>();
        parts.forEach((id, html) -> {
            if (!html.equals(before.get(id))) {
                messages.add(part(id, html));
            }
        });
        if (!data.equals(dataBefore)) {
            messages.add(new Message("data", data));
        }
        if (!page.title().equals(titleBefore)) {
            messages.add(title());
        }
        return messages;
    }

    private Message title() {
        return new Message("title", JSON.writeValueAsString(page.title()));
    }

    private void remember() {
        parts.clear();
        page.parts().forEach(part -> parts.put(part.id(), part.html().source()));
        data = page.data().json();
    }

    private static Message part(String id, String html) {
        return new Message("part", JSON.writeValueAsString(Map.of("id", id, "html", html)));
    }
}
