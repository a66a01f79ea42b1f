package genka.model;

import genka.kernel.AlignedFloats;
import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;
import genka.kernel.Vectors;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Training of a small model by slices of the batch: a thread takes some whole sequences forward and backward through all layers before
 * the next, so that everything a slice keeps stays in its second cache, and threads meet only at the end. Each lane adds up the
 * gradients of its slices, then the lanes are added in their order. Slices and lanes depend on the batch alone, so the number of threads
 * changes no bit.
 */
final class Lanes {
    /** How many gradients are added up apart at most, and so how many threads help at once; any of the team's may. */
    static final int LANES = 8;

    /** Parameters up to which weights, packed weights and gradients leave the caches room. */
    private static final long MOST_PARAMETERS = 1_000_000;

    /** Sums over rows; whoever asks clears them. */
    static final class Sums {
        double sum;
        int counted;
        double mtpSum;
        int mtpCounted;
        double balance;

        void clear() {
            sum = 0;
            counted = 0;
            mtpSum = 0;
            mtpCounted = 0;
            balance = 0;
        }

        void add(Sums other) {
            sum += other.sum;
            counted += other.counted;
            mtpSum += other.mtpSum;
            mtpCounted += other.mtpCounted;
            balance += other.balance;
        }
    }

    /** Gradients and sums of some of the slices. */
    private static final class Lane {
        private final float[] gradients;
        private final Sums sums = new Sums();

        Lane(int parameters) {
            gradients = new float[parameters];
        }
    }

    /** One thread's pass and the slice it is at: what it keeps of a slice lies where the one before lay, in the cache. */
    private static final class Worker {
        private final Parameters parameters;
        private final ModelPass pass;
        private final int[] ids = new int[RaggedRows.BLOCK];
        private final int[] targets = new int[RaggedRows.BLOCK];
        private final LossTerms terms = new LossTerms();
        private int[] starts = {};
        private @Nullable TokenBatch[] batches = {};

        Worker(Model model) {
            parameters = model.parameters().withOwnGradients();
            // A team of one has no threads to end: its caller does the work.
            pass = new ModelPass(new Model(model.spec(), parameters), new Gemm(new ThreadTeam(1)));
            terms.weight = new float[RaggedRows.BLOCK];
        }

        /** The sequences {@code from..to}; one batch object for each number of sequences. */
        TokenBatch slice(TokenBatch whole, int from, int to) {
            int count = to - from;
            if (starts.length <= count) {
                starts = new int[2 * count + 1];
                batches = new TokenBatch[starts.length];
            }
            int first = whole.starts()[from];
            for (int s = 0; s <= count; s++) {
                starts[s] = whole.starts()[from + s] - first;
            }
            System.arraycopy(whole.ids(), first, ids, 0, starts[count]);
            System.arraycopy(whole.targets(), first, targets, 0, starts[count]);
            TokenBatch batch = batches[count];
            if (batch == null) {
                batch = new TokenBatch(count, starts, ids, targets);
                batches[count] = batch;
            }
            return batch;
        }

        /** The terms of the batch {@code whole}, for its {@code rows} from {@code first}. */
        LossTerms slice(LossTerms whole, int first, int rows, double share) {
            System.arraycopy(whole.weight, first, terms.weight, 0, rows);
            terms.factor = whole.factor;
            terms.mtp = whole.mtp;
            terms.balance = whole.balance * share;
            return terms;
        }
    }

    private final ThreadTeam team;
    private final Parameters parameters;
    private final Lane[] lanes = new Lane[LANES];
    private final Worker[] workers;
    private final RaggedRows rows = new RaggedRows();
    private final ThreadTeam.RangeTask laneTask = this::runLanes;
    private final ThreadTeam.RangeTask addTask = this::addGradients;
    private TokenBatch batch = new TokenBatch(0, new int[1], new int[0], new int[0]);
    private LossTerms terms = new LossTerms();
    private int inUse;
    private float[] logProb = {};
    private float[] entropy = {};

    Lanes(Model model, ThreadTeam team) {
        this.team = team;
        this.parameters = model.parameters();
        for (int i = 0; i < LANES; i++) {
            lanes[i] = new Lane(parameters.values().length);
        }
        workers = new Worker[team.threads()];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(model);
        }
        AlignedFloats forward = new AlignedFloats(workers[0].pass.packedSize());
        AlignedFloats backward = new AlignedFloats(forward.size());
        for (Worker worker : workers) {
            worker.pass.keepPacked(forward, backward);
        }
    }

    /** Whether a batch with so many rows and so long a sequence is trained by slices. */
    static boolean suit(long parameters, long rows, int longest) {
        return parameters <= MOST_PARAMETERS && longest <= RaggedRows.BLOCK && rows > RaggedRows.BLOCK;
    }

    /**
     * As {@link ModelPass#addGradient(TokenBatch, LossTerms, Sums)}; what the experts got is added to {@code loads}.
     *
     * @param logProb [rows] out, as is {@code entropy}
     */
    void addGradient(
            TokenBatch batch, LossTerms terms, RouterLoads loads, Sums sums, float[] logProb, float[] entropy) {
        this.batch = batch;
        this.terms = terms;
        this.logProb = logProb;
        this.entropy = entropy;
        rows.of(batch);
        workers[0].pass.packAll();
        inUse = lanes(rows.blocks());
        team.each(inUse, laneTask);
        parameters.gradients();
        team.run(parameters.values().length, Workspace.grain(1), addTask);
        for (int i = 0; i < inUse; i++) {
            sums.add(lanes[i].sums);
        }
        for (Worker worker : workers) {
            loads.take(worker.pass.loads());
        }
    }

    /** A lane for each two or more blocks: clearing and adding up its gradients is paid for by few others. */
    private static int lanes(int blocks) {
        return blocks < 2 * LANES ? Math.max(1, Math.min(LANES / 2, blocks / 2)) : LANES;
    }

    private int firstBlock(int lane) {
        return (int) ((long) rows.blocks() * lane / inUse);
    }

    private void runLanes(int worker, int from, int to) {
        Worker own = workers[worker];
        for (int i = from; i < to; i++) {
            Lane lane = lanes[i];
            lane.sums.clear();
            Arrays.fill(lane.gradients, 0);
            own.parameters.gradients(lane.gradients);
            for (int block = firstBlock(i); block < firstBlock(i + 1); block++) {
                int first = rows.firstSequence(block);
                int last = rows.firstSequence(block + 1);
                double share = (double) (last - first) / rows.sequences();
                TokenBatch slice = own.slice(batch, first, last);
                int row = rows.start(first);
                own.pass.addGradient(slice, own.slice(terms, row, slice.rows(), share), lane.sums);
                own.pass.copyRows(logProb, entropy, row);
            }
        }
    }

    private void addGradients(int worker, int from, int to) {
        for (int i = 0; i < inUse; i++) {
            Vectors.add(to - from, lanes[i].gradients, from, parameters.gradients(), from);
        }
    }
}
