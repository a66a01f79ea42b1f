/** kernel. */
@NullMarked
package genka.kernel;

import org.jspecify.annotations.NullMarked;
