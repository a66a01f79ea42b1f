package genka.books;

import genka.books.AttemptRecord.Entry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** The ledger's rows as records and back. */
final class LedgerRows {
    private LedgerRows() {}

    /**
     * Four queries, however many runs.
     *
     * @param selection the part after FROM run
     * @param argument bound to its placeholder, where it has one
     */
    static List<RunSummary> runs(Handle handle, String selection, @Nullable String argument) {
        String chosen = " WHERE run_id IN (SELECT id FROM run " + selection + ")";
        Map<Long, List<Entry>> entries = new HashMap<>();
        query(
                handle,
                "SELECT attempt_id, stage, use, nanos, s.safe_nanos FROM slice s JOIN attempt a ON a.id = attempt_id"
                        + chosen + " ORDER BY s.rowid",
                argument,
                row -> entries.computeIfAbsent(row.getLong(1), id -> new ArrayList<>())
                        .add(new Entry(
                                row.getString(2), Use.valueOf(row.getString(3)), row.getLong(4), row.getLong(5))));
        Map<Long, RunFacts> facts = new HashMap<>();
        query(
                handle,
                "SELECT attempt_id, stage, tokens, answers FROM work w JOIN attempt a ON a.id = attempt_id" + chosen
                        + " ORDER BY w.rowid",
                argument,
                row -> facts.merge(
                        row.getLong(1),
                        new RunFacts(Map.of(row.getString(2), row.getLong(3)), row.getLong(4)),
                        RunFacts::plus));
        Map<String, List<AttemptRecord>> attempts = new HashMap<>();
        query(
                handle,
                "SELECT id, run_id, started_at, pid, process_started_at, state, elapsed_nanos, safe_nanos, cpu_nanos,"
                        + " rapl_joules FROM attempt" + chosen + " ORDER BY id",
                argument,
                row -> attempts.computeIfAbsent(row.getString("run_id"), id -> new ArrayList<>())
                        .add(attempt(
                                row,
                                entries.getOrDefault(row.getLong("id"), List.of()),
                                facts.getOrDefault(row.getLong("id"), RunFacts.NONE))));
        List<RunSummary> runs = new ArrayList<>();
        query(
                handle,
                "SELECT id, recipe, recipe_hash, dir, seed, created_at, cores, cpu, continued_from FROM run "
                        + selection,
                argument,
                row -> runs.add(new RunSummary(run(row), attempts.getOrDefault(row.getString(1), List.of()))));
        return runs;
    }

    /** What is done with a row. */
    private interface RowReader {
        Object read(ResultSet row) throws SQLException;
    }

    private static void query(Handle handle, String sql, @Nullable String argument, RowReader reader) {
        Query query = handle.createQuery(sql);
        if (argument != null) {
            query.bind(0, argument);
        }
        query.map((row, context) -> reader.read(row)).list();
    }

    private static NewRun run(ResultSet row) throws SQLException {
        return new NewRun(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getLong(5),
                Instant.ofEpochMilli(row.getLong(6)),
                new Machine(row.getInt(7), row.getString(8)),
                Optional.ofNullable(row.getString(9)));
    }

    private static AttemptRecord attempt(ResultSet row, List<Entry> entries, RunFacts facts) throws SQLException {
        long id = row.getLong("id");
        RunState state = RunState.valueOf(row.getString("state"));
        if (state == RunState.RUNNING && !Processes.lives(row.getLong("pid"), row.getLong("process_started_at"))) {
            state = RunState.KILLED;
        }
        double joules = row.getDouble("rapl_joules");
        // wasNull speaks of the last column read.
        OptionalDouble raplJoules = row.wasNull() ? OptionalDouble.empty() : OptionalDouble.of(joules);
        EnergyUse energy = new EnergyUse(row.getLong("cpu_nanos"), raplJoules);
        close(id, entries.stream().mapToLong(Entry::nanos).sum(), row.getLong("elapsed_nanos"));
        close(id, entries.stream().mapToLong(Entry::safeNanos).sum(), row.getLong("safe_nanos"));
        Instant startedAt = Instant.ofEpochMilli(row.getLong("started_at"));
        return new AttemptRecord(id, row.getString("run_id"), startedAt, state, entries, facts, energy);
    }

    private static void close(long attempt, long sum, long whole) {
        if (sum != whole) {
            throw AttemptRecord.doesNotClose("attempt " + attempt, sum, whole);
        }
    }

    static int write(
            Handle handle,
            long attempt,
            RunState state,
            Ledger.Totals totals,
            List<Entry> entries,
            Map<String, Attempt.Work> works) {
        PreparedBatch slices = handle.prepareBatch(
                "INSERT INTO slice (attempt_id, stage, use, nanos, safe_nanos)"
                        + " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET nanos = excluded.nanos, safe_nanos = excluded.safe_nanos");
        for (Entry entry : entries) {
            slices.add(attempt, entry.stage(), entry.use().name(), entry.nanos(), entry.safeNanos());
        }
        slices.execute();
        PreparedBatch work =
                handle.prepareBatch("INSERT INTO work (attempt_id, stage, tokens, answers) VALUES (?, ?, ?, ?)"
                        + " ON CONFLICT DO UPDATE SET tokens = excluded.tokens, answers = excluded.answers");
        works.forEach((stage, done) -> work.add(attempt, stage, done.tokens(), done.answers()));
        work.execute();
        EnergyUse energy = totals.energy();
        return handle.createUpdate("UPDATE attempt SET state = ?, elapsed_nanos = ?, safe_nanos = ?, cpu_nanos = ?,"
                        + " rapl_joules = ? WHERE id = ?")
                .bind(0, state.name())
                .bind(1, totals.elapsedNanos())
                .bind(2, totals.safeNanos())
                .bind(3, energy.cpuNanos())
                .bind(4, energy.raplJoules().isPresent() ? energy.raplJoules().getAsDouble() : null)
                .bind(5, attempt)
                .execute();
    }
}
