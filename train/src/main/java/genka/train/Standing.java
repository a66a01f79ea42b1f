package genka.train;

import genka.books.RunSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a run has come to so far, beside weights: kept in every checkpoint. */
final class Standing {
    int stage;
    long step;
    double stageSeconds;
    long stageTokens;
    final List<Evaluation> evaluations = new ArrayList<>();
    final List<RunResult.Stage> finished = new ArrayList<>();
    List<RunResult.Exchange> exchangesBefore = List.of();

    /** The best evaluation of the stage under way, when its weights are kept. */
    Optional<Evaluation> best = Optional.empty();

    /** The run before this attempt. */
    final RunSummary earlier;

    Standing(@Nullable Checkpoint checkpoint, RunSummary earlier) {
        this.earlier = earlier;
        if (checkpoint != null) {
            Checkpoint.Header header = checkpoint.header();
            stage = header.stage();
            step = header.step();
            stageSeconds = header.stageSeconds();
            stageTokens = header.stageTokens();
            evaluations.addAll(header.evaluations());
            finished.addAll(header.finished());
            exchangesBefore = header.exchangesBefore();
            best = header.best();
        }
    }

    Checkpoint.Header header(Optional<Optimizer> optimizer, long[] position, long metricsBytes, long samplesBytes) {
        return new Checkpoint.Header(
                stage,
                step,
                optimizer.map(Optimizer::steps).orElse(0L),
                optimizer.map(Optimizer::skipped).orElse(0L),
                position,
                evaluations,
                finished,
                stageSeconds,
                stageTokens,
                exchangesBefore,
                best,
                metricsBytes,
                samplesBytes);
    }

    /** The last evaluation under a stage's name. */
    Optional<Evaluation> evaluationOf(String name) {
        return evaluations.stream()
                .filter(evaluation -> evaluation.stage().equals(name))
                .reduce((earlier, later) -> later);
    }

    /** Ends the stage under way and stands before the next. */
    RunResult.Stage finishStage(Stage underWay) {
        RunResult.Stage done = soFar(underWay);
        finished.add(done);
        stage++;
        step = 0;
        stageSeconds = 0;
        stageTokens = 0;
        best = Optional.empty();
        return done;
    }

    /** Stages for a result, the one under way included, with the time the ledger knows of each. */
    List<RunResult.Stage> stages(@Nullable Stage underWay, AllAttempts time) {
        List<RunResult.Stage> stages = new ArrayList<>(finished);
        if (underWay != null) {
            stages.add(soFar(underWay));
        }
        return stages.stream()
                .map(stage -> stage.lasting(time.seconds(stage.name())))
                .toList();
    }

    private RunResult.Stage soFar(Stage underWay) {
        return new RunResult.Stage(
                underWay.name(),
                underWay.spec().kind(),
                underWay.spec().inputs().model(),
                step,
                stageSeconds,
                stageTokens,
                underWay.kept());
    }
}
