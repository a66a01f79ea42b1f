package genka.books;

import genka.books.AttemptRecord.Entry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** The ledger's rows as records and back. */
final class LedgerRows {
    private LedgerRows() {}

    /**
     * @param selection the part after FROM run
     * @param argument bound to its placeholder, where it has one
     */
    static List<RunSummary> runs(Handle handle, String selection, @Nullable String argument) {
        Query query = handle.createQuery(
                "SELECT id, recipe, recipe_hash, dir, seed, created_at, cores, cpu FROM run " + selection);
        if (argument != null) {
            query.bind(0, argument);
        }
        List<RunSummary> runs = new ArrayList<>();
        for (NewRun run : query.map((row, context) -> run(row)).list()) {
            runs.add(new RunSummary(run, attempts(handle, run.id())));
        }
        return runs;
    }

    private static NewRun run(ResultSet row) throws SQLException {
        return new NewRun(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getLong(5),
                Instant.ofEpochMilli(row.getLong(6)),
                new Machine(row.getInt(7), row.getString(8)));
    }

    private static List<AttemptRecord> attempts(Handle handle, String runId) {
        return handle.createQuery(
                        "SELECT id, started_at, pid, process_started_at, state, elapsed_nanos, safe_nanos, cpu_nanos,"
                                + " rapl_joules FROM attempt WHERE run_id = ? ORDER BY id")
                .bind(0, runId)
                .map((row, context) -> attempt(handle, runId, row))
                .list();
    }

    private static AttemptRecord attempt(Handle handle, String runId, ResultSet row) throws SQLException {
        long id = row.getLong("id");
        RunState state = RunState.valueOf(row.getString("state"));
        if (state == RunState.RUNNING && !Processes.lives(row.getLong("pid"), row.getLong("process_started_at"))) {
            state = RunState.KILLED;
        }
        double joules = row.getDouble("rapl_joules");
        EnergyUse energy = new EnergyUse(
                row.getLong("cpu_nanos"), row.wasNull() ? OptionalDouble.empty() : OptionalDouble.of(joules));
        List<Entry> entries = handle.createQuery("SELECT stage, use, nanos, safe_nanos FROM slice WHERE attempt_id = ?")
                .bind(0, id)
                .map((slice, context) -> new Entry(
                        slice.getString(1), Use.valueOf(slice.getString(2)), slice.getLong(3), slice.getLong(4)))
                .list();
        close(id, entries.stream().mapToLong(Entry::nanos).sum(), row.getLong("elapsed_nanos"));
        close(id, entries.stream().mapToLong(Entry::safeNanos).sum(), row.getLong("safe_nanos"));
        Instant startedAt = Instant.ofEpochMilli(row.getLong("started_at"));
        return new AttemptRecord(id, runId, startedAt, state, entries, facts(handle, id), energy);
    }

    private static void close(long attempt, long sum, long whole) {
        if (sum != whole) {
            throw AttemptRecord.doesNotClose("attempt " + attempt, sum, whole);
        }
    }

    private static RunFacts facts(Handle handle, long attempt) {
        Map<String, Long> tokens = new LinkedHashMap<>();
        long[] answers = {0};
        handle.createQuery("SELECT stage, tokens, answers FROM work WHERE attempt_id = ?")
                .bind(0, attempt)
                .map((row, context) -> {
                    answers[0] += row.getLong(3);
                    return tokens.put(row.getString(1), row.getLong(2)) == null;
                })
                .list();
        return new RunFacts(tokens, answers[0]);
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
