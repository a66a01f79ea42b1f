/** What tests of all modules share: the parity fixtures and seeded cases. Knows nothing of Genka's own types. */
@NullMarked
package genka.testkit;

import org.jspecify.annotations.NullMarked;
