package genka.app;

import static org.assertj.core.api.Assertions.assertThat;

import genka.units.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorsPageTest {
    @ParameterizedTest
    @EnumSource
    void everyFaultHasItsParagraphAndItsExitCode(Fault fault) throws IOException {
        String page = Files.readString(Path.of("../docs/errors.md"));
        int heading = page.indexOf("\n## " + fault.name() + "\n");
        assertThat(heading).as("a section for " + fault).isPositive();
        String paragraph = page.substring(heading + fault.name().length() + 5);
        int next = paragraph.indexOf("\n## ");
        assertThat(next < 0 ? paragraph : paragraph.substring(0, next))
                .as("what " + fault + " means")
                .hasSizeGreaterThan(150);
        assertThat(page).contains("| " + fault.exitCode() + " | " + fault.name() + " |");
    }
}
