package genka.app;

import genka.catalog.GenkaRoot;
import java.io.ByteArrayOutputStream;

/**
 * The training run of the JDK's AOT cache (JEP 514, 515), called by the launcher after a build: visits what commands load and
 * trains some steps, so that later processes start with classes linked and hot methods known.
 */
final class WarmUp {
    private WarmUp() {}

    static int run() {
        Terminal nowhere = Terminal.into(new ByteArrayOutputStream(), new ByteArrayOutputStream());
        Main.run(new String[] {}, nowhere);
        Main.run(new String[] {"--version"}, nowhere);
        Main.run(new String[] {"--help"}, nowhere);
        Main.run(new String[] {"rnu"}, nowhere);
        String planned = GenkaRoot.path().resolve("recipes/deepseek-v3.yaml").toString();
        Main.run(new String[] {"plan", planned}, nowhere);
        Main.run(new String[] {"plan", planned, "--json"}, nowhere);
        try (TemporaryFolder home = TemporaryFolder.of("genka-warm-up-")) {
            train(home.path().toString(), nowhere);
        }
        return 0;
    }

    /** Too short to learn anything: reinforcement refuses to start, which is fine here. */
    private static void train(String home, Terminal nowhere) {
        String recipe = GenkaRoot.path().resolve("recipes/r1-zero-tiny.yaml").toString();
        Main.run(
                new String[] {
                    "run",
                    recipe,
                    "--home",
                    home,
                    "--set",
                    "stages.pretrain.steps=40",
                    "--set",
                    "stages.pretrain.evaluate_every=0"
                },
                nowhere);
        Main.run(new String[] {"runs", "--home", home}, nowhere);
        Main.run(new String[] {"show", "--home", home}, nowhere);
        Main.run(new String[] {"bill", "--home", home}, nowhere);
        Main.run(new String[] {"report", "--home", home}, nowhere);
    }
}
