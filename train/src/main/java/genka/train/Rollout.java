package genka.train;

import genka.catalog.StageSpec;
import genka.generate.Completion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The groups of one step: asked in one round, or in several until enough of them have rewards that differ (dynamic sampling: DAPO, arXiv
 * 2503.14476 §3.2). Figures are of all answers, also of groups that are then left out, so that they tell what the model does.
 */
final class Rollout {
    private final StageSpec.Grpo spec;
    private final List<Group> groups = new ArrayList<>();
    private final Tally tally = new Tally();
    private final Map<String, Tally> bySource = new LinkedHashMap<>();
    private final Map<String, int[]> byDifficulty = new LinkedHashMap<>();
    private double reward;
    private int varied;

    /** A question with its answers. */
    private record Group(int[] prompt, List<Completion> answers, float[] rewards, boolean isVaried) {}

    /** What a step learns from: the answers to prompt p are entries p * group …. */
    record Chosen(List<int[]> prompts, List<Completion> answers, float[] advantages) {}

    Rollout(StageSpec.Grpo spec) {
        this.spec = spec;
    }

    /** Groups that are missing. */
    int missing() {
        return spec.prompts() - varied;
    }

    /** Takes in a round of answers. */
    void add(Asking asking, Asking.Answers answers) {
        int group = spec.group();
        for (int from = 0; from < answers.size(); from += group) {
            float[] rewards = new float[group];
            int right = 0;
            for (int i = 0; i < group; i++) {
                Judgement judgement = asking.judge(answers, from + i);
                rewards[i] = (float) rewarded(judgement);
                right += judgement.right() ? 1 : 0;
                count(answers.question(from + i), judgement, rewards[i]);
            }
            boolean isVaried = !Advantages.equal(rewards, 0, group);
            varied += isVaried ? 1 : 0;
            groups.add(new Group(
                    answers.prompts().get(from / group),
                    answers.completions().subList(from, from + group),
                    rewards,
                    isVaried));
            difficulty(answers.question(from), right);
        }
    }

    private double rewarded(Judgement judgement) {
        StageSpec.RewardSpec weights = spec.reward();
        return weights.accuracy() * judgement.score().accuracy()
                + weights.format() * judgement.score().format()
                + weights.language() * judgement.languageReward()
                - overlong(judgement.tokens(), spec.maxNewTokens(), weights.overlong());
    }

    /** Nothing up to {@code limit − margin} tokens, then evenly up to 1 at the limit (DAPO §3.4). */
    static double overlong(int tokens, int limit, int margin) {
        return margin == 0 ? 0 : Math.clamp((tokens - (limit - margin)) / (double) margin, 0, 1);
    }

    private void count(TaskMix.Question question, Judgement judgement, float earned) {
        reward += earned;
        tally.add(judgement);
        bySource.computeIfAbsent(question.from().name(), name -> new Tally()).add(judgement);
    }

    private void difficulty(TaskMix.Question question, int right) {
        if (spec.draws().curriculum().isPresent()) {
            int[] counts = byDifficulty.computeIfAbsent(Curriculum.difficulty(question), name -> new int[2]);
            counts[0] += right;
            counts[1] += spec.group();
        }
    }

    /** Tells a curriculum how each kind of question was answered. */
    void teach(Curriculum curriculum) {
        byDifficulty.forEach((name, counts) -> curriculum.count(name, counts[0], counts[1]));
    }

    /** As many groups as a step takes, those with rewards that differ before others, in the order they were asked. */
    Chosen chosen() {
        int others = Math.max(0, missing());
        int left = spec.prompts();
        List<int[]> prompts = new ArrayList<>();
        List<Completion> answers = new ArrayList<>();
        float[] rewards = new float[spec.prompts() * spec.group()];
        for (Group group : groups) {
            if (left == 0 || (!group.isVaried() && others-- <= 0)) {
                continue;
            }
            System.arraycopy(group.rewards(), 0, rewards, answers.size(), spec.group());
            prompts.add(group.prompt());
            answers.addAll(group.answers());
            left--;
        }
        float[] advantages = new float[rewards.length];
        Advantages.of(rewards, answers.size(), spec.group(), spec.objective().scale(), advantages);
        return new Chosen(prompts, answers, advantages);
    }

    Tally tally() {
        return tally;
    }

    /** The figures of metrics.jsonl. */
    void report(Map<String, Double> metrics) {
        metrics.put("reward", reward / tally.answers());
        metrics.put("accuracy", tally.accuracy());
        if (bySource.size() > 1) {
            bySource.forEach((name, own) -> metrics.put("accuracy_" + name, own.accuracy()));
        }
        metrics.put("format", tally.formatRate());
        if (!Double.isNaN(tally.language())) {
            metrics.put("language", tally.language());
        }
        metrics.put("response_tokens", tally.meanTokens());
        metrics.put("think_share", tally.thinkShare());
        metrics.put("truncated_share", tally.truncatedShare());
        metrics.put("zero_variance_share", (groups.size() - varied) / (double) groups.size());
        if (spec.draws().refill() > 0) {
            metrics.put("groups_asked", (double) groups.size());
        }
        byDifficulty.forEach((name, counts) -> metrics.put("success_rate " + name, counts[0] / (double) counts[1]));
    }
}
