/** train. */
@NullMarked
package genka.train;

import org.jspecify.annotations.NullMarked;
