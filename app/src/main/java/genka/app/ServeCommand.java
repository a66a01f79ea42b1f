package genka.app;

import genka.units.GenkaException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Unmatched;

/** A verb that comes later; it says so instead of being unknown. */
@Command(name = "serve", header = "Answer over HTTP with a trained model (in a later release).")
final class ServeCommand implements Runnable {
    @Mixin
    HelpOption help = new HelpOption();

    @Unmatched
    List<String> ignored = new ArrayList<>();

    ServeCommand(Terminal terminal) {}

    @Override
    public void run() {
        throw GenkaException.user(
                "serve is not in this release: it will answer over HTTP. Maybe ask the model here instead: ./genka ask last \"3+9+4+1+7=\"");
    }
}
