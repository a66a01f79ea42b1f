package genka.model;

import genka.kernel.Gemm;
import genka.units.GenkaException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Runs a model on the inputs of a reference file and compares: {@code logits}, {@code loss}, {@code hidden.*}, {@code routing.*.indices} and
 * {@code .weights}, {@code mtp.*}, {@code total_loss}, {@code grad.*}, {@code greedy_ids} (through the latent cache) and {@code rope.*}. The file holds
 * {@code input_ids} [B, T] and what a reference implementation computed from them.
 */
public final class ParityCheck {
    private final SafeTensors reference;
    private final Model model;
    private final Gemm gemm;
    private final ModelPass pass;
    private final ParityTolerances tolerances;
    private final ParityInputs inputs;
    private final List<ParityReport.Line> lines = new ArrayList<>();
    private final List<String> notCompared = new ArrayList<>();

    private ParityCheck(SafeTensors reference, Model model, Gemm gemm, ParityTolerances tolerances) {
        this.reference = reference;
        this.model = model;
        this.gemm = gemm;
        this.tolerances = tolerances;
        this.pass = new ModelPass(model, gemm);
        this.inputs = ParityInputs.of(reference, model.spec());
    }

    /**
     * Compares a model folder with a reference file.
     *
     * @param config name of the configuration file in the folder, config.json as a rule
     * @param tolerance replaces the factors of the tolerances, which otherwise come from the meta.json beside the reference
     */
    public static ParityReport of(Path modelDir, Path reference, String config, OptionalDouble tolerance, Gemm gemm) {
        ParityTolerances tolerances = ParityTolerances.of(reference.resolveSibling("meta.json"), tolerance);
        try (SafeTensors expected = SafeTensors.open(reference)) {
            ParityCheck check = new ParityCheck(expected, ModelFiles.load(modelDir, config), gemm, tolerances);
            check.compareAll();
            if (check.lines.isEmpty()) {
                throw GenkaException.user(reference + " holds nothing to compare. Maybe it is not a reference file?");
            }
            return new ParityReport(modelDir.toString(), reference.toString(), check.lines, check.notCompared);
        }
    }

    private void compareAll() {
        pass.forward(inputs.batch(), true);
        for (String name : reference.tensors().keySet()) {
            if (!name.startsWith("grad.") && !compareForward(name)) {
                notCompared.add(name);
            }
        }
        compareLosses();
        compareDecoding();
    }

    /** False when the name is none of a forward pass. */
    private boolean compareForward(String name) {
        String[] parts = name.split("\\.", -1);
        switch (parts[0]) {
            case "logits" ->
                states(name, pass.logits(), pass.rows(0), model.spec().vocabSize());
            case "hidden" -> {
                if (parts.length != 2 || layer(parts[1]) < 0) {
                    return false;
                }
                int layer = layer(parts[1]);
                states(
                        name,
                        pass.layer(layer).output(),
                        pass.rows(layer),
                        model.spec().hiddenSize());
            }
            case "routing" -> {
                return parts.length == 3 && layer(parts[1]) >= 0 && routing(name, layer(parts[1]), parts[2]);
            }
            case "mtp" -> {
                return parts.length == 2 && mtp(name, parts[1]);
            }
            case "rope" -> {
                return parts.length == 2 && rope(name, parts[1]);
            }
            default -> {
                return ParityInputs.NAMES.contains(name);
            }
        }
        return true;
    }

