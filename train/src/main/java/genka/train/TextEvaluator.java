package genka.train;

import genka.books.Use;
import genka.generate.Completion;
import genka.generate.NotFiniteException;
import genka.generate.Sampling;
import genka.model.TokenBatch;
import java.util.Arrays;
import java.util.List;

/** Bits per byte on held-out text, and how the model continues some of it. */
final class TextEvaluator {
    private static final int ROWS = 4096;
    private static final int PROMPT_TOKENS = 24;
    private static final int NEW_TOKENS = 120;
    private final Workbench bench;
    private final List<TrainingData.HeldOut> heldOut;
    private final Rows rows = new Rows();
    private float[] logProb = new float[0];
    private float[] entropy = new float[0];

    TextEvaluator(Workbench bench, List<TrainingData.HeldOut> heldOut) {
        this.bench = bench;
        this.heldOut = heldOut;
    }

    /** Bits per byte over the held-out sequences; NaN when there are none. */
    double bitsPerByte() {
        Use before = bench.clock.use();
        bench.clock.enter(Use.EVALUATION);
        double nats = 0;
        long bytes = 0;
        rows.clear();
        for (TrainingData.HeldOut held : heldOut) {
            rows.add(held.ids(), 0, held.ids().length, held.lossFrom());
            bytes += held.bytes();
            if (rows.rows() >= ROWS) {
                nats += nats();
                rows.clear();
            }
        }
        nats += rows.sequences() > 0 ? nats() : 0;
        bench.clock.enter(before);
        return bytes == 0 ? Double.NaN : nats / Math.log(2) / bytes;
    }

    private double nats() {
        if (logProb.length < rows.rows()) {
            logProb = new float[rows.rows() * 5 / 4];
            entropy = new float[logProb.length];
        }
        TokenBatch batch = rows.slice(0, rows.sequences());
        bench.pass.forward(batch, false);
        bench.pass.logProbs(logProb, entropy);
        double sum = 0;
        for (int i = 0; i < batch.rows(); i++) {
            sum -= batch.targets()[i] >= 0 ? logProb[i] : 0;
        }
        if (!Double.isFinite(sum)) {
            throw new NotFiniteException();
        }
        return sum;
    }

    /** The beginning of a held-out sequence (or of nothing) and how the model goes on. */
    Stage.Sample sample(long stage, long step) {
        Use before = bench.clock.use();
        bench.clock.enter(Use.EVALUATION);
        int[] prompt = {bench.tokenizer.endId()};
        if (!heldOut.isEmpty()) {
            TrainingData.HeldOut held =
                    heldOut.get(Stream.SAMPLES.of(bench.seed, stage, step).nextInt(heldOut.size()));
            prompt = Arrays.copyOf(
                    held.ids(), Math.min(held.ids().length - 1, held.lossFrom() > 1 ? held.lossFrom() : PROMPT_TOKENS));
        }
        Completion answer = bench.generator
                .generate(
                        List.of(prompt),
                        1,
                        Math.max(1, Math.min(NEW_TOKENS, bench.model.spec().maxPositions() - prompt.length)),
                        Sampling.temperature(0.8),
                        bench.tokenizer.endId(),
                        Stream.SAMPLES.of(bench.seed, stage, step, 1).nextLong())
                .getFirst();
        bench.clock.enter(before);
        return new Stage.Sample(bench.tokenizer.decode(prompt), Judgement.text(answer, bench.tokenizer), Double.NaN);
    }
}
