package genka.catalog;

import genka.catalog.OptimizerSpec.Muon;

/** Floating-point operations of Muon's iterations (arXiv 2502.16982 §2.1) in one update. */
public final class MuonWork {
    private MuonWork() {}

    /** Of one matrix: an iteration multiplies it twice, and its square with itself. */
    public static double flops(Muon muon, double rows, double columns) {
        double side = Math.min(rows, columns);
        return muon.iterations() * (4 * side * rows * columns + 2 * side * side * side);
    }

    /** Of all matrices inside layers but those of routed experts, modules for multi-token prediction included. */
    public static double replicated(Muon muon, Transformer model) {
        double hidden = model.hidden();
        boolean moe = model.moeLayers() > 0;
        double dense = model.matrices() * flops(muon, hidden, model.intermediate());
        double shared = model.matrices() * flops(muon, hidden, model.experts().shared())
                + flops(muon, hidden, model.experts().routed())
                + 2 * flops(muon, hidden, model.experts().latent());
        double mamba = flops(muon, hidden, 2.0 * model.mambaInner()) + flops(muon, hidden, model.mambaInner());
        double module = attention(muon, model) + (moe ? shared : dense) + flops(muon, hidden, 2 * hidden);
        return model.attentionLayers() * attention(muon, model)
                + model.denseLayers() * dense
                + model.moeLayers() * shared
                + model.mambaLayers() * mamba
                + model.mtpModules() * module;
    }

    /** Of all matrices of routed experts. */
    public static double routed(Muon muon, Transformer model) {
        Transformer.Experts experts = model.experts();
        double expert = model.matrices() * flops(muon, experts.width(model.hidden()), experts.intermediate());
        int layers = model.moeLayers() + (model.moeLayers() > 0 ? model.mtpModules() : 0);
        return layers * experts.routed() * expert;
    }

    private static double attention(Muon muon, Transformer model) {
        Transformer.Attention a = model.attention();
        double hidden = model.hidden();
        double queries = (double) a.heads() * a.qkDim();
        double out = flops(muon, (double) a.heads() * a.vDim(), hidden);
        if (!a.latent()) {
            double keys = flops(muon, (double) a.kvHeads() * a.qkDim(), hidden);
            return flops(muon, queries, hidden) + keys + flops(muon, (double) a.kvHeads() * a.vDim(), hidden) + out;
        }
        double query = a.qLora() == 0
                ? flops(muon, queries, hidden)
                : flops(muon, a.qLora(), hidden) + flops(muon, queries, a.qLora());
        double up = (double) a.heads() * (a.qkDim() - a.ropeDim() + a.vDim());
        return query + flops(muon, (double) a.kvLora() + a.ropeDim(), hidden) + flops(muon, up, a.kvLora()) + out;
    }
}
