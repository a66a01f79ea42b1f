package genka.model;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The JSON header of a safetensors file, read as a stream and checked: nothing is believed before it is known to fit the file. Errors
 * are {@link Malformed} with what is wrong, without the file's name.
 */
record SafeTensorsHeader(Map<String, String> metadata, Map<String, StoredTensor> tensors) {
    /** The format's own limit. */
    static final long LARGEST = 100_000_000;

    /** Far above what any model has: a list must not fill the memory. */
    private static final int MOST_DIMENSIONS = 64;

    private static final JsonFactory JSON = new JsonFactory();

    /** What is wrong with the header. */
    static final class Malformed extends Exception {
        Malformed(String message) {
            super(message);
        }
    }

    /** @param dataLength bytes of the file behind the header */
    static SafeTensorsHeader parse(byte[] header, long dataLength) throws Malformed {
        checkUtf8(header);
        if (header.length == 0 || header[0] != '{') {
            throw new Malformed("the header is not a JSON object");
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), header)) {
            boolean metadataSeen = false;
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals("__metadata__")) {
                    if (metadataSeen) {
                        throw new Malformed("__metadata__ is listed twice");
                    }
                    metadataSeen = true;
                    readMetadata(parser, metadata);
                } else if (tensors.put(name, readTensor(parser, name)) != null) {
                    throw new Malformed("tensor " + name + " is listed twice");
                }
            }
            if (parser.nextToken() != null) {
                throw new Malformed("the header has text after its JSON object");
            }
        } catch (JacksonException e) {
            throw new Malformed("the header is not JSON: " + e.getOriginalMessage());
        }
        checkSpans(tensors, dataLength);
        return new SafeTensorsHeader(metadata, tensors);
    }

    private static void checkUtf8(byte[] header) throws Malformed {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer bytes = ByteBuffer.wrap(header);
        CharBuffer chars = CharBuffer.allocate(8192);
        while (true) {
            var result = decoder.decode(bytes, chars, true);
            if (result.isError()) {
                throw new Malformed("the header is not UTF-8 (byte " + bytes.position() + ")");
            }
            if (result.isUnderflow()) {
                return;
            }
            chars.clear();
        }
    }

    private static void readMetadata(JsonParser parser, Map<String, String> metadata) throws Malformed {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new Malformed("__metadata__ is not an object");
        }
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw new Malformed("__metadata__ " + key + " is not text");
            }
            metadata.put(key, parser.getString());
        }
    }

    private static StoredTensor readTensor(JsonParser parser, String name) throws Malformed {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new Malformed("tensor " + name + " is not an object");
        }
        DataType dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            boolean fresh = switch (key) {
                case "dtype" -> dtype == null;
                case "shape" -> shape == null;
                case "data_offsets" -> offsets == null;
                default -> throw new Malformed("tensor " + name + " has the unknown key " + key);
            };
            if (!fresh) {
                throw new Malformed("tensor " + name + " has " + key + " twice");
            }
            switch (key) {
                case "dtype" -> dtype = dtype(parser, name);
                case "shape" -> shape = wholeNumbers(parser, name, "dimension");
                default -> offsets = wholeNumbers(parser, name, "offset");
            }
        }
        return tensor(name, dtype, shape, offsets);
    }

    private static StoredTensor tensor(
            String name, @Nullable DataType dtype, @Nullable List<Long> shape, @Nullable List<Long> offsets)
            throws Malformed {
        if (dtype == null || shape == null || offsets == null) {
            String missing = dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets";
            throw new Malformed("tensor " + name + " has no " + missing);
        }
        if (offsets.size() != 2) {
            throw new Malformed("tensor " + name + " has " + offsets.size() + " offsets, must have 2");
        }
        long begin = offsets.get(0);
        long end = offsets.get(1);
        if (begin > end) {
            throw new Malformed("tensor " + name + " begins at " + begin + ", after its end at " + end);
        }
        long bits = dtype.bits();
        try {
            for (long dimension : shape) {
                bits = Math.multiplyExact(bits, dimension);
            }
        } catch (ArithmeticException e) {
            throw new Malformed("tensor " + name + " " + shape + " has more elements than 64 bits can count");
        }
        if (bits % 8 != 0 || bits / 8 != end - begin) {
            throw new Malformed("tensor " + name + " " + dtype + " " + shape + " needs " + (bits + 7) / 8
                    + " bytes, but its offsets span " + (end - begin));
        }
        return new StoredTensor(name, dtype, shape, begin, end);
    }

    private static DataType dtype(JsonParser parser, String name) throws Malformed {
        String value = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getString() : "";
        for (DataType type : DataType.values()) {
            if (type.name().equals(value)) {
                return type;
            }
        }
        throw new Malformed("tensor " + name + " has the unknown dtype "
                + (parser.currentToken() == JsonToken.VALUE_STRING ? value : parser.currentToken()) + ", known are "
                + Arrays.stream(DataType.values()).map(Enum::name).collect(Collectors.joining(", ")));
    }

    private static List<Long> wholeNumbers(JsonParser parser, String name, String what) throws Malformed {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new Malformed("tensor " + name + " has no list of " + what + "s");
        }
        List<Long> numbers = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            boolean number = token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT;
            if (token != JsonToken.VALUE_NUMBER_INT) {
                throw new Malformed("tensor " + name + " has a" + (what.equals("offset") ? "n " : " ") + what
                        + (number ? " " + parser.getString() : "") + " that is not a whole number");
            }
            if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                throw new Malformed("tensor " + name + " has a " + what + " beyond 64 bits");
            }
            long value = parser.getLongValue();
            if (value < 0) {
                throw new Malformed("tensor " + name + " has the negative " + what + " " + value);
            }
            if (numbers.size() == MOST_DIMENSIONS) {
                throw new Malformed("tensor " + name + " has more than " + MOST_DIMENSIONS + " " + what + "s");
            }
            numbers.add(value);
        }
        return numbers;
    }

    /** Tensors lie one after the other from byte 0 to the end of the file, as the format demands. */
    private static void checkSpans(Map<String, StoredTensor> tensors, long dataLength) throws Malformed {
        List<StoredTensor> byPlace = new ArrayList<>(tensors.values());
        byPlace.sort(Comparator.comparingLong(StoredTensor::begin).thenComparingLong(StoredTensor::end));
        long end = 0;
        String before = "";
        for (StoredTensor tensor : byPlace) {
            if (tensor.end() > dataLength) {
                throw new Malformed("tensor " + tensor.name() + " ends at byte " + tensor.end() + ", but there are "
                        + dataLength + " bytes of data. Maybe the download was cut short?");
            }
            if (tensor.begin() < end) {
                throw new Malformed("tensors " + before + " and " + tensor.name() + " overlap");
            }
            if (tensor.begin() > end) {
                throw new Malformed("bytes " + end + " to " + tensor.begin() + " belong to no tensor");
            }
            end = tensor.end();
            before = tensor.name();
        }
        if (end < dataLength) {
            throw new Malformed((dataLength - end) + " bytes after the last tensor belong to no tensor");
        }
    }
}
