/** generate. */
@NullMarked
package genka.generate;

import org.jspecify.annotations.NullMarked;
