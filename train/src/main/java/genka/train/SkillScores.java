package genka.train;

import java.util.List;

/**
 * How well a model does a task, from {@code samples} answers to each of {@code prompts} questions and one greedy answer to each.
 *
 * @param greedy accuracy of the greedy answers
 * @param passAt pass@k for k = 1, 2, 4 … and {@code samples}: the unbiased estimate (arXiv 2107.03374 eq. 1)
 * @param consensus accuracy of the answer that most samples agree on, cons@k (self-consistency, arXiv 2203.11171; so R1 reports it); empty
 *     of one sample
 * @param formatRate mean format score of the samples, 0 to 1
 * @param truncatedShare samples that hit the length limit
 * @param lengths samples by length in tokens, end token included
 * @param answers some questions with the greedy and the first sampled answer
 */
public record SkillScores(
        int prompts,
        int samples,
        Estimate greedy,
        List<PassAt> passAt,
        List<Estimate> consensus,
        double formatRate,
        double truncatedShare,
        List<Bin> lengths,
        List<Answer> answers) {
    public SkillScores {
        passAt = List.copyOf(passAt);
        consensus = List.copyOf(consensus);
        lengths = List.copyOf(lengths);
        answers = List.copyOf(answers);
    }

    /** pass@k. */
    public record PassAt(int k, Estimate share) {}

    /** How many samples are {@code from} to {@code to} tokens long, both included. */
    public record Bin(int from, int to, long count) {}

    /** A question with what the model says; scores are accuracies, 0 to 1. */
    public record Answer(String prompt, String greedy, double greedyScore, String sampled, double sampledScore) {}
}
