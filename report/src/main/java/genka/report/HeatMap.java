package genka.report;

/**
 * How evenly a layer's tokens went to its experts over time, as data that the page's script paints.
 *
 * @param rows experts
 * @param columns moments on the timeline, evenly
 * @param values [rows][columns] one after the other: load in percent of an even share, so 100 is balance; -1 before the first
 */
record HeatMap(String id, int rows, int columns, int[] values) {}
