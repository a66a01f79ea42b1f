package genka.model;

import static org.assertj.core.api.Assertions.assertThat;

import genka.catalog.MoeSpec;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExpertChoiceTest {
    @ParameterizedTest
    @EnumSource(MoeSpec.Selection.class)
    void affinitiesThatAreNoNumbersChooseDifferentExpertsAllTheSame(MoeSpec.Selection selection) {
        ExpertChoice choice =
                new ExpertChoice(new MoeSpec(8, 3, 1, 8, 4, 2, MoeSpec.Scoring.SIGMOID, selection, 1, 1, true, 1));
        float[] scores = new float[8];
        int[] chosen = new int[3];
        for (int numbers = 0; numbers <= 8; numbers++) {
            Arrays.fill(scores, Float.NaN);
            Arrays.fill(scores, 0, numbers, 0.5f);
            choice.choose(scores, 0, new float[8], 0, chosen, 0);
            assertThat(chosen).doesNotHaveDuplicates().isSorted();
            assertThat(Arrays.stream(chosen)).allMatch(expert -> expert >= 0 && expert < 8);
        }
    }
}
