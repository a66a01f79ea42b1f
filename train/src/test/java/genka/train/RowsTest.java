package genka.train;

import static org.assertj.core.api.Assertions.assertThat;

import genka.model.TokenBatch;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Which token each row reads and which it predicts; −1 is none. */
class RowsTest {
    private static final int[] PROMPT = {5, 6, 7};
    private static final int[] ANSWER = {8, 9, 1};

    private final Rows rows = new Rows();

    RowsTest() {
        rows.clear();
    }

    private static int[] ids(TokenBatch batch) {
        return Arrays.copyOf(batch.ids(), batch.rows());
    }

    private static int[] targets(TokenBatch batch) {
        return Arrays.copyOf(batch.targets(), batch.rows());
    }

    private static int[] starts(TokenBatch batch) {
        return Arrays.copyOf(batch.starts(), batch.sequences() + 1);
    }

    @Test
    void aWholeTextPredictsAllButItsFirstToken() {
        rows.add(new int[] {9, 9, 3, 4, 5, 6}, 2, 4, 1);
        assertThat(ids(rows.all())).containsExactly(3, 4, 5);
        assertThat(targets(rows.all())).containsExactly(4, 5, 6);
        assertThat(rows.counted()).isEqualTo(3);
    }

    @Test
    void onlyTheResponseIsPredictedItsFirstTokenToo() {
        rows.add(new int[] {5, 6, 7, 8, 9, 1}, 0, 6, 3);
        rows.add(PROMPT, ANSWER, true);
        assertThat(rows.counted()).isEqualTo(6);
        for (int sequence = 0; sequence < 2; sequence++) {
            TokenBatch one = rows.slice(sequence, sequence + 1);
            assertThat(ids(one)).containsExactly(5, 6, 7, 8, 9);
            assertThat(targets(one)).containsExactly(-1, -1, 8, 9, 1);
        }
    }

    @Test
    void ofADemonstrationThatIsLearnedWholeThePromptIsPredictedToo() {
        rows.add(PROMPT, ANSWER, false);
        assertThat(targets(rows.all())).containsExactly(6, 7, 8, 9, 1);
    }

    /** The prompt's last token predicts other tokens in each answer, so it is each answer's first row. */
    @Test
    void answersGoOnFromTheirPrompt() {
        rows.addPrompt(PROMPT);
        rows.addAnswer(PROMPT, ANSWER);
        rows.addAnswer(PROMPT, new int[] {4, 1});
        assertThat(starts(rows.all())).containsExactly(0, 2, 5, 7);
        assertThat(ids(rows.all())).containsExactly(5, 6, 7, 8, 9, 7, 4);
        assertThat(targets(rows.all())).containsExactly(-1, -1, 8, 9, 1, 4, 1);
        assertThat(rows.counted()).isEqualTo(5);
    }

    @Test
    void aSliceIsThoseSequencesFromRowZero() {
        for (int length = 2; length < 200; length++) {
            int[] tokens = new int[length];
            Arrays.fill(tokens, length);
            rows.add(tokens, 0, length, 1);
        }
        TokenBatch slice = rows.slice(100, 103);
        assertThat(starts(slice)).containsExactly(0, 101, 203, 306);
        assertThat(ids(slice)).startsWith(102).endsWith(104).hasSize(306);
        assertThat(ids(slice)[101]).isEqualTo(103);
        assertThat(rows.slice(0, rows.sequences()).rows()).isEqualTo(rows.rows());
        rows.clear();
        assertThat(rows.rows()).isZero();
    }
}
