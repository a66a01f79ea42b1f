package genka.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.testkit.Golden;
import genka.units.Fault;
import genka.units.GenkaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

class BadInputsTest {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]+[_.][A-Za-z0-9_.]*[A-Za-z0-9_]|spiral");

    static Stream<Arguments> refused() throws Exception {
        return JsonMapper.builder()
                .build()
                .readTree(Files.readAllBytes(Golden.path("bad/expected.json")))
                .path("refuse")
                .properties()
                .stream()
                .map(e -> Arguments.of(e.getKey(), e.getValue().stringValue()));
    }

    @Test
    void thereAreFiftySixOfThem() throws Exception {
        assertThat(refused()).hasSize(56);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void eachIsRefusedWithOneSentenceThatNamesTheCulprit(String name, String reason) {
        Path path = Golden.path("bad/" + name);
        refuses(() -> ModelInspection.of(path), path, reason);
        if (Files.isDirectory(path)) {
            refuses(() -> ModelFiles.load(path), path, reason);
        }
    }

    private static void refuses(ThrowingCallable look, Path path, String reason) {
        assertThatThrownBy(look)
                .isInstanceOfSatisfying(
                        GenkaException.class, e -> assertThat(e.fault()).isEqualTo(Fault.USER))
                .message()
                .doesNotContain("\n")
                .matches("(?s).*[.?)]")
                .satisfies(message -> {
                    List<String> names = NAME.matcher(reason)
                            .results()
                            .map(MatchResult::group)
                            .toList();
                    if (Files.isDirectory(path) && !names.isEmpty()) {
                        assertThat(names).anyMatch(message::contains);
                    } else {
                        assertThat(message).contains(path.getFileName().toString());
                    }
                    if (Boolean.getBoolean("show")) {
                        System.out.println(reason + "\n    -> " + message);
                    }
                });
    }

    @Test
    void theSoundOnesLoad() {
        assertThat(ModelFiles.load(Golden.path("bad/good")).spec().layers()).isEqualTo(2);
        assertThat(ModelInspection.of(Golden.path("bad/good"))
                        .model()
                        .orElseThrow()
                        .modelType())
                .isEqualTo("deepseek_v3");
        assertThat(ModelInspection.of(Golden.path("bad/good.safetensors")).tensors())
                .hasSize(2);
    }
}
