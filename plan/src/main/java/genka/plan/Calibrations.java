package genka.plan;

import genka.catalog.FactsFolder;
import genka.catalog.YamlFile;
import genka.units.GenkaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The calibrations of facts/calibration/, one file for each family of frameworks. */
public final class Calibrations {
    private static final FactsFolder FOLDER = new FactsFolder("calibration", "calibration");

    private final Set<String> families;
    private final Function<String, Calibration> reader;
    private final Map<String, Calibration> byFamily = new ConcurrentHashMap<>();

    private Calibrations(Set<String> families, Function<String, Calibration> reader) {
        this.families = Set.copyOf(families);
        this.reader = reader;
    }

    /** A file is read when its family is first asked for. */
    public static Calibrations shipped() {
        Set<String> found = Files.isDirectory(FOLDER.path()) ? Set.copyOf(FOLDER.names()) : Set.of();
        return new Calibrations(found, family -> read(FOLDER.file(family)));
    }

    public static Path folder() {
        return FOLDER.path();
    }

    /** The constants for a task's framework; those of the general family, or priors, where none were fitted. */
    public Calibration of(Task task) {
        return named(task.family());
    }

    Calibration named(String family) {
        return families.contains(family) ? byFamily.computeIfAbsent(family, reader) : general();
    }

    /** The constants of frameworks nobody fitted on their own. */
    public Calibration general() {
        String general = Stack.MODERN.calibration();
        return families.contains(general) ? named(general) : Calibration.prior();
    }

    public static Calibration read(Path file) {
        Values top = Values.of(YamlFile.read(file));
        double[] constants = Constant.priors();
        Values fitted = top.section("constants");
        for (Constant constant : Constant.values()) {
            fitted.section(constant.key()).number("value").ifPresent(value -> constants[constant.ordinal()] = value);
        }
        Map<String, Double> factors = new LinkedHashMap<>();
        Values clusters = top.section("clusters");
        clusters.entries()
                .keySet()
                .forEach(key -> clusters.number(String.valueOf(key))
                        .ifPresent(factor -> factors.put(String.valueOf(key), factor)));
        Map<String, Spreads.Spread> spreads = new LinkedHashMap<>();
        Values kinds = top.section("measured_over_predicted");
        kinds.entries().keySet().forEach(key -> {
            Values kind = kinds.section(String.valueOf(key));
            spreads.put(
                    String.valueOf(key),
                    new Spreads.Spread(
                            kind.number("p10").orElse(0.8),
                            kind.number("p90").orElse(1.3),
                            kind.whole("rows").orElse(0)));
        });
        return new Calibration(constants, factors, shapes(top.list("layer_shapes")), new Spreads(spreads));
    }

    private static LayerShapes shapes(List<Values> entries) {
        Map<LayerShape, LayerShapes.Measured> byShape = new LinkedHashMap<>();
        for (Values entry : entries) {
            LayerShape shape = new LayerShape(
                    entry.text("accelerator").orElse(""),
                    entry.need("hidden"),
                    entry.need("intermediate"),
                    entry.need("heads"),
                    entry.need("tensor"),
                    entry.need("tokens"),
                    entry.need("sequence_length"),
                    one(Strategy.Recompute.values(), entry, "recompute"),
                    one(Precision.values(), entry, "precision"));
            double slowness = entry.positive("slowness").orElse(1.0);
            byShape.put(shape, new LayerShapes.Measured(slowness, entry.need("rows")));
        }
        return new LayerShapes(byShape);
    }

    private static <E extends Enum<E>> E one(E[] known, Values entry, String key) {
        String said = entry.text(key).orElse("none");
        return Arrays.stream(known)
                .filter(each -> lower(each).equals(said))
                .findFirst()
                .orElseThrow(() -> GenkaException.user("layer_shapes." + key + " (" + said + ") must be one of "
                        + Arrays.stream(known).map(Calibrations::lower).collect(Collectors.joining(", "))));
    }

    /**
     * The text of a calibration file.
     *
     * @param sources what the constants were fitted to, a line each
     * @param date of the fit
     */
    static String text(Calibration calibration, List<String> sources, String date) {
        Map<String, @Nullable Object> top = new LinkedHashMap<>();
        top.put(
                "about",
                "Constants of the time model fitted to measured rows by ./genka calibrate; the rows are not part of this repository. "
                        + "clusters: slowness of each set of rows beside the constants. layer_shapes: the same of dense layers of one "
                        + "size that many rows were measured of. measured_over_predicted: percentiles of the "
                        + "rows' seconds over predicted ones, each model (or cluster) predicted by a fit without it.");
        top.put("fitted_to", sources);
        top.put("date", date);
        Map<String, @Nullable Object> constants = new LinkedHashMap<>();
        for (Constant constant : Constant.values()) {
            Map<String, @Nullable Object> entry = new LinkedHashMap<>();
            entry.put("value", rounded(calibration.constants()[constant.ordinal()]));
            entry.put("prior", constant.prior());
            entry.put("about", constant.about());
            entry.put("source", "fitted to the rows above");
            entry.put("date", date);
            entry.put("evidence", "fitted");
            constants.put(constant.key(), entry);
        }
        top.put("constants", constants);
        Map<String, @Nullable Object> clusters = new LinkedHashMap<>();
        calibration.factors().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> clusters.put(entry.getKey(), rounded(entry.getValue())));
        top.put("clusters", clusters);
        if (!calibration.shapes().byShape().isEmpty()) {
            top.put("layer_shapes", shapes(calibration.shapes()));
        }
        Map<String, @Nullable Object> kinds = new LinkedHashMap<>();
        calibration.spreads().byKind().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> {
                    Map<String, @Nullable Object> kind = new LinkedHashMap<>();
                    kind.put("p10", rounded(entry.getValue().low()));
                    kind.put("p90", rounded(entry.getValue().high()));
                    kind.put("rows", (long) entry.getValue().rows());
                    kinds.put(entry.getKey(), kind);
                });
        top.put("measured_over_predicted", kinds);
        return YamlFile.text(top);
    }

    private static List<Map<String, @Nullable Object>> shapes(LayerShapes shapes) {
        List<Map<String, @Nullable Object>> list = new ArrayList<>();
        shapes.byShape().entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.comparing(LayerShape::toString)))
                .forEach(each -> {
                    LayerShape shape = each.getKey();
                    Map<String, @Nullable Object> entry = new LinkedHashMap<>();
                    entry.put("accelerator", shape.accelerator());
                    entry.put("hidden", shape.hidden());
                    entry.put("intermediate", shape.intermediate());
                    entry.put("heads", shape.heads());
                    entry.put("tensor", shape.tensor());
                    entry.put("tokens", shape.tokens());
                    entry.put("sequence_length", shape.sequence());
                    entry.put("recompute", lower(shape.recompute()));
                    entry.put("precision", lower(shape.precision()));
                    entry.put("slowness", rounded(each.getValue().slowness()));
                    entry.put("rows", each.getValue().rows());
                    list.add(entry);
                });
        return list;
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static Double rounded(double value) {
        return new java.math.BigDecimal(value)
                .round(new java.math.MathContext(5))
                .doubleValue();
    }
}
