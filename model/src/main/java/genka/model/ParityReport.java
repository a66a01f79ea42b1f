package genka.model;

import java.util.List;

/**
 * What {@link ParityCheck} found.
 *
 * @param lines one for each compared tensor, in the reference file's order
 * @param notCompared tensors of the reference file that Genka does not know how to compare
 */
public record ParityReport(String model, String reference, List<Line> lines, List<String> notCompared) {
    public ParityReport {
        lines = List.copyOf(lines);
        notCompared = List.copyOf(notCompared);
    }

    /**
     * One tensor.
     *
     * @param difference the largest |ours − theirs|; for ids, how many differ; NaN when ours is not a number
     * @param tolerance the largest difference that passes
     */
    public record Line(String tensor, double difference, double tolerance) {
        public boolean pass() {
            return difference <= tolerance;
        }
    }

    /** Whether every compared tensor is within its tolerance. */
    public boolean pass() {
        return lines.stream().allMatch(Line::pass);
    }
}
