package genka.app;

import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Results as one JSON object: keys in snake case, two blanks of indent, no exponent in money. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(tools.jackson.core.StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    private Json() {}

    /** Prints the object, and nothing else, to stdout. */
    static void print(Terminal terminal, Object value) {
        terminal.out().println(MAPPER.writeValueAsString(value));
        terminal.out().flush();
    }

    static JsonMapper mapper() {
        return MAPPER;
    }

    /** JSON has no NaN: a figure that does not apply is null. */
    static @org.jspecify.annotations.Nullable Double figure(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
