package genka.train;

import genka.kernel.SeededRandom;
import genka.units.Fault;
import genka.units.GenkaException;
import genka.units.Words;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/**
 * Files of text, cut into chunks that are read one at a time, so that it may be larger than memory. Chunks end at line ends. Some files (of
 * a single file: its end) are held out from training.
 */
final class Corpus {
    /** Bytes of a chunk, about. */
    static final int CHUNK = 16 * 1024;

    private static final int LINE_SEARCH = 4096;

    /** Bytes from..to of a file. */
    private record Piece(Path file, String name, long from, long to) {
        long chunks() {
            return (to - from + CHUNK - 1) / CHUNK;
        }
    }

    /** Text between two line ends; {@code last} when the document ends with it. */
    record Chunk(String file, long at, String text, boolean last) {}

    /** One side of the split: chunks by number. */
    final class Side {
        private final List<Piece> pieces;
        private final long[] ends;

        private Side(List<Piece> pieces) {
            this.pieces = List.copyOf(pieces);
            this.ends = new long[pieces.size()];
            long end = 0;
            for (int i = 0; i < ends.length; i++) {
                end += pieces.get(i).chunks();
                ends[i] = end;
            }
        }

        long chunks() {
            return ends.length == 0 ? 0 : ends[ends.length - 1];
        }

        long bytes() {
            return pieces.stream().mapToLong(piece -> piece.to - piece.from).sum();
        }

        int files() {
            return pieces.size();
        }

        Chunk read(long number) {
            int at = java.util.Arrays.binarySearch(ends, number + 1);
            Piece piece = pieces.get(at < 0 ? -at - 1 : at);
            long before = ends[at < 0 ? -at - 1 : at] - piece.chunks();
            return chunk(piece, number - before);
        }
    }

    private final String key;
    private final double heldOutShare;
    private final boolean wholeLines;
    private final Side training;
    private final Side heldOut;
    private final int binaryFiles;
    private final int copies;
    private OptionalLong fingerprint = OptionalLong.empty();

    /**
     * @param path a file or a folder
     * @param glob which files of the folder, matched with the path inside it and with the name
     * @param wholeLines never cut a line, however long
     */
    Corpus(Path path, String glob, double heldOutShare, boolean wholeLines) {
        this("data", path, glob, heldOutShare, wholeLines);
    }

