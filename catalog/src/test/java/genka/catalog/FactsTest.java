package genka.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.units.GenkaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FactsTest {
    private static final String FACT = """
            facts:
              usd_per_kwh: {value: 0.08, source: "a page", date: 2025-01, evidence: secondary}
            """;

    @TempDir
    Path folder;

    @Test
    void aFactKeepsItsSource() throws IOException {
        Facts facts = Facts.read(file(FACT));
        assertThat(facts.fact("usd_per_kwh").doubleValue()).isEqualTo(0.08);
        assertThat(facts.all()).singleElement().extracting(Fact::source).isEqualTo("a page");
        assertThatThrownBy(() -> facts.fact("usd_per_kw")).hasMessageContaining("Maybe you meant usd_per_kwh");
    }

    @ParameterizedTest
    @ValueSource(strings = {"source: \"a page\", ", "date: 2025-01, ", ", evidence: secondary", "value: 0.08, "})
    void aFactWithoutAnyOfItsPartsIsRefused(String part) throws IOException {
        Path file = file(FACT.replace(part, ""));
        assertThatThrownBy(() -> Facts.read(file))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("is missing");
    }

    @Test
    void aBlankSourceAndARecalledValueAreRefused() throws IOException {
        Path blank = file(FACT.replace("a page", " "));
        assertThatThrownBy(() -> Facts.read(blank)).hasMessageContaining("source");
        Path recalled = file(FACT.replace("secondary", "recalled"));
        assertThatThrownBy(() -> Facts.read(recalled)).hasMessageContaining("one of primary, secondary, estimate");
    }

    @Test
    void shippedPowerReads() {
        assertThat(Facts.named("power.yaml").all()).isNotEmpty();
    }

    @Test
    void everyShippedRateCardReadsAndEstimatesSaySo() {
        assertThat(RateCards.names()).contains("rent", "own", "rent-h800");
        for (String name : RateCards.names()) {
            RateCard card = RateCards.named(name);
            List<Fact> facts = switch (card) {
                case RateCard.Rent rent -> List.of(rent.usdPerMachineHour());
                case RateCard.Own own ->
                    List.of(own.purchaseUsd(), own.lifeYears(), own.watts(), own.usdPerKwh(), own.pue());
            };
            assertThat(facts)
                    .allSatisfy(fact -> assertThat(fact.source().startsWith("Estimate"))
                            .as(name + " " + fact.key())
                            .isEqualTo(fact.isEstimate()));
        }
        assertThat(((RateCard.Rent) RateCards.named("rent-h800"))
                        .usdPerMachineHour()
                        .value())
                .as("V3 report, table 1")
                .isEqualByComparingTo("2");
        assertThatThrownBy(() -> RateCards.named("rnt")).hasMessageContaining("Maybe you meant rent");
    }

    @Test
    void aRateCardTellsAllItsProblems() throws IOException {
        Path file = file("basis: own\nmachine: x\nwatts: {value: -3, source: s, date: 2025, evidence: primary}\n");
        assertThatThrownBy(() -> RateCards.read(file))
                .hasMessageContaining("purchase_usd is missing")
                .hasMessageContaining("pue is missing")
                .hasMessageContaining("watts");
    }

    @Test
    void everyPresetValueHasASource() {
        assertThat(Presets.all())
                .extracting(Presets.Preset::name)
                .containsExactly("r1-zero", "r1", "dapo", "dr-grpo", "gspo");
        assertThat(Presets.all())
                .allSatisfy(preset -> assertThat(preset.settings())
                        .isNotEmpty()
                        .allSatisfy(setting -> assertThat(setting.source()).isNotBlank()));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("facts.yaml"), text);
    }
}
