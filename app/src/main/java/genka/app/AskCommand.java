package genka.app;

import genka.generate.Completion;
import genka.generate.Generator;
import genka.generate.Sampling;
import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;
import genka.model.Model;
import genka.model.ModelFiles;
import genka.model.Tokenizer;
import genka.model.Tokenizers;
import genka.train.Task;
import genka.units.GenkaException;
import genka.units.Words;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks a trained model. */
@Command(
        name = "ask",
        header = "Ask a trained model something; its thinking is shown apart from its answer.",
        synopsisHeading = "%nUsage: ",
        footer = {
            "",
            "Examples:",
            "  ./genka ask last \"3+9+4+1+7=\"",
            "  ./genka ask last \"The licence\" --temperature 0.8 --max-tokens 200",
            "  ./genka ask models/my-model \"3+9+4+1+7=\" --json"
        })
final class AskCommand implements Callable<Integer> {
    private static final int MAX_TOKENS = 256;
    private final Terminal terminal;

    @Parameters(
            index = "0",
            paramLabel = "RUN|MODEL_DIR",
            description =
                    "A run (its name, the beginning of it, or last; RUN@STAGE is what a stage of it left) or a model"
                            + " folder.")
    String target = "last";

    @Parameters(index = "1", paramLabel = "PROMPT", description = "What to ask.")
    String prompt = "";

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "0 always takes the likeliest token, 1 draws as trained. Otherwise 0.")
    double temperature;

    @Option(names = "--max-tokens", paramLabel = "N", description = "Most tokens of the answer. Otherwise 256.")
    int maxTokens = MAX_TOKENS;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the draws. Otherwise 0.")
    long seed;

    @Mixin
    ThreadsOption threads = new ThreadsOption();

    @Option(names = "--json", description = "Print the answer as one JSON object.")
    boolean json;

    @Mixin
    Home home = new Home();

    @Mixin
    HelpOption help = new HelpOption();

    /** What {@code --json} prints; thinking and answer are null when the response does not have the task's form. */
    record View(
            String prompt,
            String response,
            @Nullable String thinking,
            @Nullable String answer,
            int tokens,
            boolean truncated) {}

    AskCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (maxTokens < 1) {
            throw GenkaException.user("--max-tokens (" + maxTokens + ") must be positive. Maybe 256?");
        }
        if (seed < 0) {
            throw GenkaException.user("--seed (" + seed + ") must not be negative. Maybe 0?");
        }
        Path dir = TrainedModel.folder(target, home);
        Tokenizer tokenizer = Tokenizers.ofModel(dir);
        Model model = ModelFiles.load(dir);
        int[] ids = tokenizer.encode(prompt);
        int room = model.spec().maxPositions() - ids.length;
        if (ids.length == 0 || room < 1) {
            throw GenkaException.user("the prompt has " + ids.length + " tokens; this model takes 1 to "
                    + (model.spec().maxPositions() - 1) + ". Maybe ask something "
                    + (ids.length == 0 ? "longer." : "shorter."));
        }
        try (ThreadTeam team = new ThreadTeam(threads.count())) {
            Completion answer = new Generator(model, new Gemm(team))
                    .generate(
                            List.of(ids),
                            1,
                            Math.min(room, maxTokens),
                            Sampling.temperature(temperature),
                            tokenizer.endId(),
                            seed)
                    .getFirst();
            show(answer, tokenizer, reading(dir, text(answer, tokenizer)));
        }
        return 0;
    }

    private void show(Completion answer, Tokenizer tokenizer, Optional<Task.Reading> reading) {
        String response = text(answer, tokenizer);
        if (json) {
            Json.print(
                    terminal,
                    new View(
                            prompt,
                            response,
                            reading.map(Task.Reading::thinking).orElse(null),
                            reading.map(Task.Reading::answer).orElse(null),
                            answer.ids().length,
                            answer.truncated()));
            return;
        }
        Style style = terminal.style();
        if (reading.isPresent()) {
            String thinking = reading.get().thinking();
            terminal.out()
                    .print(Table.of("", "")
                            .row("thinks", thinking.isEmpty() ? style.dim("(not at all)") : style.dim(thinking))
                            .row("answers", style.bold(reading.get().answer()))
                            .text("", style));
        } else {
            terminal.out().println(style.dim(Words.printable(prompt)) + Words.printable(response));
        }
        if (answer.truncated()) {
            terminal.err().println("stopped at " + answer.ids().length + " tokens; --max-tokens allows more");
        }
    }

    private static String text(Completion answer, Tokenizer tokenizer) {
        int length = answer.ids().length;
        boolean ended = length > 0 && answer.ids()[length - 1] == tokenizer.endId();
        return tokenizer.decode(answer.ids(), 0, ended ? length - 1 : length);
    }

    /** The response as the task of the run's recipe reads it; empty for other models. */
    private static Optional<Task.Reading> reading(Path modelDir, String response) {
        return TrainedModel.recipe(modelDir)
                .flatMap(TrainedModel::task)
                .flatMap(task ->
                        genka.train.Tasks.named(task.task(), task.options()).read(response));
    }
}
