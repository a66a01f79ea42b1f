/**
 * The command line: the only place that prints.
 *
 * <p>{@link genka.app.Main} answers the quick questions itself and hands the rest to picocli, one class a command
 * ({@link genka.app.Commands} names them). {@link genka.app.Terminal} is the only class that touches stdout and stderr:
 * results go to the first, progress and errors to the second. {@link genka.app.Failures} turns whatever went wrong into
 * one sentence and an exit code (docs/errors.md).
 *
 * <p>Nothing here computes: training is {@code genka.train}, money {@code genka.books}, files {@code genka.model}.
 */
@NullMarked
package genka.app;

import org.jspecify.annotations.NullMarked;
