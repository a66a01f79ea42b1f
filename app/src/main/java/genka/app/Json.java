package genka.app;

import genka.units.Fault;
import genka.units.GenkaException;
import genka.units.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** Results as one JSON object: keys in snake case, two blanks of indent, no exponent in money. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(tools.jackson.core.StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .addModule(new SimpleModule()
                    .addSerializer(Double.class, new FiniteOrNull())
                    .addSerializer(double.class, new FiniteOrNull()))
            .build();

    private Json() {}

    /** Prints the object, and nothing else, to stdout. */
    static void print(Terminal terminal, Object value) {
        terminal.out().println(MAPPER.writeValueAsString(value));
        terminal.out().flush();
    }

    /** What a file holds: a user error where that is no JSON, and an empty object where there is no file. */
    static JsonNode read(Path file) {
        try {
            return Files.exists(file) ? MAPPER.readTree(Files.readString(file)) : MAPPER.createObjectNode();
        } catch (JacksonException broken) {
            throw GenkaException.user(file + " is no JSON. Maybe it was cut off? Move it aside to go on without it.");
        } catch (IOException e) {
            throw new GenkaException(
                    Fault.RESOURCE, file + " cannot be read (" + Words.reason(e) + "). Maybe its permissions?", e);
        }
    }

    static JsonMapper mapper() {
        return MAPPER;
    }

    /** JSON has no NaN: a figure that does not apply is null. Jackson would write the text "NaN", which no reader takes for a number. */
    private static final class FiniteOrNull extends ValueSerializer<Double> {
        @Override
        public void serialize(Double value, JsonGenerator into, SerializationContext context) {
            if (Double.isFinite(value)) {
                into.writeNumber(value.doubleValue());
            } else {
                into.writeNull();
            }
        }
    }
}
