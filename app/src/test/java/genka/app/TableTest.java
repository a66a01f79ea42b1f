package genka.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {
    private static final Style PLAIN = new Style(false);

    @Test
    void wordsStandLeftAndNumbersRight() {
        String text = Table.of("stage", ">step", ">accuracy")
                .row("pretrain", "0", "9.8 %")
                .row("grpo", "60", "100.0 %")
                .rule()
                .row("", "", "mean")
                .text("  ", PLAIN);
        assertThat(text).isEqualTo("""
                  stage     step  accuracy
                  pretrain     0     9.8 %
                  grpo        60   100.0 %
                  ────────────────────────
                                      mean
                """);
    }

    @Test
    void withoutHeadingsThereIsNoHeadingLine() {
        assertThat(Table.of("", "").row("a", "b").text("", PLAIN)).isEqualTo("a  b\n");
    }

    @Test
    void colourDoesNotMoveColumns() {
        String plain = Table.of("a", ">b").row("x", "1").text("", PLAIN);
        String coloured = Table.of("a", ">b").row("x", "1").text("", new Style(true));
        assertThat(coloured).isNotEqualTo(plain);
        assertThat(coloured.replaceAll("\u001b\\[\\d+m", "")).isEqualTo(plain);
    }

    @Test
    void aRowOfAnotherWidthIsABug() {
        assertThatThrownBy(() -> Table.of("a", "b").row("x")).hasMessage("1 cells for 2 columns");
    }
}
