package genka.books;

import java.util.OptionalDouble;

/**
 * What an attempt's energy can be told from.
 *
 * @param cpuNanos processor time of the process, all threads: an estimate multiplies it by watts per busy core
 * @param raplJoules what the processor packages measured, of everything that ran on them, where they can be read
 */
public record EnergyUse(long cpuNanos, OptionalDouble raplJoules) {
    public static final EnergyUse NONE = new EnergyUse(0, OptionalDouble.empty());
}
