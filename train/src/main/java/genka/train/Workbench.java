package genka.train;

import genka.books.UseClock;
import genka.generate.Generator;
import genka.kernel.Gemm;
import genka.model.Model;
import genka.model.ModelPass;
import genka.model.Tokenizer;

/** What all stages of a run work with: one model, and what passes through it. Not thread-safe. */
final class Workbench {
    final Model model;
    final Gemm gemm;
    final ModelPass pass;
    final Generator generator;
    final Tokenizer tokenizer;
    final UseClock clock;
    final RunEvents events;
    final long seed;

    Workbench(Model model, Gemm gemm, Tokenizer tokenizer, UseClock clock, RunEvents events, long seed) {
        this.model = model;
        this.gemm = gemm;
        this.pass = new ModelPass(model, gemm);
        this.generator = new Generator(model, gemm);
        this.tokenizer = tokenizer;
        this.clock = clock;
        this.events = events;
        this.seed = seed;
    }
}
