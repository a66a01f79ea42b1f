package genka.books;

import genka.units.GenkaException;

/**
 * What a run occupies, and so what is paid for: the whole machine, also where a run leaves cores idle.
 *
 * @param cores logical processors
 * @param cpu its name as the operating system gives it
 */
public record Machine(int cores, String cpu) {
    public Machine {
        if (cores < 1) {
            throw GenkaException.user("machine cores (" + cores + ") must be positive. Maybe 1?");
        }
    }
}
