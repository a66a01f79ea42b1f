package genka.units;

import java.util.Locale;

/** Time as people read it. */
public final class Durations {
    private Durations() {}

    /** 0.42 s, 9.5 s, 42 s, 2 m 03 s, 3 h 07 m, 55 d 04 h. */
    public static String of(double seconds) {
        if (!(seconds >= 0) || seconds > 1e15) {
            throw GenkaException.user("seconds (" + seconds + ") must be between 0 and 1e15");
        }
        if (seconds < 0.0995) {
            return Quantity.threeDigits(seconds * 1000) + " ms";
        }
        if (seconds < 0.995) {
            return String.format(Locale.ROOT, "%.2f s", seconds);
        }
        if (seconds < 9.95) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        if (whole < 60) {
            return whole + " s";
        }
        if (whole < 3600) {
            return pair(whole / 60, "m", whole % 60, "s");
        }
        long minutes = Math.round(seconds / 60);
        if (minutes < 24 * 60) {
            return pair(minutes / 60, "h", minutes % 60, "m");
        }
        long hours = Math.round(seconds / 3600);
        return pair(hours / 24, "d", hours % 24, "h");
    }

    public static String ofNanos(long nanos) {
        return of(nanos / 1e9);
    }

    private static String pair(long major, String majorUnit, long minor, String minorUnit) {
        return String.format(Locale.ROOT, "%d %s %02d %s", major, majorUnit, minor, minorUnit);
    }
}
