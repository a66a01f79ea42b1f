package genka.train;

import genka.catalog.StageSpec;
import genka.kernel.SeededRandom;
import genka.units.GenkaException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Draws questions at the edge of competence: of kinds ({@link Task#difficulty}) that the model answers right neither hardly ever nor
 * nearly always, for only those teach (arXiv 2512.07783). Success is counted over the answers of training itself; every so many steps
 * the counts decide which kinds are open, and are then halved. Kinds that are closed are still asked now and then, so that their rates
 * stay known. A draw is a function of its random numbers and the counts, which checkpoints keep.
 */
final class Curriculum {
    private static final String PART = "curriculum ";
    private static final int LONGEST_NAME = 48;
    private static final int TRIES = 1000;

    /** How often a question of a closed kind is taken all the same. */
    private static final double EXPLORED = 0.1;

    private final StageSpec.CurriculumSpec spec;
    private final Map<String, Kind> kinds = new TreeMap<>();

    /** Floats, as checkpoints keep them: so nothing is rounded on the way. */
    private static final class Kind {
        float right;
        float answered;
        boolean open = true;

        float rate() {
            return right / answered;
        }
    }

    Curriculum(StageSpec.CurriculumSpec spec) {
        this.spec = spec;
    }

    /** A question of an open kind, or now and then of another. */
    TaskMix.Question draw(TaskMix questions, SeededRandom random) {
        TaskMix.Question question = questions.draw(random);
        for (int i = 1; i < TRIES && !takes(question, random); i++) {
            question = questions.draw(random);
        }
        return question;
    }

    private boolean takes(TaskMix.Question question, SeededRandom random) {
        Kind kind = kinds.get(difficulty(question));
        return kind == null || kind.open || random.nextDouble() < EXPLORED;
    }

    static String difficulty(TaskMix.Question question) {
        String difficulty = question.task().difficulty(question.problem());
        if (difficulty.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
            throw GenkaException.user("Task " + question.task().name() + " calls a difficulty \"" + difficulty
                    + "\"; the name may have " + LONGEST_NAME + " bytes. Maybe a shorter one?");
        }
        return difficulty;
    }

    /** Takes in how a question was answered. */
    void count(String difficulty, int right, int answered) {
        Kind kind = kinds.computeIfAbsent(difficulty, name -> new Kind());
        kind.right += right;
        kind.answered += answered;
    }

    /** After a step: where it is time, opens and closes kinds. Tells what changed, in words. */
    Optional<String> after(long stepsDone) {
        if (stepsDone % spec.refreshEvery() != 0) {
            return Optional.empty();
        }
        Map<String, Boolean> before = new LinkedHashMap<>();
        kinds.forEach((name, kind) -> before.put(name, kind.open));
        kinds.values().stream().filter(kind -> kind.answered > 0).forEach(kind -> kind.open = distance(kind) == 0);
        if (kinds.values().stream().noneMatch(kind -> kind.open)) {
            kinds.values().stream()
                    .filter(kind -> kind.answered > 0)
                    .min((a, b) -> Double.compare(distance(a), distance(b)))
                    .ifPresent(nearest -> nearest.open = true);
        }
        String rates = rates();
        boolean changed = kinds.entrySet().stream()
                .anyMatch(each -> before.getOrDefault(each.getKey(), true) != each.getValue().open);
        kinds.values().forEach(kind -> {
            kind.right *= 0.5f;
            kind.answered *= 0.5f;
        });
        return changed ? Optional.of("curriculum after " + stepsDone + " steps: " + rates) : Optional.empty();
    }

    /** How far the kind's success is outside the bounds. */
    private double distance(Kind kind) {
        return Math.max(0, Math.max(spec.low() - kind.rate(), kind.rate() - spec.high()));
    }

    private String rates() {
        List<String> words = new ArrayList<>();
        kinds.forEach((name, kind) -> words.add(String.format(
                Locale.ROOT, "%s %s (%.0f %% right)", kind.open ? "asks" : "leaves out", name, 100 * kind.rate())));
        return String.join(", ", words);
    }

    /** What a checkpoint needs, by the name of its part. */
    Map<String, float[]> arrays() {
        Map<String, float[]> arrays = new LinkedHashMap<>();
        kinds.forEach(
                (name, kind) -> arrays.put(PART + name, new float[] {kind.right, kind.answered, kind.open ? 1 : 0}));
        return arrays;
    }

    void restore(Map<String, float[]> arrays) {
        arrays.forEach((part, state) -> {
            if (part.startsWith(PART)) {
                Kind kind = new Kind();
                kind.right = state[0];
                kind.answered = state[1];
                kind.open = state[2] == 1;
                kinds.put(part.substring(PART.length()), kind);
            }
        });
    }
}