    private boolean routing(String name, int layer, String what) {
        if (!model.spec().isMoe(layer)) {
            return false;
        }
        int chosen = model.spec().moe().orElseThrow().expertsPerToken();
        switch (what) {
            case "indices" -> ids(name, pass.router(layer).indices(), pass.rows(layer) * chosen);
            case "weights" -> states(name, pass.router(layer).weights(), pass.rows(layer), chosen);
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean mtp(String name, String what) {
        if (model.spec().mtpModules() == 0) {
            return false;
        }
        int rows = pass.rows(model.spec().layers());
        switch (what) {
            case "logits" ->
                states(
                        name,
                        pass.mtpModule(0).loss().logits(),
                        rows,
                        model.spec().vocabSize());
            case "hidden" ->
                states(name, pass.mtpModule(0).states(), rows, model.spec().hiddenSize());
            case "loss", "draft_ids" -> {}
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean rope(String name, String what) {
        switch (what) {
            case "positions" -> {}
            case "inv_freq" -> {
                float[] own = pass.rotaryTables().inverseFrequencies();
                difference(name, own, own.length, tolerances.rotary());
            }
            case "cos", "sin" -> {
                int[] positions = inputs.positions();
                RotaryTables tables = pass.rotaryTables();
                tables.reserve(Arrays.stream(positions).max().orElse(0) + 1);
                int pairs = tables.pairs();
                float[] table = what.equals("cos") ? tables.cos() : tables.sin();
                float[] own = new float[positions.length * pairs];
                for (int r = 0; r < positions.length; r++) {
                    System.arraycopy(table, positions[r] * pairs, own, r * pairs, pairs);
                }
                rotary(name, own, positions, pairs);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Rows beyond the input's positions have their own tolerance: one line for each of the two. */
    private void rotary(String name, float[] own, int[] positions, int pairs) {
        float[] wanted = expected(name, own.length);
        double near = 0;
        double far = 0;
        for (int i = 0; i < own.length; i++) {
            double difference = Math.abs((double) own[i] - wanted[i]);
            if (positions[i / pairs] < inputs.longest()) {
                near = larger(near, difference);
            } else {
                far = larger(far, difference);
            }
        }
        lines.add(new ParityReport.Line(name, near, tolerances.rotary()));
        if (Arrays.stream(positions).anyMatch(p -> p >= inputs.longest())) {
            lines.add(new ParityReport.Line(name + " (far)", far, tolerances.rotaryFar()));
        }
    }

    private void compareLosses() {
        boolean gradients = reference.tensors().keySet().stream().anyMatch(n -> n.startsWith("grad."));
        boolean mtp = model.spec().mtpModules() > 0 && reference.has("mtp.loss");
        if (!gradients && !mtp && !reference.has("loss")) {
            return;
        }
        inputs.requireLabels();
        double weight = mtp ? inputs.mtpWeight() : 0;
        int counted = inputs.counted(0);
        int mtpCounted = inputs.counted(1);
        Arrays.fill(model.parameters().gradients(), 0);
        // A tiny weight still runs the modules when the reference's total leaves them out.
        ModelPass.Loss loss = pass.crossEntropy(
                inputs.batch(), counted, Math.max(1, mtpCounted), mtp ? Math.max(weight, Float.MIN_NORMAL) : 0, 0);
        double main = loss.sum() / Math.max(1, counted);
        double module = loss.mtpSum() / Math.max(1, mtpCounted);
        loss("loss", main);
        if (mtp) {
            loss("mtp.loss", module);
        }
        loss("total_loss", main + weight * module);
        compareGradients();
    }

    private void loss(String name, double own) {
        if (reference.has(name)) {
            notCompared.remove(name);
            double wanted = expected(name, 1)[0];
            lines.add(new ParityReport.Line(
                    name, Math.abs(own - wanted), tolerances.loss() * Math.max(1, Math.abs(wanted))));
        }
    }

    private void compareGradients() {
        float[] gradients = model.parameters().gradients();
        for (String name : reference.tensors().keySet()) {
            if (name.startsWith("grad.")) {
                model.parameters()
                        .find(name.substring("grad.".length()))
                        .filter(Parameters.Entry::trainable)
                        .ifPresentOrElse(entry -> gradient(name, gradients, entry), () -> notCompared.add(name));
            }
        }
    }

    private void gradient(String name, float[] gradients, Parameters.Entry entry) {
        float[] own = Arrays.copyOfRange(gradients, entry.offset(), entry.offset() + entry.size());
        double largest = largest(expected(name, own.length));
        difference(name, own, own.length, tolerances.gradient() * largest + tolerances.gradientFloor());
    }

    private void compareDecoding() {
        if (!reference.has("prompt_ids") || !reference.has("greedy_ids")) {
            return;
        }
        notCompared.remove("greedy_ids");
        int[] prompt = inputs.tokens("prompt_ids");
        int[] wanted = inputs.tokens("greedy_ids");
        ids("greedy_ids", ParityDecoding.greedy(model, gemm, prompt, wanted.length), wanted.length);
        if (reference.has("mtp.draft_ids") && model.spec().mtpModules() > 0) {
            int[] all = Arrays.copyOf(prompt, prompt.length + wanted.length);
            System.arraycopy(wanted, 0, all, prompt.length, wanted.length);
            ids("mtp.draft_ids", ParityDecoding.drafts(pass, model.spec().vocabSize(), all), all.length - 1);
        }
    }

    private int layer(String text) {
        int layers = model.spec().layers() + model.spec().mtpModules();
        boolean number = text.matches("\\d{1,6}");
        return number && Integer.parseInt(text) < layers ? Integer.parseInt(text) : -1;
    }

    private void states(String name, float[] own, int rows, int width) {
        double largest = largest(expected(name, rows * width));
        difference(name, own, rows * width, tolerances.states() * Math.max(1, largest));
    }

    private void ids(String name, int[] own, int count) {
        requireSize(name, count);
        int[] wanted = reference.ints(name);
        int unequal = 0;
        for (int i = 0; i < count; i++) {
            unequal += own[i] == wanted[i] ? 0 : 1;
        }
        lines.add(new ParityReport.Line(name, unequal, 0));
    }

    private void difference(String name, float[] own, int count, double tolerance) {
        float[] wanted = expected(name, count);
        double worst = 0;
        for (int i = 0; i < count; i++) {
            worst = larger(worst, Math.abs((double) own[i] - wanted[i]));
        }
        lines.add(new ParityReport.Line(name, worst, tolerance));
    }

    private float[] expected(String name, int count) {
        requireSize(name, count);
        return reference.floats(name);
    }

    private void requireSize(String name, int count) {
        StoredTensor tensor = reference.tensor(name);
        if (tensor.elements() != count) {
            throw GenkaException.user(reference.file() + ": " + name + " is " + tensor.shape() + ", which is "
                    + tensor.elements() + " values, and the model has " + count
                    + ". Maybe the reference belongs to another model?");
        }
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** The larger of the two, and NaN once there was one. */
    private static double larger(double a, double b) {
        return Math.max(a, b);
    }
}
