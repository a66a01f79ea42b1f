package genka.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Finds files that hold what another holds, links included: a copy on the other side of the split would make held-out text known text.
 * Only files of equal size are read.
 */
final class Copies {
    private final Map<Long, Path> firstOfSize = new HashMap<>();
    private final Map<Long, Set<Long>> checksumsOfSize = new HashMap<>();

    /** Whether a file with this content was seen before. */
    boolean seen(Path file) throws IOException {
        long size = Files.size(file);
        Path first = firstOfSize.putIfAbsent(size, file);
        if (first == null) {
            return false;
        }
        Set<Long> checksums = checksumsOfSize.get(size);
        if (checksums == null) {
            checksums = new HashSet<>();
            checksums.add(checksum(first));
            checksumsOfSize.put(size, checksums);
        }
        return !checksums.add(checksum(file));
    }

    private static long checksum(Path file) throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (channel.read(buffer) >= 0) {
                crc.update(buffer.flip());
                buffer.clear();
            }
        }
        return crc.getValue();
    }
}
