/** units. */
@NullMarked
package genka.units;

import org.jspecify.annotations.NullMarked;
