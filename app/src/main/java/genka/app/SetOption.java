package genka.app;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** {@code --set}: what a command changes in the recipe it is given. */
final class SetOption {
    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Change a value of the recipe: stages.grpo.steps=40. Can be repeated.")
    List<String> values = new ArrayList<>();
}
