package genka.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What one stage wrote to metrics.jsonl. */
public final class StageMetrics {
    /** Shares of tokens that each expert of a layer was given up to a step; they add up to 1. */
    record Load(long step, double[] shares) {}

    private static final String EVALUATION = "evaluation ";

    private final String stage;
    private final Map<String, Series> figures = new LinkedHashMap<>();
    private final Map<Integer, List<Load>> loads = new TreeMap<>();
    private long lastStep;

    StageMetrics(String stage) {
        this.stage = stage;
    }

    void add(long step, String name, double value) {
        figures.computeIfAbsent(name, n -> new Series()).add(step, value);
        lastStep = Math.max(lastStep, step);
    }

    void addLoad(int layer, Load load) {
        loads.computeIfAbsent(layer, n -> new ArrayList<>()).add(load);
    }

    public String stage() {
        return stage;
    }

    /** Every figure by its name, in the file's order; those of evaluations begin with {@code evaluation}. */
    public Map<String, Series> figures() {
        return Collections.unmodifiableMap(figures);
    }

    public Optional<Series> figure(String name) {
        return Optional.ofNullable(figures.get(name));
    }

    Optional<Series> evaluation(String name) {
        return figure(EVALUATION + name);
    }

    /** By layer, each oldest first. */
    Map<Integer, List<Load>> loads() {
        return Collections.unmodifiableMap(loads);
    }

    /** Whether the stage is rewarded for answers, and not taught them. */
    boolean reinforces() {
        return figures.containsKey("reward");
    }

    long lastStep() {
        return lastStep;
    }
}
