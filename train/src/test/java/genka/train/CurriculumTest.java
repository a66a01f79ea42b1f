package genka.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.kernel.SeededRandom;
import genka.model.CharacterTokenizer;
import genka.units.GenkaException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CurriculumTest {
    private static final String EASY = "0 subtracted";
    private static final String MIDDLE = "1 subtracted";
    private static final String HARD = "2 subtracted";

    private final TaskMix questions = countdown();

    private static TaskMix countdown() {
        Recipe recipe = Tiny.recipe(
                1, 1, List.of(Tiny.pretrain(1, 4, 1, 0)), new Recipe.DataSpec.Task("countdown", Map.of(), 16), 100);
        Sources sources = new Sources(recipe, new CharacterTokenizer(Tiny.ALPHABET, '$', '_'));
        return new TaskMix(List.of(sources.task(Recipe.MAIN, 0, true)), List.of(1.0));
    }

    private static Curriculum curriculum() {
        return new Curriculum(new StageSpec.CurriculumSpec(1.0 / 16, 0.75, 10));
    }

    /** Shares of the kinds among many draws. */
    private Map<String, Double> drawn(Curriculum curriculum) {
        Map<String, Double> shares = new HashMap<>();
        for (int i = 0; i < 2000; i++) {
            String kind = Curriculum.difficulty(curriculum.draw(questions, SeededRandom.of(5, i)));
            shares.merge(kind, 1 / 2000.0, Double::sum);
        }
        return shares;
    }

    @Test
    void everyKindIsOpenUntilTheFirstLook() {
        Curriculum curriculum = curriculum();
        curriculum.count(EASY, 100, 100);
        assertThat(curriculum.after(9)).isEmpty();
        Map<String, Double> plain = new HashMap<>();
        for (int i = 0; i < 2000; i++) {
            plain.merge(Curriculum.difficulty(questions.draw(SeededRandom.of(5, i))), 1 / 2000.0, Double::sum);
        }
        assertThat(drawn(curriculum)).isEqualTo(plain).containsOnlyKeys(EASY, MIDDLE, HARD);
    }

    @Test
    void kindsOutsideTheBoundsAreOnlyExplored() {
        Curriculum curriculum = curriculum();
        Map<String, Double> before = drawn(curriculum);
        curriculum.count(EASY, 95, 100);
        curriculum.count(MIDDLE, 40, 100);
        curriculum.count(HARD, 1, 100);
        assertThat(curriculum.after(10).orElseThrow())
                .contains("leaves out " + EASY + " (95 % right)", "asks " + MIDDLE, "leaves out " + HARD);
        Map<String, Double> after = drawn(curriculum);
        // A tenth of the closed kinds' questions is taken.
        double middle = before.getOrDefault(MIDDLE, 0.0);
        double others = 0.1 * (1 - middle);
        assertThat(after.get(MIDDLE)).isCloseTo(middle / (middle + others), within(0.02));
        assertThat(after).containsKeys(EASY, HARD);
    }

    @Test
    void newRatesReopenAKind() {
        Curriculum curriculum = curriculum();
        curriculum.count(MIDDLE, 50, 100);
        curriculum.count(HARD, 0, 100);
        assertThat(curriculum.after(10)).isPresent();
        curriculum.count(HARD, 10, 50);
        assertThat(curriculum.after(20).orElseThrow()).contains("asks " + HARD + " (10 % right)");
        assertThat(curriculum.after(30)).as("nothing changed").isEmpty();
    }

    @Test
    void theNearestKindIsAskedWhereNoneIsWithin() {
        Curriculum curriculum = curriculum();
        curriculum.count(EASY, 100, 100);
        curriculum.count(MIDDLE, 90, 100);
        curriculum.count(HARD, 80, 100);
        assertThat(curriculum.after(10).orElseThrow()).contains("leaves out " + MIDDLE, "asks " + HARD);
    }

    @Test
    void aCheckpointKeepsAllThatMatters() {
        Curriculum curriculum = curriculum();
        for (int step = 1; step <= 25; step++) {
            curriculum.count(EASY, 60 + step, 96);
            curriculum.count(MIDDLE, step, 96);
            curriculum.after(step);
        }
        Curriculum restored = curriculum();
        restored.restore(new LinkedHashMap<>(curriculum.arrays()));
        assertThat(drawn(restored)).isEqualTo(drawn(curriculum));
        for (Curriculum each : List.of(curriculum, restored)) {
            each.count(MIDDLE, 90, 96);
            each.after(30);
        }
        curriculum
                .arrays()
                .forEach(
                        (part, state) -> assertThat(restored.arrays().get(part)).containsExactly(state));
    }

    @Test
    void aDifficultyWithALongNameIsRefused() {
        Task wordy = new Task() {
            @Override
            public String name() {
                return "wordy";
            }

            @Override
            public Problem sample(SeededRandom random) {
                return new Problem("1", "1");
            }

            @Override
            public String demonstration(Problem problem, SeededRandom random) {
                return "1";
            }

            @Override
            public Score score(Problem problem, String response) {
                return new Score(0, 0);
            }

            @Override
            public boolean thinks(String response) {
                return false;
            }

            @Override
            public String difficulty(Problem problem) {
                return "d".repeat(49);
            }

            @Override
            public String alphabet() {
                return "1";
            }
        };
        TaskData data = new TaskData(
                new Sources.TaskSource("main", 0, wordy, List.of()),
                java.util.Set.of(),
                new CharacterTokenizer(Tiny.ALPHABET, '$', '_'),
                1,
                0,
                true);
        TaskMix mix = new TaskMix(List.of(data), List.of(1.0));
        assertThatThrownBy(() -> Curriculum.difficulty(mix.draw(SeededRandom.of(1))))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("48 bytes");
    }

    @Test
    void overlongAnswersPayUpToOne() {
        assertThat(Rollout.overlong(80, 100, 20)).isZero();
        assertThat(Rollout.overlong(90, 100, 20)).isEqualTo(0.5);
        assertThat(Rollout.overlong(100, 100, 20)).isEqualTo(1);
        assertThat(Rollout.overlong(100, 100, 0)).isZero();
    }
}
