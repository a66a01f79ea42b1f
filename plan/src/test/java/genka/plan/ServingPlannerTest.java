package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import genka.catalog.Traffic;
import genka.catalog.Traffics;
import genka.units.GenkaException;
import org.junit.jupiter.api.Test;

/** The day DeepSeek published (open-infra-index, day 6): 2025-02-27 to 28. */
class ServingPlannerTest {
    private final Traffic day = Traffics.named("deepseek-day");
    private final ServingPlan plan = new ServingPlanner(Calibrations.shipped()).plan(day);

    @Test
    void publishedNodesCostThePublished87072DollarsADay() {
        assertThat(day.cost(day.published().orElseThrow().nodes())).isCloseTo(87_072, within(0.01));
    }

    @Test
    void publishedTokensEarnThePublished562027DollarsAndAMarginOf545Percent() {
        assertThat(day.revenue()).isCloseTo(562_027, within(0.001 * 562_027));
        assertThat(day.margin(day.published().orElseThrow().nodes())).isCloseTo(5.45, within(0.01));
    }

    @Test
    void publishedSpeedsNeedThePublishedNodes() {
        Traffic.Published said = day.published().orElseThrow();
        double nodes = day.input() / 86_400 / said.prefillRate() + day.output() / 86_400 / said.decodeRate();
        assertThat(nodes).isCloseTo(said.nodes(), within(0.005 * said.nodes()));
    }

    @Test
    void cacheOfATokenTakesThePublished70272Bytes() {
        assertThat(plan.cacheBytesPerToken()).isEqualTo(70_272);
    }

    @Test
    void publishedSpeedsOfANodeLieInThePredictedRange() {
        Traffic.Published said = day.published().orElseThrow();
        assertThat(said.prefillRate()).isBetween(plan.prefillRate() / plan.high(), plan.prefillRate() / plan.low());
        assertThat(said.decodeRate()).isBetween(plan.decodeRate() / plan.high(), plan.decodeRate() / plan.low());
    }

    @Test
    void answersKeepTheirReadersSpeedAndFitTheMemory() {
        assertThat(1 / plan.tokenSeconds()).isGreaterThanOrEqualTo(day.userRate());
        assertThat(plan.requests()).isLessThanOrEqualTo(plan.fitting());
    }

    @Test
    void fasterReadersCostMoreAToken() {
        assertThat(with(2 * day.userRate(), day.hits()).usdPerMillionOutput())
                .isGreaterThan(plan.usdPerMillionOutput());
    }

    @Test
    void moreCachedPromptsNeedFewerNodes() {
        assertThat(with(day.userRate(), day.hits() / 2).prefillNodes()).isGreaterThan(plan.prefillNodes());
        assertThat(plan.usdPerMillionHit()).isLessThan(0.1 * plan.usdPerMillionMiss());
    }

    @Test
    void costsOfTokensSumToTheDays() {
        double sum = day.misses() * plan.usdPerMillionMiss()
                + day.hits() * plan.usdPerMillionHit()
                + day.output() * plan.usdPerMillionOutput();
        assertThat(sum / 1e6).isCloseTo(plan.usdPerDay(), within(1e-6 * plan.usdPerDay()));
    }

    @Test
    void aSpeedNobodyReachesIsAUserError() {
        assertThatThrownBy(() -> with(5000, day.hits()))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("user_tokens_per_second (5000.0)");
    }

    @Test
    void usersWhoWaitLessForTheFirstTokenNeedMoreNodes() {
        ServingPlanner planner = new ServingPlanner(Calibrations.shipped());
        double alone = plan.firstTokenSeconds();
        ServingPlan patient = planner.plan(day.withFirstToken(4 * alone));
        ServingPlan hurried = planner.plan(day.withFirstToken(1.2 * alone));
        assertThat(plan.busy()).isEqualTo(1);
        assertThat(patient.busy()).isLessThan(1);
        assertThat(hurried.prefillNodes()).isGreaterThan(patient.prefillNodes());
        assertThat(patient.prefillNodes()).isGreaterThan(plan.prefillNodes());
        assertThat(hurried.decodeNodes()).isEqualTo(plan.decodeNodes());
    }

    @Test
    void aFirstTokenSoonerThanItsPromptIsReadIsAUserError() {
        assertThatThrownBy(() -> new ServingPlanner(Calibrations.shipped()).plan(day.withFirstToken(0.01)))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("first_token_seconds (0.01)");
    }

    private ServingPlan with(double userRate, double hits) {
        return new ServingPlanner(Calibrations.shipped())
                .plan(new Traffic(
                        day.name(),
                        day.model(),
                        day.accelerator(),
                        day.precision(),
                        day.nodeAccelerators(),
                        day.input(),
                        hits,
                        day.output(),
                        day.context(),
                        userRate,
                        day.firstTokenSeconds(),
                        day.prefillRanks(),
                        day.decodeRanks(),
                        day.redundant(),
                        day.rent(),
                        day.prices(),
                        day.published()));
    }
}
