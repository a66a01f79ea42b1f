/**
 * Predicts time, memory and money of training and serving from a description alone.
 */
@NullMarked
package genka.plan;

import org.jspecify.annotations.NullMarked;
