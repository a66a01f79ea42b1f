package genka.train;

import genka.units.Fault;
import genka.units.GenkaException;
import genka.units.Words;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Held while a process works on a run: a second one is refused. The system frees it when the process is gone, however it went. */
final class RunLock implements AutoCloseable {
    private final FileChannel channel;

    private RunLock(FileChannel channel) {
        this.channel = channel;
    }

    static RunLock of(Path folder) {
        try {
            FileChannel channel =
                    FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lock(channel) == null) {
                channel.close();
                throw GenkaException.user("Run " + folder.getFileName()
                        + " is under way in another process. Maybe stop that one first (Ctrl-C there)?");
            }
            return new RunLock(channel);
        } catch (IOException e) {
            throw new GenkaException(
                    Fault.RESOURCE, folder + " cannot be locked (" + Words.reason(e) + "). Maybe its permissions?", e);
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException _) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new GenkaException(Fault.RESOURCE, "The run's lock cannot be freed (" + Words.reason(e) + ").", e);
        }
    }
}
