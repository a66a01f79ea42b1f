package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TransformerTest {
    /** Published totals, in billions; active ones where experts make a difference. */
    static Stream<Arguments> published() {
        return Stream.of(
                Arguments.of("deepseek-v3", 671 + 11.5, 37.6 + 0.9), // with its module for multi-token prediction
                Arguments.of("llama3-8b", 8.03, 7.5),
                Arguments.of("llama3-70b", 70.6, 69.5),
                Arguments.of("llama3.1-405b", 405.8, 403.7),
                Arguments.of("llama2-7b", 6.74, 6.6),
                Arguments.of("llama2-70b", 69.0, 68.7),
                Arguments.of("mixtral-8x7b", 46.7, 12.8),
                Arguments.of("qwen3-30b-a3b", 30.5, 3.0),
                Arguments.of("qwen3-235b-a22b", 235.1, 21.6),
                Arguments.of("gpt-oss-120b", 116.8, 5.1),
                Arguments.of("kimi-k2", 1026, 31.6),
                Arguments.of("mpt-7b-foundry", 6.65, 6.65),
                Arguments.of("nemotron-4-340b", 341.0, 336.3),
                Arguments.of("gpt3-175b", 175.2, 174.6));
    }

    @ParameterizedTest
    @MethodSource("published")
    void parametersAreThePublishedOnes(String name, double total, double active) {
        Transformer model = Transformers.shipped().named(name);
        assertThat(model.parameters() / 1e9).isCloseTo(total, within(total * 0.01));
        assertThat(model.activeParameters() / 1e9).isCloseTo(active, within(active * 0.04));
    }
}
