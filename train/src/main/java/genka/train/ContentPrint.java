package genka.train;

import genka.kernel.SeededRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * One number for what files hold: another one when a byte of them changes. Text of up to a gibibyte is read whole, which takes about a second; of
 * more than that each piece counts by its two ends and its file's time of modification, since reading tens of gigabytes would take minutes.
 */
final class ContentPrint {
    private static final long READ_WHOLE = 1L << 30;

    /** Bytes read at once; of pieces that are not read whole, those at either end. */
    private static final int BUFFER = 1 << 18;

    private final boolean whole;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private long print;

    /** @param bytes of all pieces together */
    ContentPrint(long bytes) {
        this(bytes, READ_WHOLE);
    }

    ContentPrint(long bytes, long readWhole) {
        this.whole = bytes <= readWhole;
    }

    /** Bytes from..to of a file, which the reader knows by that name. */
    void add(Path file, String name, long from, long to) throws IOException {
        mix(name.hashCode(), from, to);
        CRC32C crc = new CRC32C();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (whole) {
                read(channel, from, to, crc);
            } else {
                read(channel, from, Math.min(to, from + BUFFER), crc);
                read(channel, Math.max(from, to - BUFFER), to, crc);
                mix(Files.getLastModifiedTime(file).toMillis());
            }
        }
        mix(crc.getValue());
    }

    /** What comes now is of another kind than what came before. */
    void next() {
        mix(-1);
    }

    long value() {
        return print;
    }

    private void mix(long... values) {
        for (long value : values) {
            print = SeededRandom.of(print, value).nextLong();
        }
    }

    private void read(FileChannel channel, long from, long to, CRC32C crc) throws IOException {
        long at = from;
        while (at < to) {
            buffer.clear().limit((int) Math.min(BUFFER, to - at));
            int count = channel.read(buffer, at);
            if (count < 0) {
                return;
            }
            crc.update(buffer.flip());
            at += count;
        }
    }
}
