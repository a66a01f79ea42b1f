package genka.model;

import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How far a tensor may be from the reference, with b the reference's tensor.
 *
 * @param states of hidden, logits and routing weights: times max(1, max|b|)
 * @param loss times max(1, |b|)
 * @param gradient times max|b|, plus {@code gradientFloor}
 * @param rotary absolute, for positions of the input
 * @param rotaryFar absolute, for positions beyond
 */
record ParityTolerances(
        double states, double loss, double gradient, double gradientFloor, double rotary, double rotaryFar) {
    static final ParityTolerances DEFAULT = new ParityTolerances(2e-5, 1e-5, 5e-5, 1e-7, 1e-5, 2e-3);

    private static final Pattern NUMBER = Pattern.compile("\\d+(\\.\\d+)?e-?\\d+");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** The defaults, changed by what a meta.json says, and all factors replaced by {@code override} when there is one. */
    static ParityTolerances of(Path meta, OptionalDouble override) {
        if (override.isPresent()) {
            double factor = override.getAsDouble();
            if (!(factor >= 0) || Double.isInfinite(factor)) {
                throw GenkaException.user("--tolerance (" + factor + ") must be 0 or more. Maybe you meant 2e-5?");
            }
            return new ParityTolerances(factor, factor, factor, DEFAULT.gradientFloor, factor, factor);
        }
        return Files.isRegularFile(meta) ? DEFAULT.with(rules(meta)) : DEFAULT;
    }

    private static JsonNode rules(Path meta) {
        try {
            return JSON.readTree(Files.readAllBytes(meta)).path("tolerances");
        } catch (JacksonException e) {
            throw GenkaException.user(
                    meta + " is not JSON: " + e.getOriginalMessage() + ". Maybe give --tolerance and move it away?");
        } catch (IOException e) {
            throw new GenkaException(Fault.EXTERNAL, meta + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Rules are sentences such as "|a-b| <= 5e-5 * max|b| + 1e-7"; the key names the tensors, and the numbers count in their order. */
    private ParityTolerances with(JsonNode rules) {
        ParityTolerances result = this;
        for (Map.Entry<String, JsonNode> rule : rules.properties()) {
            List<Double> numbers = new ArrayList<>();
            Matcher matcher = NUMBER.matcher(rule.getValue().asString(""));
            while (matcher.find()) {
                numbers.add(Double.valueOf(matcher.group()));
            }
            if (!numbers.isEmpty()) {
                result = result.with(rule.getKey(), numbers);
            }
        }
        return result;
    }

    private ParityTolerances with(String key, List<Double> numbers) {
        double first = numbers.getFirst();
        double second = numbers.size() > 1 ? numbers.get(1) : Double.NaN;
        if (key.contains("logits")) {
            return new ParityTolerances(first, loss, gradient, gradientFloor, rotary, rotaryFar);
        } else if (key.startsWith("loss")) {
            return new ParityTolerances(states, first, gradient, gradientFloor, rotary, rotaryFar);
        } else if (key.startsWith("grad")) {
            return new ParityTolerances(states, loss, first, numbers.size() > 1 ? second : 0, rotary, rotaryFar);
        } else if (key.startsWith("rope")) {
            return new ParityTolerances(
                    states, loss, gradient, gradientFloor, first, numbers.size() > 1 ? second : first);
        }
        return this;
    }
}
