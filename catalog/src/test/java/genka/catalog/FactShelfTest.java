package genka.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FactShelfTest {
    @Test
    void everyShippedFactHasSourceDateAndEvidence() {
        FactShelf shelf = FactShelf.read();
        assertThat(shelf.problems()).isEmpty();
        assertThat(shelf.entries()).hasSizeGreaterThan(250);
    }

    @Test
    void valueWithoutSourceIsTold(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("a.yaml"), "facts: {watts: {value: 3, date: 2025, evidence: primary}}\n");
        assertThat(FactShelf.read(folder).problems())
                .singleElement()
                .asString()
                .contains("a.yaml: facts.watts has no source");
    }

    @Test
    void recalledValueIsTold(@TempDir Path folder) throws IOException {
        Files.writeString(
                folder.resolve("a.yaml"),
                "facts: {watts: {value: 3, date: 2025, evidence: primary, source: vendor page (recalled)}}\n");
        assertThat(FactShelf.read(folder).problems()).singleElement().asString().contains("is recalled");
    }

    @Test
    void acceleratorIsFoundByWhatPeopleCallIt() {
        Accelerators all = Accelerators.shipped();
        assertThat(all.named("H800").id()).isEqualTo("h800-sxm");
        assertThat(all.named("A100 80GB (4 per node)").id()).isEqualTo("a100-80-sxm");
        assertThat(all.named("h100 sxm 80gb").flopsPerSecond(Accelerator.Dtype.BF16))
                .isEqualTo(989e12);
        assertThat(all.find("H8000")).isEmpty();
    }
}
