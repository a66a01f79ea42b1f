package genka.train;

import static org.assertj.core.api.Assertions.assertThat;

import genka.catalog.GenkaRoot;
import genka.catalog.Recipe;
import genka.catalog.RecipeReader;
import genka.catalog.StageSpec;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StageLengthsTest {
    private final Recipe countdown = RecipeReader.read(GenkaRoot.path().resolve("recipes/countdown.yaml"))
            .recipe();
    private final StageLengths lengths = new StageLengths(countdown);

    @Test
    void aDemonstrationIsAQuestionAndItsAnswer() {
        StageSpec.Supervised first = (StageSpec.Supervised) countdown.stages().getFirst();
        Map<String, Double> data = first.inputs().data();
        // 8 20 29?57= and A29+20+8 and the end
        assertThat(lengths.prompt(data)).isBetween(9.0, 12.0);
        assertThat(lengths.answer(data)).isBetween(8.0, 10.0);
        // the last token of a sequence predicts nothing, so it is no row
        assertThat(lengths.rows(first)).isEqualTo(lengths.prompt(data) + lengths.answer(data) - 1);
    }

    @Test
    void whatIsNoTaskIsNotAsked() {
        assertThat(lengths.prompt(Map.of("samples", 1.0))).isZero();
        assertThat(lengths.answer(Map.of())).isZero();
    }
}
