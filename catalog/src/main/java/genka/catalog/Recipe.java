package genka.catalog;

import genka.units.GenkaException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * One file for all verbs: what is trained, on what, in which stages, where, and for how much.
 *
 * @param models by name; {@link #MAIN} is the recipe's own, and first
 * @param sources of data by name; {@link #MAIN} is the recipe's own, and first
 */
public record Recipe(
        String name,
        String about,
        long seed,
        Map<String, ModelSource> models,
        TokenizerSpec tokenizer,
        Map<String, DataSpec> sources,
        List<StageSpec> stages,
        CheckpointSpec checkpoint,
        Placement where,
        Budget budget) {
    /** Name of the recipe's own model and of its own data. */
    public static final String MAIN = "main";

    /** Keys that only describe a recipe: two that differ in them alone are one. */
    public static final Set<String> DESCRIBING = Set.of("name", "about");

    public Recipe {
        models = inOrder("model", models);
        sources = inOrder("data", sources);
        stages = List.copyOf(stages);
    }

    private static <T> Map<String, T> inOrder(String what, Map<String, T> byName) {
        T main = byName.get(MAIN);
        if (main == null) {
            throw GenkaException.user(what + " is missing");
        }
        Map<String, T> ordered = new LinkedHashMap<>();
        ordered.put(MAIN, main);
        ordered.putAll(byName);
        return Collections.unmodifiableMap(ordered);
    }

    /** The recipe's own model. */
    public ModelSource model() {
        return model(MAIN);
    }

    /** The model of that name, which a stage may train. */
    public ModelSource model(String named) {
        return Objects.requireNonNull(models.get(named));
    }

    /** The architecture of the model that a stage trains or asks. */
    public Transformer transformer(StageSpec stage) {
        return model(stage.inputs().model()).spec().transformer(name);
    }

    /** The recipe's own data. */
    public DataSpec data() {
        return Objects.requireNonNull(sources.get(MAIN));
    }

    /**
     * The model's architecture and how its weights begin.
     *
     * @param continuedFrom the run, and after @ the stage, whose weights lie under the path
     */
    public record ModelSource(
            ModelSpec spec, InitSpec init, Optional<String> weightsPath, Optional<String> continuedFrom) {}

    /** How weights begin. */
    public sealed interface InitSpec {
        /** Normal with std {@code gain / sqrt(fan in)}; embeddings with their own std. What tiny widths need. */
        record WidthScaled(double gain, double embeddingStd) implements InitSpec {
            public WidthScaled {
                Require.positive("init.gain", gain);
                Require.positive("init.embedding_std", embeddingStd);
            }
        }

        /** Normal with one std for every matrix: 0.006 in DeepSeek-V3. */
        record Normal(double std) implements InitSpec {
            public Normal {
                Require.positive("init.std", std);
            }
        }
    }

    /** How text becomes token ids. */
    public sealed interface TokenizerSpec {
        /** One id a character of {@code alphabet}, by position; {@code end} is the character that ends a text, {@code pad} pads. */
        record Characters(String alphabet, char end, char pad) implements TokenizerSpec {
            public Characters {
                Require.that(
                        alphabet.chars().distinct().count() == alphabet.length(),
                        "alphabet (" + alphabet + ") must hold each character once");
                Require.that(alphabet.indexOf(end) >= 0, "end (" + end + ") must be in the alphabet");
                Require.that(alphabet.indexOf(pad) >= 0, "pad (" + pad + ") must be in the alphabet");
            }
        }

        /** Ids 0–255 are bytes, 256 ends a text. */
        record Bytes() implements TokenizerSpec {}

        /** A Hugging Face tokenizer.json. */
        record File(String path) implements TokenizerSpec {}
    }

    /** What the model reads. */
    public sealed interface DataSpec {
        /** A generated task by name, with its own options (checked by the task). */
        record Task(String task, Map<String, Object> options, int evaluationPrompts) implements DataSpec {
            public Task {
                options = Map.copyOf(options);
                Require.notNegative("evaluation_prompts", evaluationPrompts);
            }
        }

        /** A file or folder of text; {@code heldOut} of the files (or of a single file's end) is never trained on. */
        record Text(String path, String glob, double heldOut) implements DataSpec {
            public Text {
                Require.share("held_out", heldOut);
            }
        }

        /** A JSONL file or folder with a text field, or prompt and response fields. */
        record JsonLines(String path, String textField, String promptField, String responseField, double heldOut)
                implements DataSpec {
            public JsonLines {
                Require.share("held_out", heldOut);
            }
        }
    }

    /** Checkpoints are written every {@code everySeconds} of work and at the end of each stage; the newest {@code keep} stay. */
    public record CheckpointSpec(double everySeconds, int keep) {
        public CheckpointSpec {
            Require.notNegative("checkpoint.every_seconds", everySeconds);
            Require.positive("checkpoint.keep", keep);
        }
    }

    /** Where the recipe runs: this machine, or accelerators that a plan is made for. */
    public sealed interface Placement {
        record Here(int threads) implements Placement {
            public Here {
                Require.notNegative("where.threads", threads);
            }
        }

        record Fleet(String accelerator, int count, Map<String, Object> parallelism) implements Placement {
            public Fleet {
                Require.positive("where.count", count);
                parallelism = Map.copyOf(parallelism);
            }
        }
    }

    /** Limits the run must not pass; empty means none. */
    public record Budget(Optional<Double> maxUsd, Optional<Double> maxHours) {}
}
