package genka.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class HtmlTest {
    @Test
    void textIsNeverMarkup() {
        assertThat(Html.of("<p title=\"{}\">{}</p>", "a\"'b", "</script><b>&amp;")
                        .source())
                .isEqualTo("<p title=\"a&quot;&#39;b\">&lt;/script&gt;&lt;b&gt;&amp;amp;</p>");
    }

    @Test
    void piecesStayAsTheyAre() {
        Html row = Html.of("<i>{}</i>", 1);
        assertThat(Html.of("<p>{}</p>", Html.all(List.of(row, row))).source()).isEqualTo("<p><i>1</i><i>1</i></p>");
    }

    @Test
    void valuesThatLookLikeHolesAreNotFilled() {
        assertThat(Html.of("{}-{}", "{}", "x").source()).isEqualTo("{}-x");
    }

    @Test
    void controlCharactersAreShownAsDots() {
        assertThat(Html.of("{}", "a\u0000\u001bb\nc").source()).isEqualTo("a··b\nc");
    }

    @Test
    void holesAndValuesMustMatch() {
        assertThatIllegalArgumentException().isThrownBy(() -> Html.of("{}"));
        assertThatIllegalArgumentException().isThrownBy(() -> Html.of("x", 1));
    }
}
