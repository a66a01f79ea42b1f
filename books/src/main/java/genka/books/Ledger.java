package genka.books;

import genka.books.AttemptRecord.Entry;
import genka.units.GenkaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * All runs of a home folder and what their time was used for: {@code <home>/ledger.db}. Several processes may have it open at once;
 * each writes in short transactions and waits for its turn. Errors: USER for a corrupt or newer file and for runs that do not exist,
 * RESOURCE where the file cannot be written, INTERNAL where the books do not close.
 */
public final class Ledger implements AutoCloseable {
    record Totals(long elapsedNanos, long safeNanos, EnergyUse energy) {}

    private final Path file;
    private final Connection connection;
    private final Jdbi jdbi;
    private final boolean exists;

    private Ledger(Path file, Connection connection, boolean exists) {
        this.file = file;
        this.connection = connection;
        this.exists = exists;
        this.jdbi = Jdbi.create(connection);
    }

    /** Opens the ledger of that folder; creates both where they do not exist. */
    public static Ledger open(Path home) {
        Path file = home.resolve("ledger.db");
        return new Ledger(file, LedgerFile.open(file), true);
    }

    /**
     * Opens the ledger of that folder to read it, also where its folder is somebody else's and cannot be written. Where there is none it
     * has no runs and none is created: the name of the folder may be mistyped.
     */
    public static Ledger openToRead(Path home) {
        Path file = home.resolve("ledger.db");
        if (Files.notExists(file) && (Files.notExists(home) || Files.isDirectory(home))) {
            return new Ledger(file, LedgerFile.inMemory(), false);
        }
        boolean writable = !Files.isDirectory(home) || (Files.isWritable(home) && Files.isWritable(file));
        return writable ? open(home) : readOnly(home);
    }

    /** Opens the ledger and writes nothing, not even beside it. */
    static Ledger readOnly(Path home) {
        Path file = home.resolve("ledger.db");
        return new Ledger(file, LedgerFile.openReadOnly(file), true);
    }

