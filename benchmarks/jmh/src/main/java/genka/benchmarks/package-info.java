/** JMH benchmarks of {@link genka.kernel}. */
@NullMarked
package genka.benchmarks;

import org.jspecify.annotations.NullMarked;
