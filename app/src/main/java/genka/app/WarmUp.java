package genka.app;

import java.io.ByteArrayOutputStream;

/** The training run of the JDK's AOT cache (JEP 514): visits what most commands load. Called by the launcher after a build. */
final class WarmUp {
    private WarmUp() {}

    static int run() {
        Terminal nowhere = Terminal.into(new ByteArrayOutputStream(), new ByteArrayOutputStream());
        Main.run(new String[] {}, nowhere);
        Main.run(new String[] {"--version"}, nowhere);
        Main.run(new String[] {"--help"}, nowhere);
        Main.run(new String[] {"rnu"}, nowhere);
        return 0;
    }
}
