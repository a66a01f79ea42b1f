package genka.app;

import genka.catalog.Overrides;
import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.generate.Generator;
import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;
import genka.model.Model;
import genka.model.ModelFiles;
import genka.model.Tokenizers;
import genka.train.SkillExam;
import genka.train.SkillScores;
import genka.train.Task;
import genka.train.Tasks;
import genka.units.GenkaException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures a trained model on a task. */
@Command(
        name = "eval",
        header = "Measure a trained model on a task: greedy, pass@1, pass@k and cons@k, each with its interval.",
        synopsisHeading = "%nUsage: ",
        footer = {
            "",
            "The questions are those the run kept apart from training.",
            "",
            "Examples:",
            "  ./genka eval last",
            "  ./genka eval last@pretrain",
            "  ./genka eval last --samples 64 --prompts 128",
            "  ./genka eval last --task countdown --set numbers=4 --json"
        })
final class EvalCommand implements Callable<Integer> {
    /** Answers may be this long where no recipe says how long. */
    private static final int MAX_TOKENS = 256;

    private final Terminal terminal;

    @Parameters(
            arity = "0..1",
            index = "0",
            paramLabel = "RUN|MODEL_DIR",
            description =
                    "A run (its name, the beginning of it, or last; RUN@STAGE is what a stage of it left) or a model"
                            + " folder.")
    String target = "last";

    @Option(
            names = "--task",
            paramLabel = "NAME",
            description = "The task to measure. Otherwise the run's own, with its options.")
    @Nullable
    String task;

    @Option(
            names = "--set",
            paramLabel = "OPTION=VALUE",
            description = "An option of the task: numbers=4. Can be repeated.")
    List<String> options = new ArrayList<>();

    @Option(names = "--samples", paramLabel = "K", description = "Answers to each question. Otherwise 16.")
    int samples = 16;

    @Option(
            names = "--prompts",
            paramLabel = "N",
            description =
                    "Questions; of the run's own task not more than it kept apart. Otherwise as many as that, or 256.")
    @Nullable
    Integer prompts;

    @Option(names = "--temperature", paramLabel = "T", description = "Of the samples. Otherwise 1: drawn as trained.")
    double temperature = 1;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "Most tokens of an answer. Otherwise what the run's reinforcement allowed, or 256.")
    @Nullable
    Integer maxTokens;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the samples; the questions stay. Otherwise 1.")
    long seed = 1;

    @Mixin
    ThreadsOption threads = new ThreadsOption();

    @Option(names = "--json", description = "Print the figures as one JSON object.")
    boolean json;

    @Mixin
    Home home = new Home();

    @Mixin
    HelpOption help = new HelpOption();

    EvalCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (seed < 0) {
            throw GenkaException.user("--seed (" + seed + ") must not be negative. Maybe 1?");
        }
        Path dir = TrainedModel.folder(target, home);
        Optional<Recipe> recipe = TrainedModel.recipe(dir);
        Optional<Recipe.DataSpec.Task> own = recipe.flatMap(TrainedModel::task);
        String name = taskName(own);
        Map<String, Object> set = options(own, name);
        own.filter(data -> data.task().equals(name) && data.options().equals(set))
                .ifPresent(this::requireKeptApart);
        Task tested = Tasks.named(name, set);
        Model model = ModelFiles.load(dir);
        try (ThreadTeam team = new ThreadTeam(threads.count())) {
            SkillExam.Settings settings = settings(recipe, own, model);
            SkillScores scores = new SkillExam(
                            new Generator(model, new Gemm(team)), Tokenizers.ofModel(dir), tested, settings)
                    .run();
            if (json) {
                Json.print(terminal, SkillView.json(name, settings, scores));
            } else {
                terminal.out().print(SkillView.text(name, settings, scores, terminal.style()));
            }
        }
        return 0;
    }

    /** What a run was not kept from, it may know by heart. */
    private void requireKeptApart(Recipe.DataSpec.Task data) {
        if (prompts != null && prompts > data.evaluationPrompts()) {
            throw GenkaException.user("--prompts (" + prompts + ") must be at most " + data.evaluationPrompts()
                    + ", the questions that the run kept apart: it may have trained on any other. Maybe --prompts "
                    + data.evaluationPrompts() + ", or a run with data.evaluation_prompts " + prompts + "?");
        }
    }

    private SkillExam.Settings settings(Optional<Recipe> recipe, Optional<Recipe.DataSpec.Task> own, Model model) {
        long promptSeed = recipe.map(Recipe::seed).orElse(seed);
        int asked = prompts != null
                ? prompts
                : own.map(Recipe.DataSpec.Task::evaluationPrompts).orElse(256);
        int longest = maxTokens != null
                ? maxTokens
                : recipe.flatMap(EvalCommand::reinforced)
                        .orElse(Math.min(MAX_TOKENS, model.spec().maxPositions() / 2));
        return new SkillExam.Settings(promptSeed, asked, samples, temperature, longest, seed);
    }

    private static Optional<Integer> reinforced(Recipe recipe) {
        return recipe.stages().stream()
                .filter(StageSpec.Grpo.class::isInstance)
                .map(stage -> ((StageSpec.Grpo) stage).maxNewTokens())
                .reduce((first, last) -> last);
    }

    private String taskName(Optional<Recipe.DataSpec.Task> own) {
        if (task != null) {
            return task;
        }
        return own.map(Recipe.DataSpec.Task::task)
                .orElseThrow(() -> GenkaException.user(target + " was not trained on a task. Maybe --task "
                        + Tasks.names().getFirst() + "?"));
    }

    /** The run's own options where it is the run's own task, and over them what was set. */
    private Map<String, Object> options(Optional<Recipe.DataSpec.Task> own, String name) {
        Map<String, Object> all = new LinkedHashMap<>();
        own.filter(data -> data.task().equals(name)).ifPresent(data -> all.putAll(data.options()));
        Map<String, String> given = new HashMap<>();
        for (String option : options) {
            int at = option.indexOf('=');
            if (at < 1) {
                throw GenkaException.user("--set (" + option + ") must be OPTION=VALUE. Maybe numbers=4?");
            }
            String key = option.substring(0, at);
            String value = option.substring(at + 1);
            String other = given.putIfAbsent(key, value);
            if (other != null && !Overrides.same(other, value)) {
                throw GenkaException.user(
                        key + " is given two values, " + other + " and " + value + ". Maybe leave one of them out?");
            }
            all.put(key, value(value));
        }
        return all;
    }

    private static Object value(String text) {
        try {
            return text.matches("[+-]?\\d+") ? (Object) Long.valueOf(text) : Double.valueOf(text);
        } catch (NumberFormatException _) {
            return text;
        }
    }
}
