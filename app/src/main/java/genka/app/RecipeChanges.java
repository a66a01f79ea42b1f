package genka.app;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code --set} and {@code --threads}: what a command changes in the recipe it is given. */
final class RecipeChanges {
    @Mixin
    SetOption set = new SetOption();

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "The same as --set where.threads=N; 0 means all. The result does not depend on it.")
    @Nullable
    Integer threads;

    /** All of them, {@code --threads} last, as a list to add to. */
    List<String> overrides() {
        List<String> all = new ArrayList<>(set.values);
        if (threads != null) {
            all.add("where.threads=" + threads);
        }
        return all;
    }

    /** An override as somebody asked for it, for messages. */
    String typed(String override) {
        return override.equals("where.threads=" + threads) ? "--threads " + threads : "--set " + override;
    }
}
