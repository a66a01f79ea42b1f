package genka.train;

import static org.assertj.core.api.Assertions.assertThat;

import genka.catalog.ModelSpec;
import genka.catalog.Recipe.InitSpec;
import genka.catalog.StageSpec;
import genka.generate.Completion;
import genka.generate.DecodeBench;
import genka.generate.Generator;
import genka.generate.Sampling;
import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;
import genka.model.Model;
import genka.model.ModelPass;
import genka.model.Parameters;
import genka.model.WeightInit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyUpdateTest {
    private static final int PROMPTS = 4;
    private static final int GROUP = 3;
    private static final int NEW_TOKENS = 9;

    /** With a learning rate of 0 the weights that learn stay those that sampled: a clip of a thousandth must cut nothing. */
    @ParameterizedTest
    @ValueSource(doubles = {1, 2, 0.5})
    void ratiosAreOneWhileTheWeightsStandWhateverTheTemperature(double temperature) {
        ModelSpec spec = Tiny.model(16, 24);
        try (ThreadTeam team = new ThreadTeam(2)) {
            Gemm gemm = new Gemm(team);
            Model model = new Model(spec, Parameters.of(spec));
            WeightInit.fill(model, new InitSpec.WidthScaled(0.7, 0.5), 3, team);
            List<int[]> prompts = DecodeBench.randomPrompts(24, PROMPTS, 5, 1);
            List<Completion> answers = new Generator(model, gemm)
                    .generate(prompts, GROUP, NEW_TOKENS, Sampling.temperature(temperature), -1, 7);
            StageSpec.Grpo stage = stage(temperature);
            float[] advantages = new float[PROMPTS * GROUP];
            for (int i = 0; i < advantages.length; i++) {
                advantages[i] = i % GROUP - 1;
            }
            Map<String, Double> metrics = new HashMap<>();
            new PolicyUpdate(stage, model, gemm, new StageWeights(stage, model, new ModelPass(model, gemm), team))
                    .run(0, 1, prompts, answers, advantages, metrics);
            assertThat(metrics.get("updates")).isEqualTo(2);
            assertThat(metrics.get("gradient_norm")).isPositive();
            assertThat(metrics.get("clip_share")).isZero();
        }
    }

    private static StageSpec.Grpo stage(double temperature) {
        return new StageSpec.Grpo(
                "update",
                StageSpec.Inputs.MAIN,
                "r1",
                1,
                PROMPTS,
                GROUP,
                NEW_TOKENS,
                temperature,
                new StageSpec.GrpoSpec(
                        true,
                        StageSpec.GrpoSpec.Aggregate.TOKEN_MEAN,
                        false,
                        1e-3,
                        1e-3,
                        0,
                        false,
                        0,
                        2,
                        false,
                        false,
                        0),
                new StageSpec.RewardSpec(1, 0, 0, 0),
                StageSpec.DrawSpec.PLAIN,
                0,
                0,
                0,
                Optional.empty(),
                StageSpec.WeightSpec.ALL,
                new StageSpec.OptimizerSpec(0, 0.9, 0.95, 1e-8, 0, 1),
                new StageSpec.ScheduleSpec.Constant(0));
    }
}
