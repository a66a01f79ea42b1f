package genka.catalog;

import java.util.List;
import java.util.Optional;

/** One file for all verbs: what is trained, on what, in which stages, where, and for how much. */
public record Recipe(
        String name,
        String about,
        long seed,
        ModelSource model,
        TokenizerSpec tokenizer,
        DataSpec data,
        List<StageSpec> stages,
        CheckpointSpec checkpoint,
        Placement where,
        Budget budget) {
    public Recipe {
        stages = List.copyOf(stages);
    }

    /** The model's architecture and how its weights begin. */
    public record ModelSource(ModelSpec spec, InitSpec init, Optional<String> weightsPath) {}

    /** How weights begin. */
    public sealed interface InitSpec {
        /** Normal with std {@code gain / sqrt(fan in)}; embeddings with their own std. What tiny widths need. */
        record WidthScaled(double gain, double embeddingStd) implements InitSpec {}

        /** Normal with one std for every matrix: 0.006 in DeepSeek-V3. */
        record Normal(double std) implements InitSpec {}
    }

    /** How text becomes token ids. */
    public sealed interface TokenizerSpec {
        /** One id a character of {@code alphabet}, by position; {@code end} is the character that ends a text, {@code pad} pads. */
        record Characters(String alphabet, char end, char pad) implements TokenizerSpec {}

        /** Ids 0–255 are bytes, 256 ends a text. */
        record Bytes() implements TokenizerSpec {}

        /** A Hugging Face tokenizer.json. */
        record File(String path) implements TokenizerSpec {}
    }

    /** What the model reads. */
    public sealed interface DataSpec {
        /** A generated task by name, with its own options (checked by the task). */
        record Task(String task, java.util.Map<String, Object> options, int evaluationPrompts) implements DataSpec {
            public Task {
                options = java.util.Map.copyOf(options);
            }
        }

        /** A file or folder of text; {@code heldOut} of the files (or of a single file's end) is never trained on. */
        record Text(String path, String glob, double heldOut) implements DataSpec {}

        /** A JSONL file or folder with a text field, or prompt and response fields. */
        record JsonLines(String path, String textField, String promptField, String responseField, double heldOut)
                implements DataSpec {}
    }

    /** Checkpoints are written every {@code everySeconds} of work and at the end of each stage; the newest {@code keep} stay. */
    public record CheckpointSpec(double everySeconds, int keep) {}

    /** Where the recipe runs: this machine, or accelerators that a plan is made for. */
    public sealed interface Placement {
        record Here(int threads) implements Placement {}

        record Fleet(String accelerator, int count, java.util.Map<String, Object> parallelism) implements Placement {
            public Fleet {
                parallelism = java.util.Map.copyOf(parallelism);
            }
        }
    }

    /** Limits the run must not pass; empty means none. */
    public record Budget(Optional<Double> maxUsd, Optional<Double> maxHours) {}
}
