package genka.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class TerminalTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /** A terminal whose stdout takes nothing, for the reason given. */
    private Terminal without(String reason) {
        OutputStream none = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(reason);
            }
        };
        Terminal terminal = Terminal.into(none, err);
        terminal.out().println("a result");
        return terminal;
    }

    @Test
    void resultsThatCannotBeWrittenAreTold() {
        assertThat(without("No space left on device").flush(0)).isEqualTo(3);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("the results cannot be written to stdout: No space left on device. Maybe make room");
    }

    @Test
    void whatFailedBeforeKeepsItsExitCode() {
        assertThat(without("No space left on device").flush(2)).isEqualTo(2);
    }

    @Test
    void aReaderThatHadEnoughIsNoFault() {
        assertThat(without("Broken pipe").flush(0)).isZero();
        assertThat(err.size()).isZero();
    }
}
