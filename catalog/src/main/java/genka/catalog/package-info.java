/** catalog. */
@NullMarked
package genka.catalog;

import org.jspecify.annotations.NullMarked;
