package genka.units;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

/** Figures as people read them. */
public final class Words {
    private static final MathContext TWO_DIGITS = new MathContext(2);
    private static final double MINUTES = 60;
    private static final double HOURS = 3600;
    private static final double DAYS = 24 * HOURS;
    private static final double YEARS = 365.25 * DAYS;

    private Words() {}

    /** 0.0372 is {@code 3.7 %}; NaN is a dash. */
    public static String percent(double share) {
        return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** 0.126 is {@code +12.6 %}, -0.023 is {@code −2.3 %}. */
    public static String change(double share) {
        return (share < 0 ? "−" : "+") + percent(Math.abs(share));
    }

    public static String decimal(double value, int digits) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    /** 12 s, 3 min 05 s, 2 h 07 min. */
    public static String duration(double seconds) {
        if (!Double.isFinite(seconds)) {
            return "–";
        }
        if (seconds < 9.95) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        if (whole < 60) {
            return whole + " s";
        }
        return whole < 3600
                ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
    }

    /** 29 ms, 9.5 s, 1 min 47 s, 12.8 hours, 55.4 days, 97.4 years: from a step to a run. */
    public static String time(double seconds) {
        if (seconds <= 0 || !Double.isFinite(seconds)) {
            return seconds == 0 ? "0 s" : "–";
        }
        if (seconds < 0.9995) {
            double milli = 1000 * seconds;
            return milli < 0.095
                    ? decimal(1000 * milli, milli < 0.01 ? 2 : 0) + " µs"
                    : decimal(milli, milli < 9.995 ? 2 : 0) + " ms";
        }
        if (seconds < 59.5 * MINUTES) {
            return duration(seconds);
        }
        if (seconds < 2 * DAYS) {
            return decimal(seconds / HOURS, 1) + " hours";
        }
        return seconds < 2 * YEARS
                ? decimal(seconds / DAYS, 1) + " days"
                : decimal(seconds / YEARS, seconds < 1000 * YEARS ? 1 : 0) + " years";
    }

    /** The same of hours. */
    public static String hours(double hours) {
        return time(hours * HOURS);
    }

    /** The text with a capital at its beginning. */
    public static String capital(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    /** What may be a fraction: 0.0013, 0.24, 9.50, 812, 14.2 k. */
    public static String amount(double number) {
        if (number != 0 && Math.abs(number) < 0.0995) {
            return new BigDecimal(number).round(TWO_DIGITS).toPlainString();
        }
        return Math.abs(number) < 9.995 ? decimal(number, 2) : count(number);
    }

    public static String usd(double dollars) {
        return Double.isFinite(dollars) ? "$" + amount(dollars) : "–";
    }

    /** 9.6 MB, 78.0 GB, 1586 GB: gigabytes however many, as accelerators count their memory. */
    public static String bytes(double bytes) {
        String[] units = {" GB", " MB", " kB"};
        double scaled = bytes / 1e9;
        int unit = 0;
        while (scaled < 0.095 && unit < units.length - 1) {
            scaled *= 1000;
            unit++;
        }
        return decimal(scaled, scaled < 99.95 ? 1 : 0) + units[unit];
    }

    /** 812, 14.2 k, 3.10 M: three digits. */
    public static String count(double number) {
        if (!Double.isFinite(number)) {
            return "–";
        }
        if (number < 1000) {
            return Long.toString(Math.round(number));
        }
        String[] units = {" k", " M", " G", " T"};
        double scaled = number;
        int unit = -1;
        while (scaled >= 999.5 && unit < units.length - 1) {
            scaled /= 1000;
            unit++;
        }
        int digits = scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0;
        return String.format(Locale.ROOT, "%." + digits + "f%s", scaled, units[unit]);
    }

    /** 2,000: every digit. */
    public static String whole(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Why a file could not be used: for the most frequent reasons Java's own message is nothing but the file's name. */
    public static String reason(IOException problem) {
        return switch (problem) {
            case NoSuchFileException _ -> "no such file or folder";
            case AccessDeniedException _ -> "permission denied";
            case FileAlreadyExistsException _ -> "a file of that name is in the way";
            case FileSystemException known when known.getReason() != null -> known.getReason();
            default -> String.valueOf(problem.getMessage());
        };
    }

    /** What may help where a file or folder cannot be written: a sentence for the end of a message. */
    public static String remedy(IOException problem) {
        String reason = String.valueOf(reason(problem)).toLowerCase(Locale.ROOT);
        if (reason.contains("permission denied") || reason.contains("read-only")) {
            return "Maybe it belongs to somebody else?";
        }
        return reason.contains("no space") || reason.contains("quota")
                ? "Maybe make room on the disk?"
                : "Maybe its permissions or the disk?";
    }

    /** Line breaks as ⏎ and other control characters as ·, so that a model cannot move the cursor. */
    public static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().forEach(c -> line.appendCodePoint(c == '\n' ? '⏎' : Character.isISOControl(c) ? '·' : c));
        return line.toString();
    }

    /** Text as it is, line breaks too, but no other control characters. */
    public static String printable(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints()
                .forEach(c -> shown.appendCodePoint(Character.isISOControl(c) && c != '\n' && c != '\t' ? '·' : c));
        return shown.toString();
    }
}
