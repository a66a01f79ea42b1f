package genka.plan;

import java.util.Locale;

/** How sure an input of a prediction is, surest first. */
public enum Tier {
    /** The recipe, the command line or the row says it. */
    GIVEN,
    /** Somebody measured or published it. */
    MEASURED,
    /** Fitted to measured rows. */
    FITTED,
    /** Taken for granted: an estimate, or a usual value where nothing is said. */
    ASSUMED;

    /** In small letters, as screens and JSON have it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
