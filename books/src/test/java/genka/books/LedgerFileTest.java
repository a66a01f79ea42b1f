package genka.books;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.books.UseClock.Slice;
import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerFileTest {
    @TempDir
    Path home;

    private static void refused(Path home, Fault fault, String words) {
        assertThatThrownBy(() -> Ledger.open(home).close())
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining(words)
                .hasMessageContaining("Maybe")
                .extracting(e -> ((GenkaException) e).fault())
                .isEqualTo(fault);
    }

    @Test
    void severalLedgersOfOneHomeDoNotDisturbEachOther() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Callable<RunState>> runs = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String id = "run" + i;
                runs.add(() -> oneRun(home, id));
            }
            for (Future<RunState> state : threads.invokeAll(runs)) {
                assertThat(state.get()).isEqualTo(RunState.FINISHED);
            }
        }
        try (Ledger ledger = Ledger.open(home)) {
            assertThat(ledger.runs()).hasSize(4).allMatch(run -> run.wallNanos() == 150);
        }
    }

    /** SQLite refuses one of two that change a new file's journal at once, and does so without waiting. */
    @Test
    void manyMayOpenANewHomeAtOnce() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            for (int i = 0; i < 25; i++) {
                Path fresh = home.resolve("home" + i);
                Callable<Boolean> opening = () -> {
                    try (Ledger ledger = Ledger.open(fresh)) {
                        return ledger.runs().isEmpty();
                    }
                };
                for (Future<Boolean> empty : threads.invokeAll(Collections.nCopies(6, opening))) {
                    assertThat(empty.get()).isTrue();
                }
            }
        }
    }

    /** From opening on, so that the four of them also meet over the first migration. */
    private static RunState oneRun(Path home, String id) {
        try (Ledger ledger = Ledger.open(home)) {
            ledger.createRun(LedgerTest.run(id, 0));
            Attempt attempt =
                    ledger.begin(id, Instant.EPOCH, ProcessHandle.current().pid());
            for (int i = 1; i <= 50; i++) {
                attempt.heartbeat(List.of(new Slice("s", Use.PRETRAIN, i), new Slice("s", Use.DATA, 2 * i)), 3L * i);
                assertThat(ledger.run(id).wallNanos()).isEqualTo(3L * i);
            }
            attempt.finish(
                    RunState.FINISHED, List.of(new Slice("s", Use.PRETRAIN, 50), new Slice("s", Use.DATA, 100)), 150);
            return ledger.run(id).state();
        }
    }

    @Test
    void aHomeThatCannotBeWrittenIsReadWithoutATrace() throws IOException {
        Path odd = home.resolve("a home 50% #1");
        assertThat(oneRun(odd, "run")).isEqualTo(RunState.FINISHED);
        try (Ledger ledger = Ledger.readOnly(odd)) {
            assertThat(ledger.run("run").wallNanos()).isEqualTo(150);
            try (Stream<Path> files = Files.list(odd)) {
                assertThat(files.map(file -> String.valueOf(file.getFileName())))
                        .containsExactlyInAnyOrder("ledger.db", "ledger.db.lock");
            }
            assertThatThrownBy(() -> ledger.createRun(LedgerTest.run("other", 0)))
                    .isInstanceOf(GenkaException.class)
                    .hasMessageContaining("cannot be written");
        }
    }

    @Test
    void lookingForRunsCreatesNothing() {
        Path mistyped = home.resolve("mistyped");
        try (Ledger ledger = Ledger.openToRead(mistyped)) {
            assertThat(ledger.runs()).isEmpty();
            assertThat(ledger.newest()).isEmpty();
            assertThatThrownBy(() -> ledger.run("run"))
                    .isInstanceOf(GenkaException.class)
                    .hasMessageContaining("there is no run run in " + mistyped);
        }
        assertThat(mistyped).doesNotExist();
    }

    @Test
    void aHomeThatIsAFileIsRefusedAlsoToRead() throws IOException {
        Path file = Files.writeString(home.resolve("file"), "");
        assertThatThrownBy(() -> Ledger.openToRead(file).close())
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining(file + " cannot be created (a file of that name is in the way)");
    }

    @Test
    void aHomeThatSomebodyWritesToIsReadUpToItsNewestEntry() {
        try (Ledger writer = Ledger.open(home)) {
            writer.createRun(LedgerTest.run("run", 0));
            Attempt attempt =
                    writer.begin("run", Instant.EPOCH, ProcessHandle.current().pid());
            for (int i = 1; i <= 3; i++) {
                attempt.heartbeat(List.of(new Slice("s", Use.PRETRAIN, i)), i);
                try (Ledger reader = Ledger.readOnly(home)) {
                    assertThat(reader.run("run").wallNanos()).isEqualTo(i);
                }
            }
        }
    }

    @Test
    void damagedFileIsCalledCorrupt() throws IOException {
        Files.writeString(
                home.resolve("ledger.db"), "this is no database, and long enough to look like one ".repeat(40));
        refused(home, Fault.USER, "corrupt or no ledger");
    }

    @Test
    void fileOfANewerGenkaIsLeftAlone() throws SQLException {
        Ledger.open(home).close();
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("ledger.db"));
                Statement statement = other.createStatement()) {
            statement.execute("PRAGMA user_version = " + (LedgerFile.SCHEMA + 1));
        }
        refused(home, Fault.USER, "has schema " + (LedgerFile.SCHEMA + 1));
    }

    @Test
    void homeThatCannotBeAFolderIsAResourceError() throws IOException {
        Path file = Files.writeString(home.resolve("file"), "");
        refused(file.resolve("home"), Fault.RESOURCE, "cannot be created");
        Files.createDirectories(home.resolve("taken").resolve("ledger.db"));
        refused(home.resolve("taken"), Fault.RESOURCE, "cannot be written");
    }

    @Test
    void fullDiskIsAResourceError() throws SQLException {
        Path file = home.resolve("ledger.db");
        Ledger.open(home).close();
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = other.createStatement()) {
            statement.execute("PRAGMA max_page_count = 1");
            assertThatThrownBy(() -> statement.execute("CREATE TABLE big AS SELECT hex(randomblob(1000000)) AS x"))
                    .satisfies(e -> assertThat(LedgerFile.explain(file, e))
                            .hasMessageContaining("the disk is full")
                            .extracting(GenkaException::fault)
                            .isEqualTo(Fault.RESOURCE));
        }
    }

    @Test
    void schemaNumberIsThatOfTheNewestMigration() throws Exception {
        Ledger.open(home).close();
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("ledger.db"));
                Statement statement = other.createStatement();
                var row = statement.executeQuery(
                        "SELECT max(CAST(version AS INTEGER)), (SELECT user_version FROM pragma_user_version)"
                                + " FROM flyway_schema_history")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getInt(1)).isEqualTo(LedgerFile.SCHEMA).isEqualTo(row.getInt(2));
        }
    }
}
