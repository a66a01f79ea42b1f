package genka.generate;

/** How the next token is chosen. Order: repetition penalty, temperature, top-k, top-p, min-p. Temperature 0 is greedy. */
public record Sampling(double temperature, int topK, double topP, double minP, double repetitionPenalty) {
    public static final Sampling GREEDY = new Sampling(0, 0, 1, 0, 1);

    public static Sampling temperature(double temperature) {
        return new Sampling(temperature, 0, 1, 0, 1);
    }
}
