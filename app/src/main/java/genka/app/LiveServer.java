package genka.app;

import genka.report.LivePage;
import genka.report.LivePage.Message;
import genka.units.Fault;
import genka.units.GenkaException;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.http.sse.SseClient;
import io.javalin.util.JavalinBindException;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Serves one live page to browsers on this machine: {@code /} is the page, {@code /events} tells what changes. Read-only, on the loopback
 * address alone, and only to requests that name it: a site whose name was made to point here (DNS rebinding) is refused.
 */
final class LiveServer implements AutoCloseable {
    private static final String LOOPBACK = "127.0.0.1";

    private final LivePage page;
    private final Queue<SseClient> readers = new ConcurrentLinkedQueue<>();
    private final Object telling = new Object();
    private final Javalin server;

    private LiveServer(LivePage page) {
        this.page = page;
        this.server = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.startup.showOldJavalinVersionWarning = false;
            config.startup.startupWatcherEnabled = false;
            config.concurrency.useVirtualThreads = true;
            config.routes.beforeMatched(this::admit);
            config.routes.get("/", context -> context.html(page.html()));
            config.routes.sse("/events", this::welcome);
        });
    }

    /**
     * Starts serving.
     *
     * @param port 0 for any that is free
     */
    static LiveServer start(LivePage page, int port) {
        LiveServer live = new LiveServer(page);
        try {
            live.server.start(LOOPBACK, port);
        } catch (JavalinBindException taken) {
            throw new GenkaException(
                    Fault.RESOURCE,
                    "port " + port + " is in use. Maybe choose another with --port, or any free one with --port 0.",
                    taken);
        }
        return live;
    }

    String address() {
        return "http://" + LOOPBACK + ":" + server.port() + "/";
    }

    private void admit(Context context) {
        String host = String.valueOf(context.header("Host"));
        Set<String> ours = Set.of(LOOPBACK + ":" + server.port(), "localhost:" + server.port());
        context.header("Cache-Control", "no-store");
        context.header("X-Content-Type-Options", "nosniff");
        context.header("X-Frame-Options", "DENY");
        context.header("Referrer-Policy", "no-referrer");
        context.header("Cross-Origin-Resource-Policy", "same-origin");
        if (!ours.contains(host)) {
            context.status(421).result("This page is served to this machine only, under " + address() + ".\n");
            context.skipRemainingHandlers();
        }
    }

    private void welcome(SseClient reader) {
        reader.keepAlive();
        reader.onClose(() -> readers.remove(reader));
        // What changes meanwhile is told once the reader is one of the readers: neither missed nor overtaken.
        synchronized (telling) {
            page.all().forEach(message -> reader.sendEvent(message.name(), message.data()));
            readers.add(reader);
        }
    }

    void tell(List<Message> messages) {
        synchronized (telling) {
            for (Message message : messages) {
                readers.forEach(reader -> reader.sendEvent(message.name(), message.data()));
            }
        }
    }

    /** Tells readers that nothing more will come, and ends. Browsers do not hear of events without data. */
    @Override
    public void close() {
        tell(List.of(new Message("ended", "over")));
        readers.forEach(SseClient::close);
        server.stop();
    }
}
