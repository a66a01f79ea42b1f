package genka.plan;

import genka.catalog.Nearest;
import genka.catalog.Transformer;
import genka.units.GenkaException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Why a row cannot be what somebody measured: words nobody knows, and steps that cannot be spread as it says. */
final class RowChecks {
    private static final List<String> FORMATS = List.of("bf16", "fp16", "fp8", "fp4");

    private RowChecks() {}

    /**
     * A key that is nearly one of the known ones that are missing is mistyped, and what it should have said would be assumed. Other
     * keys that nobody reads are remarks: they are told, and change nothing.
     */
    static void keys(Values row, List<String> known, MeasuredRows rows) {
        List<String> missing = known.stream().filter(key -> !row.has(key)).toList();
        for (Object key : row.entries().keySet()) {
            String word = String.valueOf(key);
            if (known.contains(word)) {
                continue;
            }
            Optional<String> meant = word.length() > 2 ? Nearest.of(word, missing) : Optional.empty();
            if (meant.isPresent()) {
                throw GenkaException.user("key (" + word + ") is unknown. Maybe you meant " + meant.get() + "?");
            }
            rows.remark(word);
        }
    }

    /** The format of numbers a text names; none where it is blank or a number, as tables with a column too few have it. */
    static Optional<Precision> precision(String key, String said) {
        if (said.isBlank() || said.strip().matches("[0-9.]+")) {
            return Optional.empty();
        }
        Optional<Precision> known = Precision.read(said);
        if (known.isEmpty()) {
            throw unknown(key, said, FORMATS);
        }
        return known;
    }

    /** What a text says was computed again; it may say more behind that. */
    static Optional<Strategy.Recompute> recompute(String said) {
        if (said.isBlank()) {
            return Optional.empty();
        }
        String word = said.strip().toLowerCase(Locale.ROOT);
        return Optional.of(Arrays.stream(Strategy.Recompute.values())
                .filter(each -> word.startsWith(each.word()))
                .findFirst()
                .orElseThrow(() -> unknown("recompute", said, Strategy.Recompute.words())));
    }

    private static GenkaException unknown(String key, String said, List<String> known) {
        return GenkaException.user(key + " (" + said + ") must be one of " + String.join(", ", known) + "."
                + Nearest.of(said, known).map(near -> " Maybe " + near + "?").orElse(" Maybe leave it out?"));
    }

    /** A step that cannot be spread like that; of a model whose size alone is known, only its batch tells. */
    static void possible(Job job) {
        Transformer model = job.model();
        Strategy spread = job.strategy();
        if (model.known()) {
            atMost(
                    "tensor ranks",
                    spread.tensor(),
                    "attention heads",
                    model.attention().heads());
            atMost("pipeline ranks", spread.pipeline(), "layers", model.depth());
        }
        if (!Layout.fillsRanks(job.globalBatch(), spread.data(), spread.microBatch())) {
            throw GenkaException.user("micro-batch (" + spread.microBatch() + ") x data ranks (" + spread.data()
                    + ") is more than the global batch (" + job.globalBatch() + ")");
        }
    }

    private static void atMost(String what, int value, String limit, int most) {
        if (most > 0 && value > most) {
            throw GenkaException.user(what + " (" + value + ") are more than the " + limit + " (" + most + ")");
        }
    }

    /** Keys with blanks between them. */
    static List<String> words(String keys) {
        return List.of(keys.split(" ", -1));
    }
}
