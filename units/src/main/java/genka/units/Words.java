package genka.units;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

/** Figures as people read them. */
public final class Words {
    private Words() {}

    /** 0.0372 is {@code 3.7 %}; NaN is a dash. */
    public static String percent(double share) {
        return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
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
