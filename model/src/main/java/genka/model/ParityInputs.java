package genka.model;

import genka.catalog.ModelSpec;
import genka.units.GenkaException;
import java.util.Set;

/** What a reference file gives the model to read, checked against the model. */
final class ParityInputs {
    /** Tensors that are inputs, or that decoding compares. */
    static final Set<String> NAMES =
            Set.of("input_ids", "labels", "prompt_ids", "rope.positions", "loss", "total_loss", "greedy_ids");

    private static final int FARTHEST = 10_000_000;

    private final SafeTensors reference;
    private final ModelSpec spec;
    private final TokenBatch batch;
    private final int longest;

    private ParityInputs(SafeTensors reference, ModelSpec spec, TokenBatch batch, int longest) {
        this.reference = reference;
        this.spec = spec;
        this.batch = batch;
        this.longest = longest;
    }

    static ParityInputs of(SafeTensors reference, ModelSpec spec) {
        StoredTensor stored = reference.tensor("input_ids");
        if (stored.shape().size() != 2 || stored.elements() == 0) {
            throw GenkaException.user(reference.file() + ": input_ids is " + stored.shape()
                    + ", must be [sequences, length]. Maybe it is not a reference file?");
        }
        int[] ids = tokens(reference, spec, "input_ids");
        int sequences = Math.toIntExact(stored.shape().get(0));
        int length = ids.length / sequences;
        int[] starts = new int[sequences + 1];
        for (int s = 0; s <= sequences; s++) {
            starts[s] = s * length;
        }
        return new ParityInputs(
                reference, spec, new TokenBatch(sequences, starts, ids, targets(reference, spec, ids, length)), length);
    }

    /** Labels are not shifted: row t is to predict the label of t + 1; what is negative does not count. */
    private static int[] targets(SafeTensors reference, ModelSpec spec, int[] ids, int length) {
        int[] targets = new int[ids.length];
        long[] labels = reference.has("labels") ? reference.longs("labels") : new long[0];
        if (labels.length != 0 && labels.length != ids.length) {
            throw GenkaException.user(reference.file() + ": labels is "
                    + reference.tensor("labels").shape() + ", must be shaped as input_ids.");
        }
        for (int i = 0; i < ids.length; i++) {
            boolean labelled = labels.length != 0 && i % length < length - 1 && labels[i + 1] >= 0;
            targets[i] = labelled ? token(reference, spec, "labels", labels[i + 1]) : -1;
        }
        return targets;
    }

    TokenBatch batch() {
        return batch;
    }

    int longest() {
        return longest;
    }

    void requireLabels() {
        if (!reference.has("labels")) {
            throw GenkaException.user(
                    reference.file() + " has losses or gradients, but no labels. Maybe the file is not complete?");
        }
    }

    /** Counted targets, without those of the first {@code from} rows of each sequence, which module {@code from} does not predict. */
    int counted(int from) {
        int counted = 0;
        for (int r = 0; r < batch.rows(); r++) {
            counted += r % longest >= from && batch.targets()[r] >= 0 ? 1 : 0;
        }
        return counted;
    }

    /** λ of the reference's total: (total_loss − loss) / mtp.loss, or V3's 0.3 when it has no total. */
    double mtpWeight() {
        if (!reference.has("total_loss") || !reference.has("loss")) {
            return 0.3;
        }
        double module = reference.floats("mtp.loss")[0];
        double weight = (reference.floats("total_loss")[0] - reference.floats("loss")[0]) / module;
        return Double.isFinite(weight) ? Math.round(weight * 1e4) / 1e4 : 0.3;
    }

    int[] tokens(String name) {
        return tokens(reference, spec, name);
    }

    /** rope.positions, which size the table. */
    int[] positions() {
        int[] positions = reference.ints("rope.positions");
        for (int position : positions) {
            if (position < 0 || position >= Math.min(FARTHEST, spec.maxPositions())) {
                throw GenkaException.user(reference.file() + ": rope.positions holds " + position
                        + ", must lie below max_position_embeddings (" + spec.maxPositions() + ").");
            }
        }
        return positions;
    }

    private static int[] tokens(SafeTensors reference, ModelSpec spec, String name) {
        long[] wide = reference.longs(name);
        if (wide.length == 0) {
            throw GenkaException.user(reference.file() + ": " + name + " is empty.");
        }
        int[] tokens = new int[wide.length];
        for (int i = 0; i < wide.length; i++) {
            tokens[i] = token(reference, spec, name, wide[i]);
        }
        return tokens;
    }

    private static int token(SafeTensors reference, ModelSpec spec, String name, long id) {
        if (id < 0 || id >= spec.vocabSize()) {
            throw GenkaException.user(
                    reference.file() + ": " + name + " holds the token " + id + ", and the vocabulary has "
                            + spec.vocabSize() + ". Maybe the reference belongs to another model?");
        }
        return (int) id;
    }
}
