package genka.train;

import java.util.List;

/**
 * The share of a thought's characters that are of the wanted language, among those that are of any: R1's proportion of target language
 * words (arXiv 2501.12948 §2.3.2), words being characters here. Signs that all languages share do not count.
 */
final class LanguageConsistency {
    private LanguageConsistency() {}

    /** 0–1; NaN when the task has but one language, or nothing was thought. A response without a readable thought is taken whole. */
    static double of(Task task, String response) {
        List<String> languages = task.languages();
        if (languages.size() < 2) {
            return Double.NaN;
        }
        String thought = task.read(response).map(Task.Reading::thinking).orElse(response);
        int wanted = 0;
        int others = 0;
        for (int i = 0; i < thought.length(); i++) {
            char character = thought.charAt(i);
            if (languages.getFirst().indexOf(character) >= 0) {
                wanted++;
            } else if (languages.stream().anyMatch(language -> language.indexOf(character) >= 0)) {
                others++;
            }
        }
        return wanted + others == 0 ? Double.NaN : wanted / (double) (wanted + others);
    }
}
