package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import genka.catalog.GenkaRoot;
import genka.catalog.RecipeReader;
import genka.catalog.YamlFile;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Plans of the shipped recipes beside the hours their makers state (facts/published.yaml, each with its source). */
class PublishedFiguresTest {
    private static final Path ROOT = GenkaRoot.path();
    private static final double TOLERANCE = 0.15;

    static Stream<Arguments> recipes() {
        Values recipes =
                Values.of(YamlFile.read(ROOT.resolve("facts/published.yaml"))).section("recipes");
        return recipes.entries().keySet().stream().map(String::valueOf).map(name -> {
            Values hours = recipes.section(name).section("total_accelerator_hours");
            assertThat(hours.text("source")).isPresent();
            return Arguments.of(name, hours.number("value").orElseThrow());
        });
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void hoursAreThePublishedOnes(String name, double published) {
        Path recipe = ROOT.resolve("recipes/" + name + ".yaml");
        RunPlan plan = new Planner(Calibrations.shipped())
                .plan(RecipeReader.read(recipe).recipe(), HourlyPrice::rent);
        assertThat(plan.acceleratorHours()).isCloseTo(published, within(TOLERANCE * published));
        assertThat(plan.acceleratorHours() * plan.low()).isLessThan(published);
        assertThat(plan.acceleratorHours() * plan.high()).isGreaterThan(published);
    }
}
