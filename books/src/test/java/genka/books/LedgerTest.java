package genka.books;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.books.UseClock.Slice;
import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final long ME = ProcessHandle.current().pid();

    @TempDir
    Path home;

    static NewRun run(String id, int minute) {
        return new NewRun(
                id,
                "r1-zero-tiny",
                "abc",
                "/runs/" + id,
                7,
                NOON.plusSeconds(60L * minute),
                new Machine(2, "a CPU"),
                Optional.empty());
    }

    private static List<Slice> slices(long startUp, long pretrain, long rollout) {
        return List.of(
                new Slice("", Use.START_UP, startUp),
                new Slice("base", Use.PRETRAIN, pretrain),
                new Slice("about", Use.ROLLOUT, rollout));
    }

    /** The id of a process that was and is no more. */
    static long deadProcess() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("true").start();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return process.pid();
    }

    @Test
    void whatIsWrittenIsRead() {
        try (Ledger ledger = Ledger.open(home)) {
            ledger.createRun(run("20261122-a", 0));
            Attempt attempt = ledger.begin("20261122-a", NOON, ME);
            attempt.count("base", 1000, 0);
            attempt.heartbeat(slices(5, 10, 0).subList(0, 2), 15);
            attempt.count("base", 500, 0);
            attempt.count("about", 700, 64);
            assertThat(ledger.run("2026").state()).isEqualTo(RunState.RUNNING);
            attempt.finish(RunState.FINISHED, slices(5, 20, 30), 55);
        }
        try (Ledger ledger = Ledger.open(home)) {
            RunSummary run = ledger.run("20261122-a");
            assertThat(run.run()).isEqualTo(run("20261122-a", 0));
            assertThat(run.state()).isEqualTo(RunState.FINISHED);
            assertThat(run.slices()).as("in the order of their beginning").isEqualTo(slices(5, 20, 30));
            assertThat(run.wallNanos()).isEqualTo(55);
            assertThat(run.facts()).isEqualTo(new RunFacts(Map.of("base", 1500L, "about", 700L), 64));
            assertThat(run.attempts().getFirst().energy().raplJoules().isPresent())
                    .as("energy counts as measured only where this machine has counters")
                    .isEqualTo(EnergyMeter.start().read().raplJoules().isPresent());
        }
    }

    @Test
    void workBelongsToItsAttemptAndItsRun() throws Exception {
        try (Ledger ledger = Ledger.open(home)) {
            ledger.createRun(run("a", 0));
            ledger.createRun(run("b", 1));
            Attempt killed = ledger.begin("a", NOON, deadProcess());
            killed.count("base", 100, 1);
            killed.checkpointed(slices(5, 20, 0), 25);
            Attempt other = ledger.begin("b", NOON, ME);
            other.count("base", 70, 4);
            other.finish(RunState.FINISHED, slices(1, 2, 3), 6);
            Attempt again = ledger.begin("a", NOON, ME);
            again.count("base", 30, 0);
            again.count("about", 9, 2);
            again.finish(RunState.FINISHED, slices(4, 10, 8), 22);
            RunSummary a = ledger.run("a");
            assertThat(a.attempts())
                    .extracting(AttemptRecord::facts)
                    .containsExactly(
                            new RunFacts(Map.of("base", 100L), 1), new RunFacts(Map.of("base", 30L, "about", 9L), 2));
            assertThat(a.facts()).isEqualTo(new RunFacts(Map.of("base", 130L, "about", 9L), 3));
            assertThat(a.nanosOf("base")).isEqualTo(30);
            assertThat(a.wallNanos()).isEqualTo(47);
            assertThat(ledger.run("b").facts()).isEqualTo(new RunFacts(Map.of("base", 70L), 4));
        }
    }

    @Test
    void killedAttemptLosesWhatItsLastCheckpointDoesNotCover() throws Exception {
        try (Ledger ledger = Ledger.open(home)) {
            ledger.createRun(run("a", 0));
            Attempt attempt = ledger.begin("a", NOON, deadProcess());
            attempt.checkpointed(slices(5, 20, 0), 25);
            attempt.heartbeat(slices(5, 22, 30), 57);

            assertThat(ledger.run("a").state()).as("seen before it is settled").isEqualTo(RunState.KILLED);
            assertThat(ledger.recover("a")).isEqualTo(1);
            assertThat(ledger.recover("a")).isZero();

            RunSummary run = ledger.run("a");
            assertThat(run.state()).isEqualTo(RunState.KILLED);
            assertThat(run.slices())
                    .containsExactlyInAnyOrder(
                            new Slice("", Use.START_UP, 5),
                            new Slice("base", Use.PRETRAIN, 20),
                            new Slice("base", Use.LOST, 2),
                            new Slice("about", Use.LOST, 30));
            assertThat(run.wallNanos()).isEqualTo(57);
        }
    }

    @Test
    void failedAndStoppedAttemptsLoseToo() {
        for (RunState end : List.of(RunState.FAILED, RunState.STOPPED)) {
            try (Ledger ledger = Ledger.open(home)) {
                ledger.createRun(run("r" + end, 0));
                Attempt attempt = ledger.begin("r" + end, NOON, ME);
                attempt.checkpointed(slices(5, 20, 0), 25);
                attempt.finish(end, slices(5, 20, 8), 33);
                RunSummary run = ledger.run("r" + end);
                assertThat(run.state()).isEqualTo(end);
                assertThat(run.nanosByUse()).containsEntry(Use.LOST, 8L).containsEntry(Use.PRETRAIN, 20L);
            }
        }
    }

    @Test
    void checkpointMayBeReportedAfterLaterHeartbeats() {
        try (Ledger ledger = Ledger.open(home)) {
            ledger.createRun(run("a", 0));
            Attempt attempt = ledger.begin("a", NOON, ME);
            attempt.heartbeat(slices(5, 30, 0), 35);
            attempt.checkpointed(slices(5, 20, 0), 25);
            attempt.finish(RunState.FAILED, slices(5, 30, 0), 35);
            assertThat(ledger.run("a").nanosByUse()).containsEntry(Use.LOST, 10L);
        }
    }

    @Test
    void booksThatDoNotCloseAreRefused() {
        try (Ledger ledger = Ledger.open(home)) {
            ledger.createRun(run("a", 0));
            Attempt attempt = ledger.begin("a", NOON, ME);
            assertThatThrownBy(() -> attempt.heartbeat(slices(5, 20, 0), 26))
                    .isInstanceOf(GenkaException.class)
                    .hasMessageContaining("ledger does not close by -1 ns")
                    .extracting(e -> ((GenkaException) e).fault())
                    .isEqualTo(Fault.INTERNAL);
        }
    }

    @Test
    void tamperedBooksAreNoticedWhenRead() throws Exception {
        try (Ledger ledger = Ledger.open(home)) {
            ledger.createRun(run("a", 0));
            ledger.begin("a", NOON, ME).heartbeat(slices(5, 20, 0), 25);
            try (var other = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("ledger.db"));
                    var statement = other.createStatement()) {
                statement.executeUpdate("UPDATE slice SET nanos = nanos + 3 WHERE use = 'PRETRAIN'");
            }
            assertThatThrownBy(() -> ledger.run("a")).hasMessageContaining("ledger does not close by 3 ns");
        }
    }

    @Test
    void resumeSettlesAKilledAttemptAndRefusesALivingOne() throws Exception {
        try (Ledger ledger = Ledger.open(home)) {
            ledger.createRun(run("a", 0));
            ledger.begin("a", NOON, deadProcess()).heartbeat(slices(5, 20, 0), 25);
            ledger.begin("a", NOON, ME).heartbeat(slices(1, 2, 3), 6);
            RunSummary run = ledger.run("a");
            assertThat(run.attempts())
                    .extracting(AttemptRecord::state)
                    .containsExactly(RunState.KILLED, RunState.RUNNING);
            assertThat(run.wallNanos()).isEqualTo(31);
            assertThatThrownBy(() -> ledger.begin("a", NOON, ME)).hasMessageContaining("run a is running already");
        }
    }

    @Test
    void runsAreListedNewestFirstAndFoundByPrefix() {
        try (Ledger ledger = Ledger.open(home)) {
            assertThat(ledger.newest()).isEmpty();
            ledger.createRun(run("b-1", 1));
            ledger.createRun(run("a-1", 2));
            ledger.createRun(run("a-2", 0));
            assertThat(ledger.runs()).extracting(RunSummary::id).containsExactly("a-1", "b-1", "a-2");
            assertThat(ledger.newest())
                    .hasValueSatisfying(run -> assertThat(run.id()).isEqualTo("a-1"));
            assertThat(ledger.run("b").id()).isEqualTo("b-1");
            assertThatThrownBy(() -> ledger.run("a")).hasMessageContaining("could be any of 2: a-1, a-2");
            assertThatThrownBy(() -> ledger.run("x%")).hasMessageContaining("there is no run x%");
            assertThatThrownBy(() -> ledger.createRun(run("a-1", 3))).hasMessageContaining("exists already");
            assertThatThrownBy(() -> ledger.begin("nope", NOON, ME)).hasMessageContaining("there is no run nope");
            assertThat(ledger.earlierExperiments(ledger.run("a-1")))
                    .extracting(RunSummary::id)
                    .containsExactly("b-1", "a-2");
        }
    }

    private static NewRun continued(String id, int minute, String from) {
        NewRun like = run(id, minute);
        return new NewRun(
                id,
                like.recipeName(),
                "def",
                like.dir(),
                like.seed(),
                like.createdAt(),
                like.machine(),
                Optional.of(from));
    }

    @Test
    void theRunsThatOneGoesOnFromAreNoExperimentsOfIts() {
        try (Ledger ledger = Ledger.open(home)) {
            ledger.createRun(run("tried", 0));
            ledger.createRun(run("grandparent", 1));
            ledger.createRun(continued("parent", 2, "grandparent@pretrain"));
            ledger.createRun(continued("child", 3, "parent"));
            ledger.createRun(continued("sibling", 4, "parent"));
            RunSummary child = ledger.run("child");
            assertThat(ledger.earlierExperiments(child))
                    .extracting(RunSummary::id)
                    .containsExactly("tried");
            assertThat(ledger.earlierExperiments(ledger.run("sibling")))
                    .extracting(RunSummary::id)
                    .containsExactly("child", "tried");
            assertThat(Bill.of(child, List.of(), BillTerms.named("rent")).notes())
                    .contains("it goes on from parent, whose own bill comes on top");
        }
    }

    @Test
    void aRunRemembersWhoseWeightsItStartedFrom() {
        NewRun first = run("first", 0);
        NewRun next = continued("next", 0, "first@pretrain");
        try (Ledger ledger = Ledger.open(home)) {
            ledger.createRun(first);
            ledger.createRun(next);
            assertThat(ledger.run("first").run()).isEqualTo(first);
            assertThat(ledger.run("next").run()).isEqualTo(next);
        }
    }
}
