/**
 * Pages that tell a run: what it learned, how, and what that cost. {@link genka.report.RunReader} gathers what a run left behind into a
 * {@link genka.report.RunData}; {@link genka.report.RunPage} and {@link genka.report.ComparisonPage} make one HTML page of it that needs
 * nothing else, no network either. Charts are data ({@link genka.report.Chart}) that the page draws, each with a table beside it for
 * readers without eyes or scripts. Whatever a user, a recipe or a model wrote reaches a page only through {@link genka.report.Html},
 * which escapes it.
 *
 * <p>It trains, prices and prints nothing, and does not listen: the command line writes the pages and serves them.
 */
@NullMarked
package genka.report;

import org.jspecify.annotations.NullMarked;
