package genka.books;

import java.time.Instant;
import java.util.Optional;

/**
 * What is known of a run before its first attempt.
 *
 * @param recipeHash of the resolved recipe's text: runs that share it, or the name, are experiments of one recipe
 * @param dir the run's folder
 * @param continuedFrom the run, and after @ the stage, whose weights it starts from
 */
public record NewRun(
        String id,
        String recipeName,
        String recipeHash,
        String dir,
        long seed,
        Instant createdAt,
        Machine machine,
        Optional<String> continuedFrom) {
    /** The run alone whose weights it starts from. */
    Optional<String> parent() {
        return continuedFrom.map(from -> from.contains("@") ? from.substring(0, from.indexOf('@')) : from);
    }
}
