package genka.units;

/** Whose turn it is when something goes wrong, with the exit code of the process. */
public enum Fault {
    /** The input or the command is at fault: the user can mend it. */
    USER(2),
    /** Memory, disk or another resource ran out. */
    RESOURCE(3),
    /** A system outside Genka failed. */
    EXTERNAL(4),
    /** A bug of Genka's own. */
    INTERNAL(70);

    private final int exitCode;

    Fault(int exitCode) {
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }
}
