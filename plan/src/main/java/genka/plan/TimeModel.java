package genka.plan;

/** Seconds of any task by one set of constants. */
final class TimeModel {
    private final StepModel step;
    private final ServingModel serving;
    private final StepTime time = new StepTime();

    TimeModel(double[] constants, LayerShapes shapes) {
        this.step = new StepModel(constants, shapes, BubbleTime::closed);
        this.serving = new ServingModel(constants);
    }

    double seconds(Task task) {
        return switch (task) {
            case Job job -> step.evaluate(job, time);
            case ServingJob job -> serving.tokenSeconds(job);
            case FirstToken first -> serving.firstTokenSeconds(first.job());
        };
    }
}
