package genka.train;

import genka.catalog.Nearest;
import genka.units.GenkaException;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** The tasks on the class path, by name. */
public final class Tasks {
    private Tasks() {}

    /** The task of that name with these options; an unknown name or option is a user error with the nearest known one. */
    public static Task named(String name, Map<String, Object> options) {
        for (Task task : ServiceLoader.load(Task.class)) {
            if (task.name().equals(name)) {
                return task.configure(options);
            }
        }
        List<String> names = names();
        throw GenkaException.user("task (" + name + ") is not known." + Nearest.advice(name, names));
    }

    public static List<String> names() {
        return ServiceLoader.load(Task.class).stream()
                .map(provider -> provider.get().name())
                .sorted()
                .toList();
    }
}
