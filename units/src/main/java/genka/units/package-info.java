/**
 * Quantities with their unit in the type, and the one exception users see. {@link genka.units.DataSize},
 * {@link genka.units.Tokens}, {@link genka.units.Flops}, {@link genka.units.FlopRate}, {@link genka.units.Power} and
 * {@link genka.units.Energy} are one-field records that parse what people write ("24 GB", "14.8T") and print it short;
 * {@link genka.units.Money} is exact and never rounds unless told how; {@link genka.units.Durations} prints time;
 * {@link genka.units.Words} writes figures as people read them.
 * Inside loops plain {@code double} and {@code long} with the unit in the name are used instead. Knows nothing else of
 * Genka.
 */
@NullMarked
package genka.units;

import org.jspecify.annotations.NullMarked;
