package genka.app;

import genka.kernel.VectorSupport;

/** Says loudly when the kernels will crawl. */
final class VectorWarning {
    private VectorWarning() {}

    static void print(Terminal terminal, VectorSupport support) {
        support.problem()
                .ifPresent(problem -> terminal.err()
                        .println(terminal.errStyle()
                                .warn(
                                        "WARNING: no vector instructions: training will be up to hundreds of times slower. "
                                                + problem)));
    }
}
