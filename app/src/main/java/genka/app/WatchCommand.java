package genka.app;

import genka.books.Ledger;
import genka.books.RunState;
import genka.books.RunSummary;
import genka.report.LivePage;
import genka.units.GenkaException;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A run's page while it goes on. */
@Command(
        name = "watch",
        header = "Watch a run in the browser while it goes on: curves, answers and the bill, live.",
        synopsisHeading = "%nUsage: ",
        footer = {
            "",
            "Served to this machine only, and nothing can be changed there. Ends with the run, or with Ctrl-C,",
            "which does not touch the run.",
            "",
            "Examples:",
            "  ./genka watch --open",
            "  ./genka watch 20261122-0801 --port 0"
        })
final class WatchCommand implements Callable<Integer> {
    static final String PORT = "7878";
    private static final int MOST_PORT = 65_535;
    private final Terminal terminal;

    @Parameters(
            arity = "0..1",
            paramLabel = "RUN",
            description =
                    "A run that is under way: its name, the beginning of it, or last. Otherwise the newest one, or"
                            + " the next to begin.")
    @Nullable
    String run;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = PORT,
            description = "Where to serve the page; 0 for any free port. Otherwise " + PORT + ".")
    int port = Integer.parseInt(PORT);

    @Option(names = "--open", description = "Open it in the browser.")
    boolean open;

    @Mixin
    Home home = new Home();

    @Mixin
    HelpOption help = new HelpOption();

    WatchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (port < 0 || port > MOST_PORT) {
            throw GenkaException.user(
                    "--port (" + port + ") must be between 0 and " + MOST_PORT + ". Maybe " + PORT + "?");
        }
        Optional<String> chosen = run == null ? Optional.empty() : Optional.of(running(run));
        LivePage page = new LivePage();
        try (LiveServer server = LiveServer.start(page, port)) {
            Watch watch = new Watch(home, page, server);
            Interruption interruption = Interruption.handle(watch::stop);
            try {
                terminal.err().println("watch it at " + server.address() + " (Ctrl-C ends)");
                if (open) {
                    Browser.open(URI.create(server.address()));
                }
                Optional<String> found = chosen.isPresent() ? chosen : watch.awaitRun();
                if (found.isPresent()) {
                    RunState end = watch.follow(found.get());
                    terminal.err().println(found.get() + (end == RunState.RUNNING ? " goes on" : " is " + words(end)));
                }
            } finally {
                interruption.close();
            }
        }
        return 0;
    }

    private String running(String name) {
        try (Ledger ledger = Ledger.openToRead(home.path())) {
            RunSummary summary = home.run(ledger, name);
            if (summary.state() != RunState.RUNNING) {
                throw GenkaException.user("run " + summary.id() + " is not under way (" + words(summary.state())
                        + "). Maybe ./genka report " + summary.id() + home.option());
            }
            return summary.id();
        }
    }

    private static String words(RunState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
