/**
 * The books of a run: what each nanosecond was used for, and what that cost.
 *
 * <p>A run's {@link genka.books.UseClock} splits its time into {@link genka.books.Use uses}; the {@link genka.books.Ledger} (one SQLite
 * file for all runs) keeps them through kills and resumes. Device time is conserved: productive + lost + idle + overhead is the whole,
 * exactly, and a ledger that does not close is an error.
 *
 * <p>It does not measure a model's quality, predict anything, or print.
 */
@NullMarked
package genka.books;

import org.jspecify.annotations.NullMarked;