    /** @param key the section of the recipe that names the path, for messages */
    Corpus(String key, Path path, String glob, double heldOutShare, boolean wholeLines) {
        this.key = key;
        this.heldOutShare = heldOutShare;
        this.wholeLines = wholeLines;
        try {
            List<Piece> found = find(path, glob);
            List<Piece> text = new ArrayList<>();
            Copies seen = new Copies();
            int binary = 0;
            for (Piece piece : found) {
                if (isBinary(piece.file)) {
                    binary++;
                } else if (!seen.seen(piece.file)) {
                    text.add(piece);
                }
            }
            this.binaryFiles = binary;
            this.copies = found.size() - binary - text.size();
            if (text.isEmpty()) {
                throw GenkaException.user(key + ".path (" + path + ") " + nothing(path, glob, found.isEmpty()));
            }
            List<Piece> train = new ArrayList<>();
            List<Piece> held = new ArrayList<>();
            if (text.size() == 1) {
                splitTail(text.getFirst(), heldOutShare, train, held);
            } else {
                splitFiles(text, heldOutShare, train, held);
            }
            this.training = new Side(train);
            this.heldOut = new Side(held);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private String nothing(Path path, String glob, boolean isEmpty) {
        if (!isEmpty) {
            return "has only binary files (they contain zero bytes). Maybe a file of text or JSON lines?";
        }
        if (Files.isRegularFile(path)) {
            return "is empty: 0 bytes. Maybe another file?";
        }
        return glob.isBlank() || glob.equals("**")
                ? "has no files with text: none, or only empty ones. Maybe another folder?"
                : "has no files with text that match " + glob + ". Maybe another " + key + ".glob? ** matches all.";
    }

    /** The section of the recipe that names the path: data, or sources.NAME. */
    String key() {
        return key;
    }

    /** Whether nothing is held out: none was to be, or it is too little for that. */
    boolean holdsOutNothing() {
        return heldOut.pieces.isEmpty();
    }

    /** The share that was to be held out. */
    double heldOutShare() {
        return heldOutShare;
    }

    Side training() {
        return training;
    }

    Side heldOut() {
        return heldOut;
    }

    /** Files that were left out because they are not text. */
    int binaryFiles() {
        return binaryFiles;
    }

    /** Files that were left out because another holds the same. */
    int copies() {
        return copies;
    }

    /**
     * Changes when what training reads or what is held out changes: then a stored position means nothing, or figures before and after do not
     * compare. Of the moment it is first asked for.
     */
    long fingerprint() {
        if (fingerprint.isEmpty()) {
            ContentPrint print = new ContentPrint(training.bytes() + heldOut.bytes());
            training.pieces.forEach(piece -> add(piece, print));
            print.next();
            heldOut.pieces.forEach(piece -> add(piece, print));
            fingerprint = OptionalLong.of(print.value());
        }
        return fingerprint.getAsLong();
    }

    private static void add(Piece piece, ContentPrint print) {
        try {
            print.add(piece.file, piece.name, piece.from, piece.to);
        } catch (IOException e) {
            throw unreadable(piece.file, e);
        }
    }

    private List<Piece> find(Path path, String glob) throws IOException {
        if (Files.isRegularFile(path)) {
            return Files.size(path) == 0
                    ? List.of()
                    : List.of(new Piece(path, String.valueOf(path.getFileName()), 0, Files.size(path)));
        }
        if (!Files.isDirectory(path)) {
            throw GenkaException.user(key + ".path (" + path
                    + ") does not exist. Maybe give a file or folder of text with --set " + key + ".path=…?");
        }
        PathMatcher matcher;
        try {
            matcher = FileSystems.getDefault().getPathMatcher("glob:" + (glob.isBlank() ? "**" : glob));
        } catch (IllegalArgumentException e) {
            throw GenkaException.user(
                    key + ".glob (" + glob + ") is not a pattern: " + e.getMessage() + ". Maybe **.txt?");
        }
        List<Piece> pieces = new ArrayList<>();
        try (java.util.stream.Stream<Path> walk = Files.walk(path)) {
            for (Path file : (Iterable<Path>) walk::iterator) {
                Path inside = path.relativize(file);
                boolean wanted = matcher.matches(inside) || matcher.matches(inside.getFileName());
                if (wanted && Files.isRegularFile(file) && Files.size(file) > 0) {
                    pieces.add(new Piece(file, inside.toString(), 0, Files.size(file)));
                }
            }
        } catch (UncheckedIOException e) {
            // The walk meets a folder inside that may not be read; its own exception names it.
            throw e.getCause();
        }
        pieces.sort(Comparator.comparing(Piece::name));
        return pieces;
    }

    private void splitTail(Piece piece, double share, List<Piece> train, List<Piece> held) {
        long cut = align(piece, piece.to - Math.round((piece.to - piece.from) * share));
        if (share <= 0 || cut >= piece.to || cut <= piece.from) {
            train.add(piece);
            return;
        }
        train.add(new Piece(piece.file, piece.name, piece.from, cut));
        held.add(new Piece(piece.file, piece.name, cut, piece.to));
    }

    /** By a hash of the name, so that a file stays on its side when others come and go; at least one is held out. */
    private static void splitFiles(List<Piece> pieces, double share, List<Piece> train, List<Piece> held) {
        if (share <= 0) {
            train.addAll(pieces);
            return;
        }
        double least = pieces.stream().mapToDouble(Corpus::hash).min().orElse(0);
        for (Piece piece : pieces) {
            boolean out = hash(piece) <= least || hash(piece) < share;
            (out && held.size() < pieces.size() - 1 ? held : train).add(piece);
        }
    }

    private static double hash(Piece piece) {
        long hash = 0;
        for (byte b : piece.name.getBytes(StandardCharsets.UTF_8)) {
            hash = hash * 31 + b;
        }
        return SeededRandom.of(hash).nextDouble();
    }

    private Chunk chunk(Piece piece, long index) {
        long from = align(piece, piece.from + index * CHUNK);
        long to = align(piece, Math.min(piece.to, piece.from + (index + 1) * CHUNK));
        byte[] bytes = read(piece.file, from, to);
        return new Chunk(
                piece.file.toString(), from, new String(bytes, StandardCharsets.UTF_8), to >= piece.to && from < to);
    }

    /** The first line start at or after {@code at}; when none is near and lines may be cut, the first character's. */
    private long align(Piece piece, long at) {
        if (at <= piece.from || at >= piece.to) {
            return Math.clamp(at, piece.from, piece.to);
        }
        long window = at - 1;
        while (window < piece.to) {
            byte[] bytes = read(piece.file, window, Math.min(piece.to, window + LINE_SEARCH));
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] == '\n') {
                    return window + i + 1;
                }
            }
            if (!wholeLines) {
                int i = 1;
                while (i < bytes.length && (bytes[i] & 0xC0) == 0x80) {
                    i++;
                }
                return window + i;
            }
            window += bytes.length;
        }
        return piece.to;
    }

    static byte[] read(Path file, long from, long to) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(to - from));
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, from + buffer.position()) < 0) {
                    throw GenkaException.user(file + " became shorter while it was read. Maybe start again?");
                }
            }
            return buffer.array();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** Of the line that begins at that byte, from 1. */
    static long lineNumber(Path file, long at) {
        long line = 1;
        for (long from = 0; from < at; from += CHUNK) {
            for (byte b : read(file, from, Math.min(at, from + CHUNK))) {
                line += b == '\n' ? 1 : 0;
            }
        }
        return line;
    }

    private static boolean isBinary(Path file) throws IOException {
        byte[] head = read(file, 0, Math.min(8192, Files.size(file)));
        for (byte b : head) {
            if (b == 0) {
                return true;
            }
        }
        return false;
    }

    private static GenkaException unreadable(Path path, IOException e) {
        Path what = e instanceof FileSystemException named && named.getFile() != null ? Path.of(named.getFile()) : path;
        return new GenkaException(
                Fault.USER,
                what + " cannot be read (" + Words.reason(e) + "). Maybe its permissions, or another path?",
                e);
    }
}
