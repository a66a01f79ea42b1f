package genka.app;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stdout, and why something written to it was lost: a print stream keeps no more than that it was. */
final class ResultStream extends OutputStream {
    private final OutputStream to;
    private @Nullable IOException lost;

    ResultStream(OutputStream to) {
        this.to = new BufferedOutputStream(to);
    }

    /** Why; empty too where a reader had enough and closed its end, as {@code head} does. */
    Optional<IOException> lost() {
        return Optional.ofNullable(lost)
                .filter(problem -> !String.valueOf(problem.getMessage()).contains("Broken pipe"));
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            to.write(bytes, from, length);
        } catch (IOException e) {
            lost = e;
            throw e;
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            to.flush();
        } catch (IOException e) {
            lost = e;
            throw e;
        }
    }
}
