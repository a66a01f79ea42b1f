package genka.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a run has come to so far, beside weights: kept in every checkpoint. */
final class Standing {
    int stage;
    long step;
    int streak;
    double stageSeconds;
    long stageTokens;
    final List<Evaluation> evaluations = new ArrayList<>();
    final List<RunResult.Stage> finished = new ArrayList<>();
    Optional<RunResult.Exchange> exchangeBefore = Optional.empty();

    Standing(@Nullable Checkpoint checkpoint) {
        if (checkpoint != null) {
            Checkpoint.Header header = checkpoint.header();
            stage = header.stage();
            step = header.step();
            streak = header.streak();
            stageSeconds = header.stageSeconds();
            stageTokens = header.stageTokens();
            evaluations.addAll(header.evaluations());
            finished.addAll(header.finished());
            exchangeBefore = header.exchangeBefore();
        }
    }

    Checkpoint.Header header(Optimizer optimizer, long[] position, long metricsBytes, long samplesBytes) {
        return new Checkpoint.Header(
                stage,
                step,
                optimizer.steps(),
                optimizer.skipped(),
                position,
                streak,
                evaluations,
                finished,
                stageSeconds,
                stageTokens,
                exchangeBefore,
                metricsBytes,
                samplesBytes);
    }

    /** Ends the stage under way and stands before the next. */
    RunResult.Stage finishStage(String name) {
        RunResult.Stage done = new RunResult.Stage(name, step, stageSeconds, stageTokens);
        finished.add(done);
        stage++;
        step = 0;
        streak = 0;
        stageSeconds = 0;
        stageTokens = 0;
        return done;
    }

    /** Stages for a result, the one under way included. */
    List<RunResult.Stage> stages(@Nullable String underWay) {
        List<RunResult.Stage> stages = new ArrayList<>(finished);
        if (underWay != null) {
            stages.add(new RunResult.Stage(underWay, step, stageSeconds, stageTokens));
        }
        return stages;
    }
}
