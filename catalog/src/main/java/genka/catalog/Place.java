package genka.catalog;

import java.nio.file.Path;

/**
 * Where a value was written.
 *
 * @param source the file's name, or the override that gave it
 * @param line from 1; 0 when the source has no lines
 * @param path the value's path in the recipe: stages[0].steps
 * @param base the folder that relative paths written here start from
 */
record Place(String source, int line, int column, String path, Path base) {
    Place at(int newLine, int newColumn, String newPath) {
        return new Place(source, newLine, newColumn, newPath, base);
    }

    /** The place of a key or item below this one, for what is not written itself. */
    Place below(String key) {
        return at(line, column, path.isEmpty() ? key : path + "." + key);
    }

    /** A path written here, absolute: relative ones start from {@link #base}, ~ is the home folder. */
    Path resolve(String text) {
        boolean home = text.equals("~") || text.startsWith("~/");
        return base.resolve(home ? UserHome.path() + text.substring(1) : text)
                .toAbsolutePath()
                .normalize();
    }

    /** recipe.yaml:12:5, or the override. */
    @Override
    public String toString() {
        return line == 0 ? source : source + ":" + line + ":" + column;
    }
}
