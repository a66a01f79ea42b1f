package genka.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The Pareto front of strategies: those that no other beats in time, cost, accelerators and memory at once. */
public final class Front {
    /**
     * A way to spread a step.
     *
     * @param seconds of a step
     * @param bytes on the fullest accelerator
     * @param why what it is the best in
     */
    public record Point(Job job, double seconds, double bytes, String why) {
        public int accelerators() {
            return job.cluster().accelerators();
        }

        /** Accelerator-seconds of a step: what it costs but for the price. */
        public double cost() {
            return seconds * accelerators();
        }
    }

    /** Gains below this share do not count: predictions are not that good. */
    private static final double WORTH = 0.02;

    private final List<Point> points = new ArrayList<>();

    void offer(Search.Found found) {
        Point point = new Point(found.job(), found.seconds(), found.bytes(), "");
        for (Point other : points) {
            if (beats(other, point)) {
                return;
            }
        }
        points.removeIf(other -> beats(point, other));
        points.add(point);
    }

    /** The same with times by a model too slow for all ways there are; what no longer belongs to the front is left out. */
    Front timed(ToDoubleFunction<Job> seconds) {
        Front timed = new Front();
        points.forEach(
                point -> timed.offer(new Search.Found(point.job(), seconds.applyAsDouble(point.job()), point.bytes())));
        return timed;
    }

    private static boolean beats(Point a, Point b) {
        return a.seconds() <= b.seconds() * (1 + WORTH)
                && a.cost() <= b.cost() * (1 + WORTH)
                && a.accelerators() <= b.accelerators()
                && a.bytes() <= b.bytes() * (1 + WORTH)
                && (a.seconds() < b.seconds() || a.cost() < b.cost() || a.bytes() < b.bytes());
    }

    /** At most {@code most} points, fastest first, the best in each respect among them. */
    public List<Point> points(int most) {
        List<Point> sorted = points.stream()
                .sorted(Comparator.comparingDouble(Point::seconds))
                .toList();
        List<Point> shown = new ArrayList<>();
        for (Point point : sorted) {
            String why = why(point);
            if (!why.isEmpty() || shown.size() < most - 3) {
                shown.add(new Point(
                        point.job(), point.seconds(), point.bytes(), why.isEmpty() ? "a balance of them" : why));
            }
        }
        return shown.subList(0, Math.min(shown.size(), Math.max(most, 4)));
    }

    private String why(Point point) {
        List<String> best = new ArrayList<>();
        if (points.stream().noneMatch(other -> other.seconds() < point.seconds())) {
            best.add("fastest");
        }
        if (points.stream().noneMatch(other -> other.cost() < point.cost())) {
            best.add("cheapest");
        }
        if (points.stream().noneMatch(other -> other.bytes() < point.bytes())) {
            best.add("least memory");
        }
        if (points.stream()
                .noneMatch(other -> other.accelerators() < point.accelerators()
                        || (other.accelerators() == point.accelerators() && other.seconds() < point.seconds()))) {
            best.add("fewest accelerators");
        }
        return String.join(", ", best);
    }
}
