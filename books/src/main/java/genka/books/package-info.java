/** books. */
@NullMarked
package genka.books;

import org.jspecify.annotations.NullMarked;
