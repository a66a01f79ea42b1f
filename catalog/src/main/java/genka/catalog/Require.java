package genka.catalog;

import genka.units.GenkaException;

/** Checks of record components; the message names the component as a recipe writes it. */
final class Require {
    private Require() {}

    static void positive(String what, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw GenkaException.user(what + " (" + Range.plain(value) + ") must be positive");
        }
    }

    static void notNegative(String what, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw GenkaException.user(what + " (" + Range.plain(value) + ") must be 0 or more");
        }
    }

    static void share(String what, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw GenkaException.user(what + " (" + Range.plain(value) + ") must be between 0 and 1");
        }
    }

    static void that(boolean holds, String message) {
        if (!holds) {
            throw GenkaException.user(message);
        }
    }
}
