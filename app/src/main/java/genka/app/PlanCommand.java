package genka.app;

import genka.catalog.Accelerator;
import genka.catalog.Accelerators;
import genka.catalog.RateCards;
import genka.catalog.Recipe;
import genka.catalog.RecipeReader;
import genka.catalog.Traffic;
import genka.catalog.Traffics;
import genka.model.AtomicFile;
import genka.plan.Calibrations;
import genka.plan.Front;
import genka.plan.HourlyPrice;
import genka.plan.LocalPlan;
import genka.plan.ModelRun;
import genka.plan.Planner;
import genka.plan.RunPlan;
import genka.plan.ServingPlan;
import genka.plan.ServingPlanner;
import genka.plan.StagePlan;
import genka.plan.Transformers;
import genka.report.PlanPage;
import genka.units.Fault;
import genka.units.GenkaException;
import genka.units.Tokens;
import genka.units.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Predicts what a training run needs. */
@Command(
        name = "plan",
        header = "Predict hours, memory and dollars of a training run before it runs.",
        synopsisHeading = "%nUsage: ",
        footer = {
            "",
            "A recipe is planned as its `where` says, on this machine too (after calibrate --here), or on",
            "other accelerators with --on. Without a recipe, --model, --tokens and --on plan the fastest way",
            "to train a model. --search compares ways to spread the longest stage.",
            "",
            "Examples:",
            "  ./genka plan recipes/deepseek-v3.yaml",
            "  ./genka plan recipes/deepseek-v3.yaml --on 4096xH100 --search",
            "  ./genka plan --model llama3-70b --tokens 2T --on 512xH100",
            "  ./genka plan --serve deepseek-day"
        })
final class PlanCommand implements Callable<Integer> {
    private static final Pattern PLACE = Pattern.compile("([0-9]{1,7}) ?[x×*] ?(.+)");

    /** What a plan on other accelerators keeps of a recipe's where. */
    private static final List<String> KEPT = List.of("where.parallelism.precision", "where.parallelism.moments");

    private final Terminal terminal;

    @Parameters(arity = "0..1", paramLabel = "RECIPE", description = "A recipe: a YAML file such as those in recipes/.")
    @Nullable
    Path recipe;