    @Override
    public synchronized void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw LedgerFile.explain(file, e);
        }
    }

    /** Enters a run. Its id must be new. */
    public void createRun(NewRun run) {
        transact(handle -> {
            if (exists(handle, run.id())) {
                throw GenkaException.user(
                        "run %s exists already. Maybe resume it with --resume %s?".formatted(run.id(), run.id()));
            }
            return handle.execute(
                    "INSERT INTO run (id, recipe, recipe_hash, dir, seed, created_at, cores, cpu, continued_from)"
                            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    run.id(),
                    run.recipeName(),
                    run.recipeHash(),
                    run.dir(),
                    run.seed(),
                    run.createdAt().toEpochMilli(),
                    run.machine().cores(),
                    run.machine().cpu(),
                    run.continuedFrom().orElse(null));
        });
    }

    /**
     * Begins an attempt at a run. Earlier attempts whose process is gone are settled first; one that still runs is a USER error.
     *
     * @param startedAt when the process began
     * @param pid of the process that attempts it, as a rule {@code ProcessHandle.current().pid()}
     */
    public Attempt begin(String runId, Instant startedAt, long pid) {
        long id = transact(handle -> {
            if (!exists(handle, runId)) {
                throw GenkaException.user(
                        "there is no run %s in %s. Maybe look with ./genka runs.".formatted(runId, file));
            }
            settle(handle, runId);
            handle.createQuery("SELECT pid FROM attempt WHERE run_id = ? AND state = 'RUNNING'")
                    .bind(0, runId)
                    .mapTo(Long.class)
                    .findFirst()
                    .ifPresent(running -> {
                        throw GenkaException.user(
                                "run %s is running already (process %d). Maybe wait for it, or stop it with Ctrl-C first."
                                        .formatted(runId, running));
                    });
            return handle.createUpdate(
                            "INSERT INTO attempt (run_id, started_at, pid, process_started_at, state) VALUES (?, ?, ?, ?, 'RUNNING')")
                    .bind(0, runId)
                    .bind(1, startedAt.toEpochMilli())
                    .bind(2, pid)
                    .bind(3, Processes.startedAt(pid))
                    .executeAndReturnGeneratedKeys("id")
                    .mapTo(Long.class)
                    .one();
        });
        return new Attempt(this, id, EnergyMeter.start());
    }

    /**
     * Settles a run after a kill: an attempt marked as running whose process is gone becomes KILLED, and what it did after its last
     * checkpoint {@link Use#LOST}. Returns how many attempts that were.
     */
    public int recover(String runId) {
        return transact(handle -> settle(handle, runId));
    }

    /** All runs, newest first. */
    public List<RunSummary> runs() {
        return read(handle -> LedgerRows.runs(handle, "ORDER BY created_at DESC, rowid DESC", null));
    }

    /** The newest run. */
    public Optional<RunSummary> newest() {
        return read(handle -> LedgerRows.runs(handle, "ORDER BY created_at DESC, rowid DESC LIMIT 1", null)).stream()
                .findFirst();
    }

    /** The run with that id, or the only one whose id begins so. None or several are a USER error. */
    public RunSummary run(String idOrPrefix) {
        List<RunSummary> found = read(handle -> {
            List<RunSummary> exact = LedgerRows.runs(handle, "WHERE id = ?", idOrPrefix);
            return exact.isEmpty() && !idOrPrefix.isEmpty()
                    ? LedgerRows.runs(handle, "WHERE instr(id, ?) = 1 ORDER BY created_at DESC", idOrPrefix)
                    : exact;
        });
        if (found.isEmpty()) {
            throw GenkaException.user("there is no run %s in %s. Maybe look with ./genka runs."
                            .formatted(idOrPrefix, file)
                    + newest().map(run -> " The newest is " + run.id() + ".").orElse(""));
        }
        if (found.size() > 1) {
            throw GenkaException.user("run %s could be any of %d: %s. Maybe give more of its name."
                    .formatted(
                            idOrPrefix,
                            found.size(),
                            String.join(
                                    ", ",
                                    found.stream().limit(5).map(RunSummary::id).toList())));
        }
        return found.getFirst();
    }

    /**
     * Earlier runs of the same recipe, by name or by hash: the experiments that led to this one. The run whose weights it goes on from,
     * and those before that, are none: they have bills of their own.
     */
    public List<RunSummary> earlierExperiments(RunSummary run) {
        List<RunSummary> all = runs();
        Set<String> line = descent(run, all);
        return all.stream()
                .filter(other -> !line.contains(other.id()))
                .filter(other -> other.run().createdAt().isBefore(run.run().createdAt()))
                .filter(other -> other.run().recipeHash().equals(run.run().recipeHash())
                        || other.run().recipeName().equals(run.run().recipeName()))
                .toList();
    }

    /** The run and those it goes on from, one after the other. */
    private static Set<String> descent(RunSummary run, List<RunSummary> all) {
        Set<String> line = new HashSet<>();
        Optional<RunSummary> next = Optional.of(run);
        while (next.isPresent() && line.add(next.get().id())) {
            Optional<String> parent = next.get().run().parent();
            next = all.stream()
                    .filter(other -> parent.filter(other.id()::equals).isPresent())
                    .findFirst();
        }
        return line;
    }

    void write(long attempt, RunState state, Totals totals, List<Entry> entries, Map<String, Attempt.Work> works) {
        transact(handle -> LedgerRows.write(handle, attempt, state, totals, entries, works));
    }

    private static int settle(Handle handle, String runId) {
        List<Long> gone = new ArrayList<>();
        handle.createQuery("SELECT id, pid, process_started_at FROM attempt WHERE run_id = ? AND state = 'RUNNING'")
                .bind(0, runId)
                .map((row, context) -> Processes.lives(row.getLong(2), row.getLong(3)) ? -1L : row.getLong(1))
                .filter(id -> id >= 0)
                .forEach(gone::add);
        gone.forEach(id -> handle.execute("UPDATE attempt SET state = 'KILLED' WHERE id = ?", id));
        return gone.size();
    }

    private static boolean exists(Handle handle, String runId) {
        return handle.createQuery("SELECT 1 FROM run WHERE id = ?")
                .bind(0, runId)
                .mapTo(Integer.class)
                .findFirst()
                .isPresent();
    }

    private synchronized <T> T transact(Function<Handle, T> body) {
        try {
            return jdbi.inTransaction(body::apply);
        } catch (JdbiException e) {
            throw LedgerFile.explain(file, e);
        }
    }

    private synchronized List<RunSummary> read(Function<Handle, List<RunSummary>> body) {
        if (!exists) {
            return List.of();
        }
        try {
            return jdbi.withHandle(handle -> {
                // One snapshot for all queries, without keeping writers out as our own transactions do.
                handle.execute("BEGIN DEFERRED");
                try {
                    return body.apply(handle);
                } finally {
                    handle.execute("COMMIT");
                }
            });
        } catch (JdbiException e) {
            throw LedgerFile.explain(file, e);
        }
    }
}
