package genka.app;

import java.util.ArrayList;
import java.util.List;

/** Columns of text: headings, then rows; numbers to the right. Widths count characters as they show. */
final class Table {
    private static final String GAP = "  ";

    private final List<String> headings;
    private final boolean[] right;
    private final List<List<String>> rows = new ArrayList<>();

    private Table(List<String> headings, boolean[] right) {
        this.headings = headings;
        this.right = right;
    }

    /** Headings; one that begins with {@code >} has its column to the right. */
    static Table of(String... headings) {
        boolean[] right = new boolean[headings.length];
        List<String> words = new ArrayList<>();
        for (int i = 0; i < headings.length; i++) {
            right[i] = headings[i].startsWith(">");
            words.add(right[i] ? headings[i].substring(1) : headings[i]);
        }
        return new Table(words, right);
    }

    Table row(String... cells) {
        if (cells.length != right.length) {
            throw new IllegalArgumentException(cells.length + " cells for " + right.length + " columns");
        }
        rows.add(List.of(cells));
        return this;
    }

    /** A rule before the next row: a sum follows. */
    Table rule() {
        rows.add(List.of());
        return this;
    }

    /** The text, each line indented by {@code indent} and ended by a newline. */
    String text(String indent, Style style) {
        int[] widths = new int[right.length];
        measure(headings, widths);
        rows.forEach(row -> measure(row, widths));
        StringBuilder text = new StringBuilder();
        if (headings.stream().anyMatch(heading -> !heading.isEmpty())) {
            text.append(indent).append(style.dim(line(headings, widths))).append('\n');
        }
        for (List<String> row : rows) {
            text.append(indent).append(row.isEmpty() ? style.dim(dashes(widths)) : line(row, widths));
            text.append('\n');
        }
        return text.toString();
    }

    private static void measure(List<String> row, int[] widths) {
        for (int i = 0; i < row.size(); i++) {
            widths[i] = Math.max(widths[i], shown(row.get(i)));
        }
    }

    private static int shown(String cell) {
        return cell.codePointCount(0, cell.length());
    }

    private String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            String cell = row.get(i);
            String pad = " ".repeat(widths[i] - shown(cell));
            line.append(i == 0 ? "" : GAP).append(right[i] ? pad + cell : cell + pad);
        }
        return line.toString().stripTrailing();
    }

    private static String dashes(int[] widths) {
        int width = (widths.length - 1) * GAP.length();
        for (int each : widths) {
            width += each;
        }
        return "─".repeat(width);
    }
}
