package genka.train;

import genka.units.GenkaException;
import java.util.Locale;

/** How the last phase of warm-up–stable–decay comes down (Hägele et al. 2024, arXiv 2405.18392, for 1-sqrt). */
enum DecayShape {
    LINEAR,
    COSINE,
    ONE_MINUS_SQRT;

    static DecayShape of(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "linear" -> LINEAR;
            case "cosine" -> COSINE;
            case "1-sqrt" -> ONE_MINUS_SQRT;
            default ->
                throw GenkaException.user(
                        "schedule.shape (" + name + ") must be linear, cosine or 1-sqrt. Maybe 1-sqrt?");
        };
    }

    /** What is left of the multiplier at {@code progress} (0 to 1) of the decay. */
    double left(double progress) {
        return switch (this) {
            case LINEAR -> 1 - progress;
            case COSINE -> Schedule.halfCosine(progress);
            case ONE_MINUS_SQRT -> 1 - Math.sqrt(progress);
        };
    }
}
