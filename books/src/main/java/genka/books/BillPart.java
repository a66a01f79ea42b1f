package genka.books;

/** The parts a full cost is made of, in the order of the bridge. */
public enum BillPart {
    /** Productive time of the final attempt. */
    HEADLINE("productive time of the final attempt"),
    EARLIER_ATTEMPTS("productive time of earlier attempts, kept by a checkpoint"),
    START_UP("start-up"),
    EVALUATION("evaluation"),
    CHECKPOINT("checkpoints"),
    IDLE("idle"),
    LOST("lost after the last checkpoint"),
    EXPERIMENTS("earlier experiments of the same recipe"),
    POWER("power"),
    PEOPLE("people");

    private final String words;

    BillPart(String words) {
        this.words = words;
    }

    /** Its name on the bill. */
    public String words() {
        return words;
    }

    /** Whether its lines are of stages of the run. */
    boolean isOfStages() {
        return switch (this) {
            case HEADLINE, EARLIER_ATTEMPTS, START_UP, EVALUATION, CHECKPOINT, IDLE, LOST -> true;
            case EXPERIMENTS, POWER, PEOPLE -> false;
        };
    }

    static BillPart of(Use use, boolean finalAttempt) {
        return switch (use) {
            case DATA, PRETRAIN, ROLLOUT, REWARD, UPDATE -> finalAttempt ? HEADLINE : EARLIER_ATTEMPTS;
            case START_UP -> START_UP;
            case EVALUATION -> EVALUATION;
            case CHECKPOINT -> CHECKPOINT;
            case IDLE -> IDLE;
            case LOST -> LOST;
        };
    }
}
