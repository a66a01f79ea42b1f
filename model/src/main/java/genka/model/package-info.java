/** model. */
@NullMarked
package genka.model;

import org.jspecify.annotations.NullMarked;
