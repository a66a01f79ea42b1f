package genka.report;

import genka.report.Timeline.Band;
import java.util.List;

/**
 * Curves over a timeline, as data that the page's script draws.
 *
 * @param id unique on the page, also the anchor of its figure
 * @param says what there is to see, in one sentence: the caption, and what a screen reader says
 * @param axes one or two: left and right
 * @param across what x counts where it is not the steps of the bands, doubling from mark to mark; otherwise empty
 */
record Chart(
        String id,
        String title,
        String says,
        List<Band> bands,
        List<Axis> axes,
        List<Line> lines,
        List<Mark> marks,
        String across) {
    /** How an axis counts, and so how its figures are written. */
    enum Unit {
        NUMBER,
        PERCENT,
        TOKENS,
        /** Of what the axis is named after, from zero. */
        AMOUNT,
        /** From zero. */
        USD,
        /** Powers of ten. */
        LOG
    }

    record Axis(String name, Unit unit) {}

    /**
     * @param tone a colour of the page's palette, by name
     * @param axis index in the chart's axes
     * @param dots shows each point: there are few and each was measured on its own
     * @param faint stands behind the others
     * @param parts pairs of x and y by band, oldest first; no line joins two bands, since a stage may start from other weights
     */
    record Line(String name, String tone, int axis, boolean dots, boolean faint, List<double[][]> parts) {
        Line {
            parts = List.copyOf(parts);
        }

        /** How many pairs it has. */
        int size() {
            return parts.stream().mapToInt(part -> part.length).sum();
        }
    }

    /** One axis, no marks. */
    Chart(String id, String title, String says, Unit unit, List<Band> bands, List<Line> lines) {
        this(id, title, says, bands, List.of(new Axis(title, unit)), lines, List.of());
    }

    /** Over steps. */
    Chart(String id, String title, String says, List<Band> bands, List<Axis> axes, List<Line> lines, List<Mark> marks) {
        this(id, title, says, bands, axes, lines, marks, "");
    }

    /** A moment worth pointing at. */
    record Mark(double x, String words) {}

    Chart {
        bands = List.copyOf(bands);
        axes = List.copyOf(axes);
        lines = List.copyOf(lines);
        marks = List.copyOf(marks);
    }
}
