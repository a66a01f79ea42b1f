package genka.app;

import genka.units.GenkaException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A verb that comes later; it says so instead of being unknown. */
@Command(name = "plan", header = "Predict time, memory and money of a recipe before it runs (in a later release).")
final class PlanCommand implements Runnable {
    @Mixin
    HelpOption help = new HelpOption();

    @Parameters(arity = "0..*", hidden = true)
    List<String> ignored = List.of();

    PlanCommand(Terminal terminal) {}

    @Override
    public void run() {
        throw GenkaException.user(
                "plan is not in this release: it will predict time, memory and money of a recipe. Maybe run a recipe here instead: ./genka run recipes/r1-zero-tiny.yaml");
    }
}
