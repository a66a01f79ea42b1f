package genka.catalog;

import genka.units.GenkaException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A YAML file as plain Java values (String, Long, Double, Boolean, List, Map, null). */
public final class YamlFile {
    private YamlFile() {}

    /** The sections of a file; a user error when it is missing, not YAML, or no mapping. */
    public static Map<String, @Nullable Object> read(Path path) {
        Problems problems = new Problems();
        String name = String.valueOf(path.getFileName());
        Path folder = Objects.requireNonNull(path.toAbsolutePath().getParent());
        YamlNode node = YamlText.parse(YamlText.readFile(path), new Place(name, 1, 1, "", folder), problems)
                .orElseThrow(() -> GenkaException.user(name + " is empty. Maybe restore it"));
        problems.throwIfAny();
        if (!(node instanceof YamlNode.Mapping mapping)) {
            throw GenkaException.user(name + " must be sections with keys. Maybe it is another file");
        }
        return YamlValues.map(mapping);
    }

    /** Text that {@link #read} reads as the same values. */
    public static String text(Map<String, @Nullable Object> values) {
        return YamlValues.text(values);
    }
}
