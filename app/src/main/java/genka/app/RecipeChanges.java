package genka.app;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --set} and {@code --threads}: what a command changes in the recipe it is given. */
final class RecipeChanges {
    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Change a value of the recipe: stages.grpo.steps=40. Can be repeated.")
    List<String> set = new ArrayList<>();

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "The same as --set where.threads=N; 0 means all. The result does not depend on it.")
    @Nullable
    Integer threads;

    /** All of them, {@code --threads} last, as a list to add to. */
    List<String> overrides() {
        List<String> all = new ArrayList<>(set);
        if (threads != null) {
            all.add("where.threads=" + threads);
        }
        return all;
    }
}
