package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void bubblesAreThePapersClosedForms() {
        // forward 1, backward for input 1, for weights 1, eight ranks
        assertThat(Schedule.ONE_F_ONE_B.bubbleSeconds(8, 1, 64, 1, 1, 1)).isEqualTo(21);
        assertThat(Schedule.ONE_F_ONE_B.bubbleSeconds(8, 3, 64, 1, 1, 1)).isEqualTo(7);
        assertThat(Schedule.ZB_H1.bubbleSeconds(8, 1, 64, 1, 1, 1)).isEqualTo(7);
        assertThat(Schedule.ZB_H2.bubbleSeconds(8, 1, 64, 1, 1, 1)).isZero();
        // DeepSeek-V3 table 2 with F&B = 3, B = 2, W = 1: (8/2 - 1)(3 + 2 - 3); 4 ranks of two stages in a V alike
        assertThat(Schedule.DUALPIPE.bubbleSeconds(8, 1, 64, 1, 1, 1)).isEqualTo(6);
        assertThat(Schedule.DUALPIPE_V.bubbleSeconds(4, 1, 64, 2, 2, 2)).isEqualTo(6);
    }

    @Test
    void memoryFallsWithZeroStage() {
        Job job = Jobs.gpt3(1, 1, 1, 64);
        double before = Double.MAX_VALUE;
        for (int stage = 0; stage <= 3; stage++) {
            Strategy s = new Strategy(
                    1, 1, 1, 1, 64, 1, 1, stage, Strategy.Recompute.FULL, Schedule.ONE_F_ONE_B, false, Precision.BF16);
            Cluster cluster = new Cluster("a", 64, 8, 1, 1, 1, 1, 80e9, 1, 1, 1);
            double total = MemoryModel.total(new Job(job.model(), cluster, s, job.stack(), 2048, 64));
            assertThat(total).isLessThan(before);
            before = total;
        }
    }
}
