package genka.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RecipeReaderTest {
    static final Path RECIPES = GenkaRoot.path().resolve("recipes");
    private static final Path TINY = RECIPES.resolve("r1-zero-tiny.yaml");

    @TempDir
    Path folder;

    static List<Path> shipped() throws IOException {
        try (Stream<Path> files = Files.list(RECIPES)) {
            return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    static List<String> needed(Path recipe) {
        return recipe.endsWith("text-tiny.yaml") ? List.of("data.path=texts") : List.of();
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void shippedRecipesReadAndSurviveBeingWrittenOut(Path file) {
        ResolvedRecipe first = RecipeReader.read(file, needed(file));
        ResolvedRecipe again = RecipeReader.readText(first.yaml(), "resolved.yaml", folder, List.of());
        assertThat(again.recipe()).isEqualTo(first.recipe());
        assertThat(again.hash()).isEqualTo(first.hash()).matches("[0-9a-f]{64}");
        assertThat(again.yaml()).isEqualTo(first.yaml());
        assertThat(first.recipe().name() + ".yaml").isEqualTo(String.valueOf(file.getFileName()));
    }

    @Test
    void theTinyRecipeSaysWhatWasMeasured() {
        Recipe recipe = RecipeReader.read(TINY).recipe();
        assertThat(ParameterCount.of(recipe.model().spec()).total()).isBetween(215_000L, 227_000L);
        assertThat(recipe.stages()).hasSize(2);
        StageSpec.Grpo grpo = (StageSpec.Grpo) recipe.stages().get(1);
        assertThat(grpo.optimizer().learningRate()).isEqualTo(4e-4);
        assertThat(grpo.objective().scale()).as("from the preset").isTrue();
        assertThat(grpo.objective().minibatches()).as("over the preset's 16").isEqualTo(1);
        assertThat(recipe.data())
                .isEqualTo(
                        new Recipe.DataSpec.Task("digit-sum", java.util.Map.of("digits", 5L, "think_share", 0.4), 256));
    }

    @Test
    void commentsOrderNameAndWrittenDefaultsDoNotChangeTheHash() throws IOException {
        String text = Files.readString(TINY);
        String other = "# other\n" + text.replace("name: r1-zero-tiny", "name: renamed") + "\n";
        String moved = other.replace("seed: 1\n", "") + "seed: 1\n";
        String spelled = moved.replace("learning_rate: 1e-2", "learning_rate: 0.010, eps: 1.0e-8");
        assertThat(spelled).isNotEqualTo(moved);
        String hash = RecipeReader.read(TINY).hash();
        assertThat(read(spelled).hash()).isEqualTo(hash);
        assertThat(read(text, "seed=2").hash()).isNotEqualTo(hash);
        assertThat(read(text, "stages.grpo.objective.kl_beta=0.001").hash()).isNotEqualTo(hash);
    }

    @Test
    void aCharacterOfTwoHalvesMayStandAnywhere() throws IOException {
        String text = Files.readString(TINY);
        for (int before = 1000; before < 1060; before++) {
            assertThat(read("#" + "x".repeat(before) + "😀\n" + text).hash())
                    .isEqualTo(read(text).hash());
        }
    }

    @Test
    void overridesReachListsByIndexAndName() throws IOException {
        String text = Files.readString(TINY);
        for (String key : List.of("stages.0.steps", "stages.pretrain.steps", "stages[0].steps")) {
            StageSpec.Supervised stage = (StageSpec.Supervised)
                    read(text, key + "=10").recipe().stages().getFirst();
            assertThat(stage.steps()).as(key).contains(10L);
        }
        assertThat(read(text, "model.config.hidden_size=32")
                        .recipe()
                        .model()
                        .spec()
                        .hiddenSize())
                .isEqualTo(32);
        StageSpec.Training grpo = (StageSpec.Training)
                read(text, "stages.grpo.optimizer.lr=0.125", "stages.grpo.freeze=[model.norm.weight]")
                        .recipe()
                        .stages()
                        .get(1);
        assertThat(grpo.optimizer().learningRate()).isEqualTo(0.125);
        assertThat(grpo.weights().freeze()).containsExactly("model.norm.weight");
        Recipe whole = read(text, "where={threads: 3}", "budget.max_usd=1").recipe();
        assertThat(whole.where()).isEqualTo(new Recipe.Placement.Here(3));
        assertThat(whole.budget().maxUsd()).contains(1.0);
    }

    @Test
    void relativePathsStartWhereTheyAreWritten() throws IOException {
        Path file = folder.resolve("text-tiny.yaml");
        Files.writeString(
                file, Files.readString(RECIPES.resolve("text-tiny.yaml")).replace("path: #", "path: a/b #"));
        assertThat(((Recipe.DataSpec.Text) RecipeReader.read(file).recipe().data()).path())
                .isEqualTo(folder.resolve("a/b").toString());
        assertThat(((Recipe.DataSpec.Text) RecipeReader.read(file, List.of("data.path=c"))
                                .recipe()
                                .data())
                        .path())
                .isEqualTo(Path.of("c").toAbsolutePath().toString());
    }

    @Test
    void topLevelOptimizerHoldsUnlessTheStageOrPresetSaysOtherwise() throws IOException {
        String text = Files.readString(TINY)
                .replace("optimizer: {learning_rate: 4e-4, weight_decay: 0}", "optimizer: {weight_decay: 0.5}");
        Recipe recipe =
                read(text + "\noptimizer: {learning_rate: 9e-3, eps: 1e-7}\n").recipe();
        OptimizerSpec pretrain = ((StageSpec.Training) recipe.stages().getFirst()).optimizer();
        OptimizerSpec grpo = ((StageSpec.Training) recipe.stages().getLast()).optimizer();
        assertThat(pretrain.learningRate()).as("own").isEqualTo(1e-2);
        assertThat(pretrain.eps()).as("top level").isEqualTo(1e-7);
        assertThat(grpo.learningRate()).as("preset").isEqualTo(3e-6);
        assertThat(grpo.weightDecay()).as("own").isEqualTo(0.5);
        assertThat(grpo.eps()).as("top level").isEqualTo(1e-7);
    }

    @Test
    void aModelByPathIsTheSameModelInline() throws IOException {
        String text = Files.readString(TINY);
        Path config = Files.writeString(
                folder.resolve("config.json"),
                ModelConfigJson.text(RecipeReader.read(TINY).recipe().model().spec()));
        String byPath = text.replaceFirst("(?s)  config:.*?  init:", "  path: " + config + "\n  init:");
        ResolvedRecipe resolved = read(byPath);
        assertThat(resolved.recipe().model()).isEqualTo(read(text).recipe().model());
        assertThat(resolved.yaml()).doesNotContain("path:").contains("hidden_size: 64");
    }

    @Test
    void allProblemsAreToldAtOnceInTheOrderOfTheFile() throws IOException {
        String text = Files.readString(TINY)
                .replace("seed: 1\n", "seed: -1\n")
                .replace("vocab_size: 24", "vocab_size: 25")
                .replace("q_lora_rank: 48", "q_lora_rnk: 48")
                .replaceFirst("\n    steps: \\d+", "\n    stpes: 500")
                .replaceFirst("\n    batch: \\d+", "\n    batch: many")
                .replace("loss_on: response", "loss_on: answers")
                .replaceFirst("\n    group: \\d+", "\n    group: 1")
                .replace("preset: r1-zero", "preset: r1zero")
                .replace("warmup: 25,", "warmup: 25, warmup: 60,")
                .replace("kl_beta: 0 ", "kl_beta: -0.1 ");
        assertThatThrownBy(() -> read(text))
                .isInstanceOfSatisfying(
                        GenkaException.class, e -> assertThat(e.fault()).isEqualTo(Fault.USER))
                .message()
                .satisfies(message -> assertThat(message.lines())
                        .anyMatch(l -> l.matches("r.yaml:11:7: seed \\(-1\\) must be 0 or more. Maybe you meant 1\\?"))
                        .anyMatch(l ->
                                l.contains("q_lora_rnk is not a key") && l.endsWith("Maybe you meant q_lora_rank?"))
                        .anyMatch(l -> l.contains("model.config.q_lora_rank is missing"))
                        .anyMatch(l -> l.contains("stages[0].stpes is not a known key. Maybe you meant steps"))
                        .anyMatch(l -> l.contains("stages[0].steps or tokens must say how long"))
                        .anyMatch(l -> l.contains("stages[0].batch (many) must be a whole number"))
                        .anyMatch(l -> l.contains("stages[0].loss_on (answers) must be one of all, response"))
                        .anyMatch(l -> l.contains("stages[0].schedule.warmup is given twice, first at r.yaml:"))
                        .anyMatch(
                                l -> l.contains("stages[1].preset (r1zero)") && l.endsWith("Maybe you meant r1-zero?"))
                        .anyMatch(l -> l.contains("stages[1].group (1) must be between 2 and"))
                        .anyMatch(l -> l.contains("objective.kl_beta (-0.1) must be 0 or more. Maybe you meant 0.1"))
                        .allMatch(l -> l.matches("r\\.yaml:[0-9]+:[0-9]+: .*"))
                        .isSortedAccordingTo(
                                java.util.Comparator.comparingInt(l -> Integer.parseInt(l.split(":", 3)[1]))));
    }

    @ParameterizedTest
    @CsvSource({"3, 3, true", "1e-3, 0.001, true", "1e-3, 1e-4, false", "x, x, true", "x, y, false", "1e9999, 1, false"
    })
    void valuesAreTheSameAsTextsOrNumbers(String one, String other, boolean same) {
        assertThat(Overrides.same(one, other)).isEqualTo(same);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stages.pretrain.stps=5 | --set stages.pretrain.stps=5: stages[0].stps is not a known key. Maybe you meant steps",
                "sed=5 | --set sed=5: sed is not a known key. Maybe you meant seed",
                "seed | must be written key=value",
                "=5 | must be written key=value",
                "a..b=5 | must name a key",
                "seed.x=5 | seed (1) is a value and has no key x",
                "stages.7.steps=5 | stages has no entry 7: it has 2",
                "stages.pretrian.steps=5 | stages has no entry named pretrian. Maybe you meant pretrain",
                "seed=[1 | not YAML",
                "seed=abc | --set seed=abc: seed (abc) must be a whole number",
                "stages.grpo.objective.kl_beta=0.1. | stages[1].objective.kl_beta (0.1.) must be a number",
                "model.config.hiden_size=5 | Maybe you meant hidden_size",
                "stages.grpo.optimizer.rate=5 | stages[1].optimizer.rate is not a known key",
                "stages.grpo.end_with=ema | stages[1].end_with (ema) needs an average. Maybe add ema: 0.99",
                "data={kind: text, path: ''} | data.path (\"\") must not be empty",
                "model.weights='' | model.weights (\"\") must not be empty",
                "stages.pretrain.steps=1e30 | stages[0].steps (1e30) must be at most 9.223372036854776E18",
                "stages.pretrain.optimizer.lr=1e400 | stages[0].optimizer.learning_rate (1e400) must be at most 1.79",
                "stages.pretrain.mtp_weight=0.3 | stages[0].mtp_weight (0.3) must be 0",
                "stages.grpo.stop={patience: 3, times: 2} | stages[1].stop.times (2) belongs to greedy_accuracy",
                "stages.grpo.objective.unbiased_kl=true | stages[1].objective.unbiased_kl (true) needs a KL term, but kl_beta is 0",
                "stages.grpo.objective.reference_every=5 | stages[1].objective.reference_every (5) needs a reference model",
                "stages.grpo.objective.minibatches=17 | stages[1].objective.minibatches (17) must be at most prompts (16)",
                "data={kind: text, path: x} | stages[0].loss_on (response) must be all: this text has no responses",
                "stages=[] | stages (a list of 0) must list one stage or more",
                "stages=5 | stages (5) must be a list",
                "stages.grpo.stop={times: 2} | stages[1].stop.greedy_accuracy or patience must say when to stop",
                "stages.pretrain={kind: sft, steps: 5, stop: {patience: 3}} | stages[0].stop (a section) needs evaluations",
                "stages.grpo.accumulate=3 | stages[1].accumulate (3) must divide prompts (16)",
                "stages.pretrain.freeze=model | stages[0].freeze (model) must be a list of texts",
                "tokenizer.alphabet=abc | tokenizer.end (\"$\") must be in the alphabet"
            })
    void anOverrideThatMakesNoSenseIsNamed(String override, String message) {
        assertThatThrownBy(() -> RecipeReader.read(TINY, List.of(override)))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining(message);
    }

    @Test
    void ofAPresetWhatCannotHoldIsLeftOut() {
        List<String> changes = List.of(
                "stages.grpo={kind: grpo, steps: 2, prompts: 4, group: 4, max_new_tokens: 8, objective: {kl_beta: 0}}");
        ResolvedRecipe recipe = RecipeReader.read(TINY, changes);
        StageSpec.Grpo grpo = (StageSpec.Grpo) recipe.recipe().stages().get(1);
        assertThat(grpo.objective().minibatches()).as("16 of the preset").isEqualTo(4);
        assertThat(grpo.objective().referenceEvery()).as("25 of the preset").isZero();
        assertThat(RecipeReader.readText(recipe.yaml(), "again.yaml", folder, List.of())
                        .recipe())
                .isEqualTo(recipe.recipe());
    }

    @Test
    void whatIsSaidOfStopSurvivesBeingWrittenOut() {
        ResolvedRecipe recipe = RecipeReader.read(
                TINY, List.of("stages.grpo.stop={patience: 3}", "stages.0.kind=sft", "stages.0.name=pretrain"));
        assertThat(RecipeReader.readText(recipe.yaml(), "again.yaml", folder, List.of())
                        .recipe())
                .isEqualTo(recipe.recipe());
    }

    @Test
    void whatIsNoRecipeGetsOneClearSentence() throws IOException {
        List<List<Object>> cases = new ArrayList<>();
        cases.add(List.of("", "r.yaml is empty"));
        cases.add(List.of("# only a comment\n", "r.yaml is empty"));
        cases.add(List.of("seed: 1\n\tname: x\n", "r.yaml:2:1: not YAML"));
        cases.add(List.of("a: [1, 2\n", "not YAML"));
        cases.add(List.of("just text", "r.yaml:1:1: the file (just text) must be a section"));
        cases.add(List.of("- 1\n- 2\n", "the file (a list of 2) must be a section"));
        cases.add(List.of("a: &x [1]\nb: *x\n", "anchors and aliases"));
        cases.add(List.of("a: !!binary xx\n", "tags (!) are not read"));
        cases.add(List.of("a: 1\n---\nb: 2\n", "only one document"));
        cases.add(List.of("[".repeat(5000), "nested deeper than 30"));
        cases.add(List.of("a: ".repeat(3), "not YAML"));
        cases.add(List.of("? [1]\n: 2\n", "a key must be a word"));
        cases.add(List.of("a: \u0007\n", "not YAML"));
        for (List<Object> one : cases) {
            assertThatThrownBy(() -> read((String) one.get(0)))
                    .as("%s", one)
                    .isInstanceOfSatisfying(
                            GenkaException.class, e -> assertThat(e.fault()).isEqualTo(Fault.USER))
                    .hasMessageContaining((String) one.get(1));
        }
        Path latin = Files.write(folder.resolve("l.yaml"), "name: Größe".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> RecipeReader.read(latin)).hasMessageContaining("must be text in UTF-8");
        assertThatThrownBy(() -> RecipeReader.read(folder)).hasMessageContaining("is a folder");
        assertThatThrownBy(() -> RecipeReader.read(RECIPES.resolve("r1-zero-tny.yaml")))
                .hasMessageContaining("does not exist. Maybe you meant " + TINY);
    }

    /** A new user stands in another folder than the checkout. */
    @Test
    void aRecipeThatShipsIsFoundForThoseWhoStandElsewhere() {
        Path root = GenkaRoot.path();
        assertThatThrownBy(() -> YamlText.readFile(Path.of("docs/errors.md")))
                .hasMessage("docs/errors.md does not exist. Maybe you meant " + root.resolve("docs/errors.md") + "?");
        assertThatThrownBy(() -> YamlText.readFile(Path.of("nowhere/errors.md")))
                .hasMessage("nowhere/errors.md does not exist. Maybe check the folder's name");
    }

    @Test
    void aMissingDataPathSaysHowToGiveIt() {
        assertThatThrownBy(() -> RecipeReader.read(RECIPES.resolve("text-tiny.yaml")))
                .hasMessageContaining("data.path is missing")
                .hasMessageContaining("--set data.path=FOLDER");
    }

    private ResolvedRecipe read(String text, String... overrides) {
        return RecipeReader.readText(text, "r.yaml", folder, List.of(overrides));
    }

    private static final String PIPELINE = """
            models: {student: {like: main}}
            sources: {general: {kind: task, task: digit-sum, digits: 2}}
            stages:
              - {kind: pretrain, steps: 4, optimizer: {learning_rate: 1e-3}}
              - {kind: rejection-sample, name: samples, prompts: 100, batch: 64, max_new_tokens: 8, data: {main: 3, general: 1}}
              - {kind: sft, steps: 4, start: pretrain, data: {samples: 600, general: 200}, optimizer: {learning_rate: 1e-3}}
              - {kind: distill, model: student, steps: 4, data: samples, optimizer: {learning_rate: 1e-3}}
            """;

    private static String pipeline() throws IOException {
        return Files.readString(TINY).replaceFirst("(?s)stages:.*?checkpoint:", PIPELINE + "checkpoint:");
    }

    @Test
    void stagesSayWhichModelFromWhereAndOnWhat() throws IOException {
        ResolvedRecipe resolved = read(pipeline());
        Recipe recipe = resolved.recipe();
        assertThat(recipe.model("student")).isEqualTo(recipe.model());
        assertThat(recipe.sources()).containsOnlyKeys(Recipe.MAIN, "general");
        assertThat(recipe.stages().getFirst().inputs()).isEqualTo(StageSpec.Inputs.MAIN);
        StageSpec.RejectionSample sampling =
                (StageSpec.RejectionSample) recipe.stages().get(1);
        assertThat(sampling.steps()).isEqualTo(2);
        assertThat(sampling.filter()).isEqualTo(new StageSpec.Filter(1, 8, 4));
        StageSpec.Inputs sft = recipe.stages().get(2).inputs();
        assertThat(sft.start()).contains("pretrain");
        assertThat(sft.data())
                .containsExactly(java.util.Map.entry("samples", 600.0), java.util.Map.entry("general", 200.0));
        assertThat(recipe.stages().getLast().inputs().model()).isEqualTo("student");
        assertThat(read(resolved.yaml()).recipe()).isEqualTo(recipe);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model: student|model: studnet|Maybe you meant student?",
                "start: pretrain|start: pretrian|Maybe you meant pretrain?",
                "start: pretrain|start: distill|must be fresh or an earlier stage",
                "samples: 600|sample: 600|Maybe you meant samples?",
                "general: 200|general: 0|must be above 0",
                "model: student, |model: main, |which is the teacher",
                "data: {main: 3, general: 1}|data: samples|names samples, but there are main, general",
                "name: samples|name: general|no source's name",
                "{student: {like: main}}|{main: {like: main}}|other than main",
                "{like: main}|{like: big}|must name a model above"
            })
    void whatAStageCannotWorkOnIsAProblemWithAdvice(String good, String bad, String told) throws IOException {
        assertThat(pipeline()).contains(good);
        assertThatThrownBy(() -> read(pipeline().replace(good, bad)))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining(told);
    }

    @Test
    void muonIsReadAndItsKeysAreRefusedWithoutIt() {
        assertThat(optimizer("{kind: muon, learning_rate: 1e-2, momentum: 0.5}").muon())
                .contains(new OptimizerSpec.Muon(0.5, 5));
        assertThat(optimizer("{kind: muon, learning_rate: 1e-2, iterations: 3}").muon())
                .contains(new OptimizerSpec.Muon(0.95, 3));
        assertThat(optimizer("{learning_rate: 1e-2}").muon()).isEmpty();
        assertThatThrownBy(() -> optimizer("{learning_rate: 1e-2, momentum: 0.5}"))
                .hasMessageContaining("momentum");
        assertThatThrownBy(() -> optimizer("{kind: mion, learning_rate: 1e-2}")).hasMessageContaining("muon");
        assertThatThrownBy(() -> optimizer("{kind: muon, learning_rate: 1e-2, iterations: 0}"))
                .hasMessageContaining("iterations");
        assertThatThrownBy(() -> optimizer("{kind: muon, learning_rate: 1e-2, momentum: 1}"))
                .hasMessageContaining("momentum (1) must be 0 or more and below 1");
    }

    @Test
    void adamWBelowMuonTakesWhatIsNotMuons() {
        var set = List.of(
                "optimizer={kind: muon, momentum: 0.5, beta2: 0.5}",
                "stages.pretrain.optimizer={kind: adamw, learning_rate: 1e-3}");
        Recipe recipe = RecipeReader.read(TINY, set).recipe();
        var pretrain = ((StageSpec.Training) recipe.stages().get(0)).optimizer();
        assertThat(pretrain).isEqualTo(OptimizerSpec.adamW(1e-3, 0.9, 0.5, 1e-8, 0.1, 1));
        var grpo = ((StageSpec.Training) recipe.stages().get(1)).optimizer();
        assertThat(grpo.muon()).contains(new OptimizerSpec.Muon(0.5, 5));
        assertThat(grpo.beta2()).isEqualTo(0.5);
    }

    private static OptimizerSpec optimizer(String node) {
        Recipe recipe = RecipeReader.read(TINY, List.of("stages.pretrain.optimizer=" + node))
                .recipe();
        return ((StageSpec.Training) recipe.stages().getFirst()).optimizer();
    }
}
