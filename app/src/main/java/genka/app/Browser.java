package genka.app;

import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/** Opens a page the way the system does. */
final class Browser {
    private Browser() {}

    static void open(URI page) {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        List<String> command = system.contains("mac")
                ? List.of("open", page.toString())
                : system.contains("win")
                        ? List.of("rundll32", "url.dll,FileProtocolHandler", page.toString())
                        : List.of("xdg-open", page.toString());
        try {
            new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException none) {
            throw new GenkaException(
                    Fault.EXTERNAL,
                    command.getFirst() + " cannot open " + page + ". Maybe open it in a browser yourself.",
                    none);
        }
    }
}
