package genka.app;

import genka.catalog.GenkaRoot;
import java.io.ByteArrayOutputStream;

/**
 * The training runs of the JDK's AOT caches (JEP 514, 515), called by the launcher after a build: they visit what commands load and
 * train some steps, so that later processes start with classes linked and hot methods known. One cache is for commands that
 * multiply (vector), one for those that read, plan and bill (plain), which start without the Vector API.
 */
final class WarmUp {
    private final Terminal nowhere = Terminal.into(new ByteArrayOutputStream(), new ByteArrayOutputStream());
    private final String home;

    private WarmUp(String home) {
        this.home = home;
    }

    /**
     * Visits the commands of a kind.
     *
     * @param home where the vector kind leaves the run that the plain kind reads
     */
    static int run(String kind, String home) {
        WarmUp visits = new WarmUp(home);
        if (kind.equals("vector")) {
            visits.train();
        } else {
            visits.read();
        }
        return 0;
    }

    /** Too short to learn anything: reinforcement refuses to start, which is fine here. */
    private void train() {
        visit(
                "run",
                inRoot("recipes/r1-zero-tiny.yaml"),
                "--home",
                home,
                "--set",
                "stages.pretrain.steps=40",
                "--set",
                "stages.pretrain.evaluate_every=0");
    }

    private void read() {
        visit();
        visit("--version");
        visit("--help");
        visit("rnu");
        String planned = inRoot("recipes/deepseek-v3.yaml");
        visit("plan", planned);
        visit("plan", planned, "--json");
        visit("facts");
        for (String books : new String[] {"runs", "show", "bill", "report"}) {
            visit(books, "--home", home);
        }
    }

    private void visit(String... arguments) {
        Main.run(arguments, nowhere);
    }

    private static String inRoot(String file) {
        return GenkaRoot.path().resolve(file).toString();
    }
}