    @Mixin
    SetOption set = new SetOption();

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description = "A config.json, a folder with one, or a name of facts/models.yaml.")
    @Nullable
    String model;

    @Option(names = "--tokens", paramLabel = "N", description = "Tokens to train on: 2T, 300B.")
    @Nullable
    String tokens;

    @Option(
            names = "--on",
            paramLabel = "NxNAME",
            description = "How many of which accelerator of facts/accelerators.yaml: 512xH100.")
    @Nullable
    String on;

    @Option(
            names = "--sequence",
            paramLabel = "N",
            description = "Tokens of a sequence. Otherwise 4096, or the model's longest context.")
    @Nullable
    Integer sequence;

    @Option(names = "--batch", paramLabel = "N", description = "Sequences of a step. Otherwise about 4 M tokens.")
    @Nullable
    Long batch;

    @Option(names = "--precision", paramLabel = "TYPE", description = "bf16, fp8 or fp4. Otherwise bf16.")
    @Nullable
    String precision;

    @Option(
            names = "--rates",
            paramLabel = "CARD",
            description = "A rate card of facts/rates or a .yaml file of yours. Otherwise the accelerator's rent.")
    @Nullable
    String rates;

    @Option(names = "--search", description = "Compare ways to spread the work: the fastest, and the Pareto front.")
    boolean search;

    @Option(names = "--html", paramLabel = "FILE", description = "Write the plan as a page with charts, too.")
    @Nullable
    Path html;

    @Option(
            names = "--serve",
            paramLabel = "TRAFFIC",
            description = "Plan a served model instead: a name of facts/traffic or a .yaml file of yours.")
    @Nullable
    String serve;

    @Option(
            names = "--first-token",
            paramLabel = "SECONDS",
            description = "With --serve: how long users may wait for the first token in the mean.")
    @Nullable
    Double firstToken;

    @Option(names = "--json", description = "Print the plan as one JSON object.")
    boolean json;

    @Mixin
    Home home = new Home();

    @Mixin
    HelpOption help = new HelpOption();

    PlanCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (firstToken != null && !(firstToken > 0 && Double.isFinite(firstToken))) {
            throw GenkaException.user(
                    "--first-token (" + firstToken + ") must be a number of seconds above 0. Maybe 2?");
        }
        if (serve != null) {
            return serving(serve);
        }
        if (firstToken != null) {
            throw GenkaException.user("--first-token (" + firstToken + ") changes nothing without --serve."
                    + " Maybe: ./genka plan --serve deepseek-day --first-token " + firstToken);
        }
        if (html != null) {
            requireWritable(html);
        }
        Recipe read = recipe == null ? null : recipe(recipe);
        if (read != null && on == null && read.where() instanceof Recipe.Placement.Here) {
            return local(read);
        }
        Planner planner = new Planner(Calibrations.shipped());
        RunPlan plan = read == null ? model(planner) : plan(planner, read);
        List<String> options = json && html == null ? List.of() : planner.options(plan);
        Optional<StagePlan> training = plan.longestTraining();
        if (search && training.isEmpty()) {
            throw GenkaException.user(
                    "--search finds ways to spread a training step, and every stage of " + plan.name()
                            + " waits for answers most of its time. Maybe without --search: the plan says what its rollouts hang on");
        }
        List<Front.Point> front = search ? training.map(planner::front).orElseThrow() : List.of();
        if (json) {
            Json.print(terminal, PlanView.of(plan, front));
        } else {
            terminal.out().print(PlanScreen.text(plan, options, terminal.style()));
            if (search) {
                terminal.out().print(PlanScreen.front(plan, training.orElseThrow(), front, terminal.style()));
            }
        }
        if (html != null) {
            page(PlanPage.of(plan, training.map(planner::scaling).orElse(List.of()), front, options), html);
        }
        return plan.refusal().isEmpty() ? 0 : Fault.RESOURCE.exitCode();
    }

    private int local(Recipe read) {
        if (search || html != null || rates != null) {
            throw GenkaException.user("--search, --html and --rates change nothing for a run on this machine."
                    + " Maybe name accelerators: --on 8xH100");
        }
        LocalPlan plan = LocalPlans.of(read, home.path());
        if (json) {
            Json.print(terminal, LocalPlans.view(plan));
        } else {
            terminal.out().print(LocalPlans.screen(plan, terminal.style()));
        }
        return 0;
    }

    /** What will not work is told before the plan is made, not after it was printed. */
    private static void requireWritable(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        Path folder = absolute.getParent();
        if (Files.isDirectory(absolute) || folder == null) {
            throw GenkaException.user("--html (" + file + ") is a folder. Maybe " + file.resolve("plan.html") + "?");
        }
        if (Files.exists(absolute) && !Files.isRegularFile(absolute)) {
            throw GenkaException.user("--html (" + file + ") is no plain file. Maybe plan.html?");
        }
        if (!Files.isDirectory(folder)) {
            throw GenkaException.user("--html (" + file + "): there is no folder " + folder + ". Maybe make it first?");
        }
        try {
            Files.delete(Files.createTempFile(folder, ".genka", ".tmp"));
        } catch (IOException e) {
            throw new GenkaException(
                    Fault.USER,
                    "--html (" + file + ") cannot be written: " + Words.reason(e) + ". Maybe in a folder of yours?",
                    e);
        }
    }

    private void page(String page, Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        AtomicFile.write(absolute, page);
        terminal.err().println("page " + absolute);
    }

    private int serving(String name) {
        String idle = idleBesideServe();
        if (!idle.isEmpty()) {
            throw GenkaException.user(
                    "--serve (" + name + ") names its model, accelerators, precision and prices itself, so " + idle
                            + " would change nothing. Maybe leave out " + idle
                            + ", or change a copy of facts/traffic/deepseek-day.yaml");
        }
        Traffic traffic = Traffics.named(name);
        ServingPlan plan = new ServingPlanner(Calibrations.shipped())
                .plan(firstToken == null ? traffic : traffic.withFirstToken(firstToken));
        if (json) {
            Json.print(terminal, ServingScreen.view(plan));
        } else {
            terminal.out().print(ServingScreen.text(plan, terminal.style()));
        }
        return 0;
    }

    /** What was given and says nothing about serving. */
    private String idleBesideServe() {
        Map<String, Boolean> given = new LinkedHashMap<>();
        given.put("the recipe", recipe != null);
        given.put("--set", !set.values.isEmpty());
        given.put("--model", model != null);
        given.put("--tokens", tokens != null);
        given.put("--on", on != null);
        given.put("--sequence", sequence != null);
        given.put("--batch", batch != null);
        given.put("--precision", precision != null);
        given.put("--rates", rates != null);
        given.put("--search", search);
        given.put("--html", html != null);
        return given.entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
    }

    private Recipe recipe(Path file) {
        if (model != null || tokens != null) {
            throw GenkaException.user("a recipe names its model and tokens. Maybe leave out --model and --tokens");
        }
        if (sequence != null || batch != null || precision != null) {
            throw GenkaException.user("--sequence, --batch and --precision change nothing where a recipe says them."
                    + " Maybe --set stages.pretrain.batch=… or --set where.parallelism.precision=…");
        }
        return RecipeReader.read(file, set.values).recipe();
    }

    private RunPlan plan(Planner planner, Recipe read) {
        if (on != null) {
            Place place = place(on);
            requireEffectBeside(on);
            return planner.plan(read, place.accelerator(), place.count(), price(place.accelerator()));
        }
        return planner.plan(read, this::price);
    }

    /** What is set under where names a place and a way to spread the work, and so does --on. */
    private void requireEffectBeside(String place) {
        set.values.stream().filter(PlanCommand::placed).findFirst().ifPresent(idle -> {
            throw GenkaException.user("--set " + idle + " changes nothing beside --on (" + place
                    + "), which looks for the fastest way to spread the work itself."
                    + " Maybe leave out --on, and --set where.accelerator and where.count instead");
        });
    }

    private static boolean placed(String change) {
        String key = change.split("=", 2)[0].strip();
        return (key.equals("where") || key.startsWith("where.")) && !KEPT.contains(key);
    }

    private RunPlan model(Planner planner) {
        if (model == null || tokens == null || on == null) {
            throw GenkaException.user("plan needs a recipe, or --model, --tokens and --on."
                    + " Maybe: ./genka plan recipes/deepseek-v3.yaml");
        }
        if (!set.values.isEmpty()) {
            throw GenkaException.user("--set changes nothing without a recipe. Maybe leave it out");
        }
        Place place = place(on);
        Transformers models = Transformers.shipped();
        ModelRun run = new ModelRun(
                models.read(model),
                models.longestContext(model),
                Tokens.parse(tokens).count(),
                Optional.ofNullable(sequence),
                Optional.ofNullable(batch),
                Optional.ofNullable(precision));
        return planner.plan(run, place.accelerator(), place.count(), price(place.accelerator()));
    }

    private HourlyPrice price(Accelerator accelerator) {
        return rates == null ? HourlyPrice.rent(accelerator) : HourlyPrice.of(RateCards.named(rates));
    }

    private record Place(int count, Accelerator accelerator) {}

    private static Place place(String text) {
        Matcher parts = PLACE.matcher(text.strip());
        if (!parts.matches()) {
            throw GenkaException.user("--on (" + text + ") must be a number and an accelerator. Maybe 512xH100?");
        }
        int count = Integer.parseInt(parts.group(1));
        if (count == 0) {
            throw GenkaException.user(
                    "--on (" + text + ") must be at least one accelerator. Maybe 8x" + parts.group(2));
        }
        return new Place(count, Accelerators.shipped().named(parts.group(2)));
    }
}
