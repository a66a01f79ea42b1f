package genka.model;

import genka.kernel.Gemm;
import java.util.Arrays;
import java.util.List;

/** All MTP modules of a model, each building on the states of the one before, with their losses. */
final class MtpModules {
    private final MtpModule[] modules;
    private final int hidden;
    private final float[][] gradients;
    private float[] logProb = {};
    private float[] entropy = {};
    private float[] weight = {};

    MtpModules(Gemm gemm, Model model, LayerStack stack) {
        hidden = model.spec().hiddenSize();
        modules = new MtpModule[model.spec().mtpModules()];
        gradients = new float[modules.length][0];
        for (int k = 0; k < modules.length; k++) {
            modules[k] =
                    new MtpModule(gemm, model, k + 1, stack.layer(model.spec().layers() + k));
        }
    }

    int size() {
        return modules.length;
    }

    /** The packed copies of the shared head, one for each module. */
    List<WeightPacks> packs() {
        return Arrays.stream(modules).map(module -> module.loss().packs()).toList();
    }

    /** Module k, from 0. */
    MtpModule module(int k) {
        return modules[k];
    }

    /** From the main model's states after its final norm. */
    void forward(TokenBatch batch, float[] states, RaggedRows rows) {
        float[] above = states;
        RaggedRows aboveRows = rows;
        for (MtpModule module : modules) {
            module.forward(batch, above, aboveRows);
            above = module.states();
            aboveRows = module.rows();
        }
    }

    int counted() {
        int counted = 0;
        for (MtpModule module : modules) {
            for (int r = 0; r < module.rows().rows(); r++) {
                counted += module.targets()[r] >= 0 ? 1 : 0;
            }
        }
        return counted;
    }

    /** Sum over modules and counted rows of the cross-entropy of the last forward. */
    double lossSum() {
        double sum = 0;
        for (MtpModule module : modules) {
            int count = module.rows().rows();
            logProb = Workspace.room(logProb, count);
            entropy = Workspace.room(entropy, count);
            module.loss().logProbs(module.targets(), logProb, entropy);
            for (int r = 0; r < count; r++) {
                sum -= logProb[r];
            }
        }
        return sum;
    }

    /** Adds to dStates the gradient of {@code scale} times the sum of cross-entropies; {@link #lossSum} comes before. */
    void backward(double scale, float[] dStates) {
        for (int k = modules.length - 1; k >= 0; k--) {
            int count = modules[k].rows().rows();
            weight = Workspace.room(weight, count);
            Arrays.fill(weight, 0, count, (float) -scale);
            modules[k].backward(weight, gradients[k], k == 0 ? dStates : cleared(k - 1));
        }
    }

    private float[] cleared(int k) {
        int size = modules[k].rows().rows() * hidden;
        gradients[k] = Workspace.room(gradients[k], size);
        Arrays.fill(gradients[k], 0, size, 0);
        return gradients[k];
    }
}
