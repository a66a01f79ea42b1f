package genka.books;

/** Where a run, or one attempt at it, stands. */
public enum RunState {
    RUNNING,
    FINISHED,
    /** Stopped in good order (Ctrl-C): it can be resumed. */
    STOPPED,
    /** Its process is gone without a word: it can be resumed from its last checkpoint. */
    KILLED,
    /** Ended by an error. */
    FAILED;

    /** Whether work after the last checkpoint is gone. */
    boolean losesWork() {
        return switch (this) {
            case RUNNING, FINISHED -> false;
            case STOPPED, KILLED, FAILED -> true;
        };
    }
}
