package genka.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.catalog.Recipe;
import genka.kernel.SeededRandom;
import genka.model.Tokenizer;
import genka.model.Tokenizers;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CorpusTest {
    private static final Tokenizer BYTES = Tokenizers.of(new Recipe.TokenizerSpec.Bytes());

    @TempDir
    Path folder;

    private void files(int count, int lines) throws IOException {
        for (int i = 0; i < count; i++) {
            StringBuilder text = new StringBuilder();
            for (int line = 0; line < lines; line++) {
                text.append("file ").append(i).append(" line ").append(line).append(" größer\n");
            }
            Files.writeString(folder.resolve("f" + i + ".txt"), text);
        }
    }

    @Test
    void chunksAreTheWholeTextOnce() throws IOException {
        files(1, 5000);
        Corpus corpus = new Corpus(folder, "**", 0, false);
        StringBuilder all = new StringBuilder();
        for (long i = 0; i < corpus.training().chunks(); i++) {
            all.append(corpus.training().read(i).text());
        }
        assertThat(corpus.training().chunks()).isGreaterThan(5);
        assertThat(all.toString()).isEqualTo(Files.readString(folder.resolve("f0.txt")));
    }

    @Test
    void longLinesAreCutBetweenCharacters() throws IOException {
        String text = "ä€😀".repeat(9000);
        Files.writeString(folder.resolve("one"), text);
        Corpus corpus = new Corpus(folder.resolve("one"), "", 0, false);
        StringBuilder all = new StringBuilder();
        for (long i = 0; i < corpus.training().chunks(); i++) {
            all.append(corpus.training().read(i).text());
        }
        assertThat(all.toString()).isEqualTo(text);
    }

    @Test
    void heldOutFilesAreNotTrainedOn() throws IOException {
        files(20, 30);
        Corpus corpus = new Corpus(folder, "*.txt", 0.2, false);
        assertThat(corpus.heldOut().files()).isBetween(1, 10);
        assertThat(corpus.heldOut().files() + corpus.training().files()).isEqualTo(20);
        Set<String> held = new HashSet<>();
        for (long i = 0; i < corpus.heldOut().chunks(); i++) {
            held.add(corpus.heldOut().read(i).file());
        }
        for (long i = 0; i < corpus.training().chunks(); i++) {
            assertThat(held).doesNotContain(corpus.training().read(i).file());
        }
    }

    @Test
    void copiesAreLeftOutSoThatHeldOutTextIsNew() throws IOException {
        files(10, 30);
        for (int i = 0; i < 10; i++) {
            Files.copy(folder.resolve("f" + i + ".txt"), folder.resolve("copy" + i + ".txt"));
        }
        Files.createSymbolicLink(folder.resolve("link.txt"), folder.resolve("f0.txt"));
        Corpus corpus = new Corpus(folder, "*.txt", 0.2, false);
        assertThat(corpus.copies()).isEqualTo(11);
        assertThat(corpus.heldOut().files() + corpus.training().files()).isEqualTo(10);
    }

    @Test
    void aSingleFileHoldsOutItsEnd() throws IOException {
        files(1, 1000);
        Corpus corpus = new Corpus(folder.resolve("f0.txt"), "", 0.1, false);
        assertThat(corpus.heldOut().read(0).text()).startsWith("file 0 line ");
        assertThat(corpus.heldOut().bytes() + corpus.training().bytes())
                .isEqualTo(Files.size(folder.resolve("f0.txt")));
        assertThat((double) corpus.heldOut().bytes())
                .isCloseTo(Files.size(folder.resolve("f0.txt")) * 0.1, org.assertj.core.data.Offset.offset(50.0));
    }

    @Test
    void packingGoesOnAtTheSameToken() throws IOException {
        files(7, 400);
        Rows whole = new Rows();
        PackedData data = packed();
        for (int step = 0; step < 40; step++) {
            whole.clear();
            data.fill(step, 5, 100, whole);
        }
        int[] last = Arrays.copyOf(whole.slice(0, 5).ids(), whole.rows());
        for (int stop = 0; stop < 39; stop += 3) {
            PackedData first = packed();
            for (int step = 0; step < stop; step++) {
                first.fill(step, 5, 100, new RowsThatForget().rows);
            }
            PackedData second = packed();
            second.seek(first.position());
            Rows rows = new Rows();
            for (int step = stop; step < 40; step++) {
                rows.clear();
                second.fill(step, 5, 100, rows);
            }
            assertThat(Arrays.copyOf(rows.slice(0, 5).ids(), rows.rows())).isEqualTo(last);
        }
    }

    private static final class RowsThatForget {
        final Rows rows = new Rows();

        RowsThatForget() {
            rows.clear();
        }
    }

    @Test
    void everyTokenIsSeenOnceInAnEpoch() throws IOException {
        files(3, 200);
        PackedData data = packed();
        long bytes = new Corpus(folder, "**", 0, false).training().bytes();
        int[] seen = new int[257];
        Rows rows = new Rows();
        long steps = bytes / 50 - 32;
        for (long step = 0; step < steps; step++) {
            rows.clear();
            data.fill(step, 1, 50, rows);
            for (int row = 0; row < 50; row++) {
                seen[rows.slice(0, 1).ids()[row]]++;
            }
        }
        assertThat(seen['f']).isCloseTo(600, org.assertj.core.data.Offset.offset(120));
    }

    private PackedData packed() {
        return new PackedData(new Documents.Plain(new Corpus(folder, "**", 0, false)), BYTES, 3, 0);
    }

    @Test
    void changedFilesAreNoticedOnResume() throws IOException {
        files(2, 100);
        long[] position = packed().position();
        Files.writeString(folder.resolve("f1.txt"), "other");
        assertThatThrownBy(() -> packed().seek(position)).hasMessageContaining("changed since the checkpoint");
    }

    @Test
    void editsThatKeepEverySizeAreNoticedOnResume() throws IOException {
        files(4, 100);
        Corpus corpus = new Corpus(folder, "**", 0.2, false);
        String[] sides = {
            corpus.training().read(0).file(), corpus.heldOut().read(0).file()
        };
        long[] position = split().position();
        split().seek(position);
        for (String side : sides) {
            Path file = Path.of(side);
            String before = Files.readString(file);
            Files.writeString(file, before.replaceFirst("line 50", "line 05"));
            assertThatThrownBy(() -> split().seek(position)).hasMessageContaining("changed since the checkpoint");
            Files.writeString(file, before);
            split().seek(position);
        }
    }

    private PackedData split() {
        return new PackedData(new Documents.Plain(new Corpus(folder, "**", 0.2, false)), BYTES, 3, 0);
    }

    @Test
    void ofMuchTextTheEndsAndTheTimeAreLookedAt() throws IOException {
        Path file = folder.resolve("large");
        Files.writeString(file, "x".repeat(1 << 20));
        var time = Files.getLastModifiedTime(file);
        long print = print(file, 1000);
        assertThat(print(file, 1000)).isEqualTo(print).isNotEqualTo(print(file, 1 << 20));
        Files.writeString(file, "y" + "x".repeat((1 << 20) - 1));
        Files.setLastModifiedTime(file, time);
        assertThat(print(file, 1000)).isNotEqualTo(print);
        Files.writeString(file, "x".repeat(1 << 20));
        Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(time.toMillis() + 5000));
        assertThat(print(file, 1000)).isNotEqualTo(print);
    }

    private static long print(Path file, long readWhole) throws IOException {
        ContentPrint print = new ContentPrint(1 << 20, readWhole);
        print.add(file, "large", 0, 1 << 20);
        return print.value();
    }

    @Test
    void jsonLinesAreReadByField() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            lines.append("{\"q\":\"")
                    .append(i)
                    .append("+1=\",\"a\":\"")
                    .append(i + 1)
                    .append("\"}\n");
        }
        Files.writeString(folder.resolve("a.jsonl"), lines);
        Corpus corpus = new Corpus(folder.resolve("a.jsonl"), "", 0.1, true);
        PairData data = new PairData(new Documents.JsonLines(corpus, "", "q", "a"), BYTES, 1, 0, true);
        Rows rows = new Rows();
        rows.clear();
        data.fill(0, 7, 64, rows);
        assertThat(rows.sequences()).isEqualTo(7);
        var one = rows.slice(0, 1);
        String text = BYTES.decode(Arrays.copyOf(one.ids(), one.rows()));
        int number = Integer.parseInt(text.substring(0, text.indexOf('+')));
        assertThat(text).isEqualTo(number + "+1=" + (number + 1));
        assertThat(one.targets()[one.rows() - 1]).isEqualTo(BYTES.endId());
        assertThat(one.targets()[0]).isEqualTo(-1);
        long[] position = data.position();
        data.fill(1, 3, 64, rows);
        PairData again = new PairData(new Documents.JsonLines(corpus, "", "q", "a"), BYTES, 1, 0, true);
        again.seek(position);
        Rows other = new Rows();
        other.clear();
        again.fill(1, 3, 64, other);
        assertThat(Arrays.copyOf(other.slice(0, 3).ids(), other.rows()))
                .isEqualTo(Arrays.copyOf(rows.slice(7, 10).ids(), other.rows()));
    }

    @Test
    void badDataIsOneClearSentence() throws IOException {
        assertThatThrownBy(() -> new Corpus(folder.resolve("none"), "", 0.1, false))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("does not exist");
        assertThatThrownBy(() -> new Corpus(folder, "*.md", 0.1, false)).hasMessageContaining("*.md");
        Files.write(folder.resolve("b.bin"), new byte[] {1, 0, 2});
        assertThatThrownBy(() -> new Corpus(folder, "**", 0.1, false)).hasMessageContaining("binary");
        Files.write(folder.resolve("c.jsonl"), "{\"text\":1}\nnot json\n".getBytes(StandardCharsets.UTF_8));
        Corpus lines = new Corpus(folder.resolve("c.jsonl"), "", 0, true);
        assertThatThrownBy(() -> new Documents.JsonLines(lines, "text", "", "")
                        .tokens(lines.training().read(0), BYTES))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("line 2 is not JSON");
    }

    @Test
    void aFieldThatIsNoTextIsSaidWithItsLine() throws IOException {
        Path file = Files.writeString(folder.resolve("n.jsonl"), "{\"text\":\"a\"}\n\n{\"text\":5}\n{\"t\":1}\n");
        Documents.JsonLines lines = new Documents.JsonLines(new Corpus(file, "", 0, true), "text", "", "");
        assertThatThrownBy(() -> lines.tokens(lines.corpus().training().read(0), BYTES))
                .hasMessageContaining("n.jsonl: line 3 has 5 under \"text\", which is no text");
        Documents.JsonLines others = new Documents.JsonLines(lines.corpus(), "", "q", "a");
        assertThatThrownBy(() -> others.pairs(lines.corpus().training().read(0)))
                .hasMessageContaining("line 1 has no \"q\" (it has text). Maybe another data.prompt_field?");
    }

    @Test
    void whatHoldsNothingGetsAdviceThatCanHelp() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty"));
        assertThatThrownBy(() -> new Corpus(empty, "**", 0, false)).hasMessageContaining("is empty: 0 bytes");
        assertThatThrownBy(() -> new Corpus(folder, "**", 0, false)).hasMessageContaining("Maybe another folder");
        assertThatThrownBy(() -> new Corpus("sources.more", folder, "*.md", 0, false))
                .hasMessageStartingWith("sources.more.path (")
                .hasMessageContaining("Maybe another sources.more.glob?");
    }

    @Test
    void aShareThatHoldsNothingOutIsNoticed() throws IOException {
        files(1, 20);
        Recipe recipe = Tiny.recipe(
                1,
                1,
                java.util.List.of(Tiny.pretrain(5, 1, 1, 0)),
                new Recipe.DataSpec.Text(folder.resolve("f0.txt").toString(), "**", 0.0001),
                1);
        assertThat(RunInputs.open(recipe, BYTES).notices())
                .singleElement()
                .asString()
                .startsWith("data.held_out (1.0E-4) keeps nothing");
    }

    @Test
    void longPairsAreLeftOutWholeAndCounted() throws IOException {
        Files.writeString(
                folder.resolve("a.jsonl"),
                "{\"q\":\"1\",\"a\":\"2\"}\n{\"q\":\"1\",\"a\":\"" + "3".repeat(40) + "\"}\n".repeat(1));
        Corpus corpus = new Corpus(folder.resolve("a.jsonl"), "", 0, true);
        PairData data = new PairData(new Documents.JsonLines(corpus, "", "q", "a"), BYTES, 1, 0, true);
        assertThat(data.fit(8)).isEqualTo(new PairData.Fit(2, 1, 2, 41));
        assertThat(data.meanRows(8)).isEqualTo(2);
        Rows rows = new Rows();
        rows.clear();
        data.fill(0, 6, 8, rows);
        assertThat(rows.rows()).isEqualTo(12);
        assertThatThrownBy(() -> data.fill(0, 1, 1, rows)).hasMessageContaining("sequence_length (1)");
    }

    @Test
    void aStageWhosePairsAllAreTooLongIsRefused() throws IOException {
        Path pairs = Files.writeString(
                folder.resolve("a.jsonl"), ("{\"q\":\"1\",\"a\":\"" + "3".repeat(60) + "\"}\n").repeat(20));
        Recipe recipe = Tiny.recipe(
                1,
                1,
                java.util.List.of(Tiny.pretrain(1, 1, 1, 0)),
                new Recipe.DataSpec.JsonLines(pairs.toString(), "", "q", "a", 0.2),
                1);
        assertThatThrownBy(() -> RunInputs.open(recipe, BYTES))
                .isInstanceOf(GenkaException.class)
                .hasMessage(
                        "Stage pretrain: none of the 20 pairs fits in sequence_length (48), which leaves out longer ones: "
                                + "the shortest needs 61, the longest 61. Maybe 61?");
    }

    /** A link to itself cannot be opened by anybody, root included. */
    @Test
    void whatCannotBeReadIsNamedWithoutAJavaException() throws IOException {
        files(1, 10);
        Path loop = Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
        assertThatThrownBy(() -> Corpus.read(loop, 0, 1))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("loop cannot be read")
                .message()
                .doesNotContain("Exception");
    }

    @Test
    void anUnreadableFolderInsideIsNamed() throws IOException {
        files(2, 10);
        Path inside = Files.createDirectory(folder.resolve("inside"));
        Files.setPosixFilePermissions(inside, java.util.Set.of());
        org.assertj.core.api.Assumptions.assumeThat(Files.isReadable(inside)).isFalse();
        assertThatThrownBy(() -> new Corpus(folder, "**", 0.1, false))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("inside cannot be read (permission denied)");
    }

    @Test
    void shufflesArePermutations() {
        for (long count : new long[] {1, 2, 3, 7, 64, 1000}) {
            Set<Long> seen = new HashSet<>();
            Shuffle shuffle = new Shuffle(count, SeededRandom.of(count));
            for (long i = 0; i < count; i++) {
                long at = shuffle.at(i);
                assertThat(at).isBetween(0L, count - 1);
                seen.add(at);
            }
            assertThat(seen).hasSize((int) count);
        }
    }
}
