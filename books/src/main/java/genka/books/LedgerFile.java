package genka.books;

import genka.units.Fault;
import genka.units.GenkaException;
import genka.units.Words;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** The ledger's SQLite file: opens it, brings its schema up to date, and says in words what is wrong with it. */
final class LedgerFile {
    /** What the newest migration leaves in PRAGMA user_version; only where it differs is Flyway started, which takes far longer. */
    static final int SCHEMA = 2;

    private static final Object MIGRATING = new Object();

    /** How long an open ledger's owner is waited for. */
    private static final int PATIENCE_MILLIS = 10_000;

    private LedgerFile() {}

    static Connection open(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw GenkaException.resource(
                    "%s cannot be created (%s). Maybe choose another folder with --home or GENKA_HOME."
                            .formatted(file.getParent(), Words.reason(e)));
        }
        try {
            Connection connection = connect(file);
            int schema = known(file, connection);
            if (schema < SCHEMA) {
                migrate(file);
            }
            return connection;
        } catch (SQLException | IOException e) {
            throw explain(file, e);
        }
    }

    /** The schema's number; a newer one than this Genka knows is a USER error. */
    private static int known(Path file, Connection connection) throws SQLException {
        int schema = schema(connection);
        if (schema > SCHEMA) {
            connection.close();
            throw GenkaException.user(
                    "%s has schema %d, this Genka knows up to %d. Maybe update Genka, or choose another folder with --home."
                            .formatted(file, schema, SCHEMA));
        }
        return schema;
    }

    /**
     * Opens a ledger whose folder cannot be written. While somebody works on it, its newest entries are in a file beside it, which SQLite
     * reads with what that process keeps there. Otherwise the file is whole, and only as one that cannot change does SQLite open it
     * without a file of its own beside it.
     */
    static Connection openReadOnly(Path file) {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(PATIENCE_MILLIS);
        SQLiteDataSource source = new SQLiteDataSource(config);
        boolean underWay = Files.exists(file.resolveSibling(file.getFileName() + "-wal"));
        source.setUrl("jdbc:sqlite:" + file.toAbsolutePath().toUri() + (underWay ? "" : "?immutable=1"));
        try {
            Connection connection = source.getConnection();
            int schema = known(file, connection);
            if (schema < SCHEMA) {
                connection.close();
                throw GenkaException.user(
                        "%s has schema %d, this Genka reads %d. Maybe let its owner run ./genka runs once?"
                                .formatted(file, schema, SCHEMA));
            }
            return connection;
        } catch (SQLException e) {
            GenkaException known = explain(file, e);
            throw known.fault() != Fault.RESOURCE
                    ? known
                    : new GenkaException(
                            Fault.RESOURCE,
                            "%s cannot be read (%s). Maybe its owner can make it readable, or end the run that writes to it."
                                    .formatted(file, e.getMessage()),
                            e);
        }
    }

    /** Where nothing is kept: no tables, no file. */
    static Connection inMemory() {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite::memory:");
        try {
            return source.getConnection();
        } catch (SQLException e) {
            throw new GenkaException(Fault.INTERNAL, "SQLite does not start (" + e.getMessage() + ")", e);
        }
    }

    /** SQLite's own patience does not cover the change of a new file's journal: of two who open it at once, one is refused. */
    private static Connection connect(Path file) throws SQLException {
        SQLiteDataSource source = source(file);
        long began = System.nanoTime();
        while (true) {
            try {
                return source.getConnection();
            } catch (SQLiteException e) {
                if (!isLocked(e.getResultCode()) || System.nanoTime() - began > PATIENCE_MILLIS * 1_000_000L) {
                    throw e;
                }
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static SQLiteDataSource source(Path file) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
        config.setBusyTimeout(PATIENCE_MILLIS);
        config.enforceForeignKeys(true);
        // A transaction that reads first and writes later could otherwise fail at once instead of waiting its turn.
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
        return source;
    }

    private static int schema(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA user_version")) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    private static void migrate(Path file) throws IOException {
        Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
        // Flyway does not lock SQLite: two first runs at once would both create the tables.
        synchronized (MIGRATING) {
            try (FileChannel channel =
                    FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.lock();
                Flyway.configure(LedgerFile.class.getClassLoader())
                        .dataSource(source(file))
                        .locations("classpath:genka/books/migrations")
                        .loggers("slf4j")
                        .load()
                        .migrate();
            } catch (FlywayException e) {
                throw explain(file, e);
            }
        }
    }

    /** The error in words: whose fault it is and what to do. */
    static GenkaException explain(Path file, Throwable problem) {
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof GenkaException known) {
                return known;
            }
            if (cause instanceof SQLiteException sqlite) {
                return explain(file, sqlite.getResultCode(), problem);
            }
        }
        if (problem instanceof IOException) {
            return new GenkaException(
                    Fault.RESOURCE,
                    "%s cannot be written (%s). Maybe choose another folder with --home."
                            .formatted(file, problem.getMessage()),
                    problem);
        }
        return new GenkaException(
                Fault.INTERNAL, "%s: the ledger refused (%s)".formatted(file, problem.getMessage()), problem);
    }

    private static boolean isLocked(SQLiteErrorCode code) {
        return code.name().startsWith("SQLITE_BUSY") || code.name().startsWith("SQLITE_LOCKED");
    }

    private static GenkaException explain(Path file, SQLiteErrorCode code, Throwable problem) {
        String name = code.name().toUpperCase(Locale.ROOT);
        if (name.startsWith("SQLITE_CORRUPT") || name.startsWith("SQLITE_NOTADB")) {
            return new GenkaException(
                    Fault.USER,
                    "%s is corrupt or no ledger (%s). Maybe move it aside: runs keep their own folders and a new ledger begins empty."
                            .formatted(file, name),
                    problem);
        }
        if (name.startsWith("SQLITE_FULL")) {
            return new GenkaException(
                    Fault.RESOURCE,
                    "%s: the disk is full. Maybe free some space or choose another --home.".formatted(file),
                    problem);
        }
        if (isLocked(code)) {
            return new GenkaException(
                    Fault.RESOURCE,
                    "%s is locked by another process for more than 10 s. Maybe end the program that holds it."
                            .formatted(file),
                    problem);
        }
        if (name.startsWith("SQLITE_READONLY")
                || name.startsWith("SQLITE_CANTOPEN")
                || name.startsWith("SQLITE_IOERR")
                || name.startsWith("SQLITE_PERM")) {
            return new GenkaException(
                    Fault.RESOURCE,
                    "%s cannot be written (%s). Maybe check its permissions and the disk, or choose another --home."
                            .formatted(file, name),
                    problem);
        }
        return new GenkaException(Fault.INTERNAL, "%s: the ledger refused (%s)".formatted(file, name), problem);
    }
}
