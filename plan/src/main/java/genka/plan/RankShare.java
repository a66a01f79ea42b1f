package genka.plan;

import genka.catalog.Transformer;

/**
 * What the first or the last rank of a pipeline holds of a model, in layers and tables. A framework that balances the ends gives them
 * fewer layers, so that every rank holds its share of everything. Otherwise few dense layers of a model with experts stand first
 * (DeepSeek), and the ends hold the tables on top of as many layers as others.
 *
 * @param layers of all kinds that a pipeline is cut between, {@code attention}, {@code dense}, {@code moe} and {@code mamba} of them
 * @param modules for multi-token prediction
 * @param tables embedding and head
 */
record RankShare(
        double layers, double attention, double dense, double moe, double mamba, double modules, double tables) {
    static RankShare first(Job job) {
        if (job.strategy().pipeline() == 1 || job.stack().balancesEnds()) {
            return even(job);
        }
        boolean whole = job.strategy().schedule().endsTogether();
        return end(job, true, whole ? job.model().mtpModules() : 0, whole ? allTables(job.model()) : 1);
    }

    static RankShare last(Job job) {
        return job.strategy().pipeline() == 1 || job.stack().balancesEnds()
                ? even(job)
                : end(job, false, job.model().mtpModules(), job.model().mtpModules() > 0 ? 2 : 1);
    }

    /** A layer of each kind in the model's proportions. */
    static RankShare meanLayer(Transformer model) {
        return share(model, 1.0 / model.depth(), 0, 0);
    }

    private static RankShare even(Job job) {
        Transformer model = job.model();
        double ranks = job.strategy().pipeline();
        return share(model, 1 / ranks, model.mtpModules() / ranks, allTables(model) / ranks);
    }

    private static RankShare share(Transformer model, double share, double modules, double tables) {
        return new RankShare(
                share * model.depth(),
                share * model.attentionLayers(),
                share * model.denseLayers(),
                share * model.moeLayers(),
                share * model.mambaLayers(),
                modules,
                tables);
    }

    private static RankShare end(Job job, boolean first, int modules, double tables) {
        Transformer model = job.model();
        double layers = Math.ceil((double) model.depth() / job.strategy().pipeline() - 1e-9);
        RankShare mixed = share(model, layers / model.depth(), modules, tables);
        boolean alternate = 2 * model.denseLayers() > model.depth() || model.mambaLayers() > 0;
        if (alternate || model.moeLayers() == 0) {
            return mixed;
        }
        double dense = first ? Math.min(layers, model.denseLayers()) : Math.max(0, layers - model.moeLayers());
        return new RankShare(layers, mixed.attention(), dense, layers - dense, 0, modules, tables);
    }

    private static double allTables(Transformer model) {
        return model.tiedEmbeddings() ? 1 : 2;
    }

    /** Parameters but those of routed experts, all tensor ranks together. */
    double replicatedParameters(Transformer model) {
        double body = attention * model.attention().parameters(model.hidden())
                + dense * model.denseParameters()
                + moe * model.sharedParameters()
                + mamba * model.mambaParameters();
        return body + modules * model.moduleParameters() + tables * model.embeddingParameters();
    }

    /** Parameters of routed experts, all expert ranks together. */
    double routedParameters(Transformer model) {
        return (moe + (model.moeLayers() > 0 ? modules : 0)) * model.experts().routed() * model.expertParameters();
    }
}
