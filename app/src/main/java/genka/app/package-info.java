/** app. */
@NullMarked
package genka.app;

import org.jspecify.annotations.NullMarked;
