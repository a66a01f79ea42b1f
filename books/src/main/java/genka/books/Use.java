package genka.books;

/** What a stretch of a run's time was used for. Every nanosecond has exactly one use. */
public enum Use {
    START_UP(false),
    DATA(true),
    PRETRAIN(true),
    ROLLOUT(true),
    REWARD(true),
    UPDATE(true),
    EVALUATION(false),
    CHECKPOINT(false),
    /** Work after the last checkpoint of an attempt that was killed. */
    LOST(false),
    IDLE(false);

    private final boolean productive;

    Use(boolean productive) {
        this.productive = productive;
    }

    /** Whether the headline counts it. */
    public boolean productive() {
        return productive;
    }
}
