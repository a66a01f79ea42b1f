package genka.catalog;

import genka.units.Fault;
import genka.units.GenkaException;
import genka.units.Words;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * YAML text as {@link YamlNode}s with line and column. Only what a file for people needs: one document of sections,
 * lists and values; no anchors, aliases or tags, no key twice, {@value #DEEPEST} levels at most. The first fault of the
 * syntax is a user error; keys given twice are collected.
 */
final class YamlText {
    static final int DEEPEST = 30;
    private static final long LARGEST_BYTES = 1_000_000;

    private final Iterator<Event> events;
    private final Place start;
    private final Problems problems;

    private YamlText(Iterator<Event> events, Place start, Problems problems) {
        this.events = events;
        this.start = start;
        this.problems = problems;
    }

    /** The file's text; a user error when it is missing, too large or no UTF-8. */
    static String readFile(Path file) {
        try {
            if (Files.isDirectory(file)) {
                throw GenkaException.user(file + " is a folder, not a file. Maybe name the file inside it");
            }
            if (!Files.exists(file)) {
                throw GenkaException.user(file + " does not exist." + neighbours(file));
            }
            long size = Files.size(file);
            if (size > LARGEST_BYTES) {
                throw GenkaException.user(file + " (" + size + " bytes) must be at most " + LARGEST_BYTES
                        + " bytes. Maybe it is another file");
            }
            return decode(Files.readAllBytes(file), String.valueOf(file.getFileName()));
        } catch (IOException e) {
            throw new GenkaException(
                    Fault.USER, file + " cannot be read: " + Words.reason(e) + ". Maybe check its permissions", e);
        }
    }

    private static String neighbours(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            Path shipped = GenkaRoot.path().resolve(file);
            return Files.exists(shipped) ? " Maybe you meant " + shipped + "?" : " Maybe check the folder's name";
        }
        try (var files = Files.list(folder)) {
            List<String> names = files.map(f -> String.valueOf(f.getFileName()))
                    .sorted()
                    .limit(1000)
                    .toList();
            return Nearest.of(String.valueOf(file.getFileName()), names)
                    .map(name -> " Maybe you meant " + folder.resolve(name) + "?")
                    .orElse(" Maybe the name is mistyped?");
        }
    }

    static String decode(byte[] bytes, String source) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new GenkaException(
                    Fault.USER, source + " must be text in UTF-8. Maybe save it as UTF-8 in your editor", e);
        }
    }

    /** The text's only document; empty when there is nothing but comments. */
    static Optional<YamlNode> parse(String text, Place start, Problems problems) {
        // In one piece: the parser fails where a piece ends between the two halves of a character such as 😀.
        LoadSettings settings = LoadSettings.builder()
                .setBufferSize(text.length() + 2)
                .setLabel(start.source())
                .setCodePointLimit((int) LARGEST_BYTES)
                .build();
        try {
            return new YamlText(new Parse(settings).parseString(text).iterator(), start, problems).document();
        } catch (MarkedYamlEngineException e) {
            Place place = e.getProblemMark().map(mark -> at(start, mark, "")).orElse(start);
            String problem = String.valueOf(e.getProblem()).replaceAll("\\s+", " ");
            throw new GenkaException(Fault.USER, place + ": not YAML: " + problem + advice(problem), e);
        } catch (YamlEngineException e) {
            String problem = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new GenkaException(
                    Fault.USER, start.source() + ": not YAML: " + problem + ". Maybe it is no text", e);
        }
    }

    private static String advice(String problem) {
        if (problem.contains("TAB")) {
            return ". Maybe indent with spaces: YAML takes no tabs";
        }
        if (problem.contains("mapping values are not allowed")) {
            return ". Maybe quote the value, or check the indentation";
        }
        return ". Maybe check the indentation, or quote the value";
    }

    private Optional<YamlNode> document() {
        Optional<YamlNode> root = Optional.empty();
        while (events.hasNext()) {
            Event event = events.next();
            if (event instanceof NodeEvent node) {
                root = Optional.of(node(node, "", 0));
            } else if (event instanceof DocumentStartEvent && root.isPresent()) {
                throw fault(event, "", "only one document is read. Maybe remove the line ---");
            }
        }
        return root.filter(node -> !(node instanceof YamlNode.Scalar scalar && scalar.isNull()));
    }

    private YamlNode node(NodeEvent event, String path, int depth) {
        if (depth > DEEPEST) {
            throw fault(event, path, "nested deeper than " + DEEPEST + " levels. Maybe a bracket is missing");
        }
        if (event instanceof AliasEvent || event.getAnchor().isPresent()) {
            throw fault(
                    event, path, "anchors and aliases (& and *) are not read. Maybe write the value out, or quote it");
        }
        return switch (event) {
            case ScalarEvent scalar -> scalar(scalar, path);
            case SequenceStartEvent sequence -> sequence(sequence, path, depth);
            case MappingStartEvent mapping -> mapping(mapping, path, depth);
            default -> throw fault(event, path, "is not read");
        };
    }

    private YamlNode scalar(ScalarEvent event, String path) {
        if (event.getTag().isPresent()) {
            throw fault(event, path, "tags (!) are not read. Maybe quote the value");
        }
        return new YamlNode.Scalar(event.getValue(), event.isPlain(), place(event, path));
    }

    private YamlNode sequence(SequenceStartEvent event, String path, int depth) {
        List<YamlNode> items = new ArrayList<>();
        while (events.next() instanceof NodeEvent next) {
            items.add(node(next, path + "[" + items.size() + "]", depth + 1));
        }
        return new YamlNode.Sequence(items, place(event, path));
    }

    private YamlNode mapping(MappingStartEvent event, String path, int depth) {
        Map<String, YamlNode> entries = new LinkedHashMap<>();
        while (events.next() instanceof NodeEvent next) {
            if (!(next instanceof ScalarEvent key)) {
                throw fault(next, path, "a key must be a word. Maybe a bracket or quote is misplaced");
            }
            String below = path.isEmpty() ? key.getValue() : path + "." + key.getValue();
            scalar(key, below);
            YamlNode value = node((NodeEvent) events.next(), below, depth + 1);
            if (entries.putIfAbsent(key.getValue(), value) != null) {
                Place first =
                        Objects.requireNonNull(entries.get(key.getValue())).place();
                problems.add(
                        place(key, below), below + " is given twice, first at " + first + ". Maybe remove one of them");
            }
        }
        return new YamlNode.Mapping(entries, place(event, path));
    }

    private Place place(Event event, String path) {
        return event.getStartMark().map(mark -> at(start, mark, path)).orElse(start.at(start.line(), 1, path));
    }

    private static Place at(Place start, Mark mark, String path) {
        return start.line() == 0
                ? start.at(0, 0, path)
                : start.at(start.line() + mark.getLine(), mark.getColumn() + 1, path);
    }

    private GenkaException fault(Event event, String path, String problem) {
        Place place = place(event, path);
        return GenkaException.user(place + ": " + (path.isEmpty() ? "" : path + ": ") + problem);
    }
}
