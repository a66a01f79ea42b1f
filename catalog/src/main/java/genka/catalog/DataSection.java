package genka.catalog;

import genka.catalog.Recipe.DataSpec;
import genka.catalog.Recipe.TokenizerSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How text becomes ids, and where the text comes from. */
final class DataSection {
    private static final List<String> TOKENIZERS = List.of("characters", "bytes", "file");
    private static final List<String> KINDS = List.of("task", "text", "jsonl");

    private static final int DEFAULT_EVALUATION_PROMPTS = 256;

    /** Stands for an alphabet that could not be read, while reading on for more problems. */
    private static final TokenizerSpec UNREAD = new TokenizerSpec.Characters("?!", '!', '?');

    private DataSection() {}

    static TokenizerSpec tokenizer(Section section, ModelSpec model) {
        TokenizerSpec spec = switch (section.choice("kind", TOKENIZERS, Optional.empty())) {
            case "characters" -> characters(section, model);
            case "bytes" -> {
                fits(section, "kind", model, 257, 256);
                yield new TokenizerSpec.Bytes();
            }
            default -> new TokenizerSpec.File(section.requiredPath("path", "a Hugging Face tokenizer.json"));
        };
        section.close();
        return spec;
    }

    private static TokenizerSpec characters(Section section, ModelSpec model) {
        String alphabet = section.requiredText("alphabet", "every character the model knows, in quotes");
        char end = section.character("end", "the character that ends a text");
        char pad = section.character("pad", "the character that pads");
        if (section.isSilent() || !section.has("alphabet") || !section.has("end") || !section.has("pad")) {
            return UNREAD;
        }
        if (alphabet.chars().distinct().count() != alphabet.length()) {
            char twice = (char) alphabet.chars()
                    .filter(c -> alphabet.indexOf(c) != alphabet.lastIndexOf(c))
                    .findFirst()
                    .orElseThrow();
            section.problem("alphabet", "must hold each character once. Maybe remove the second " + twice);
        }
        if (alphabet.chars().anyMatch(c -> Character.isSurrogate((char) c))) {
            section.problem("alphabet", "must hold characters of the basic plane only (no emoji)");
        }
        for (String key : List.of("end", "pad")) {
            if (alphabet.indexOf(key.equals("end") ? end : pad) < 0) {
                section.problem(key, "must be in the alphabet");
            }
        }
        if (end == pad) {
            section.problem("pad", "must differ from end");
        }
        fits(section, "alphabet", model, alphabet.length(), alphabet.indexOf(end));
        return section.problems().isEmpty() ? new TokenizerSpec.Characters(alphabet, end, pad) : UNREAD;
    }

    /** The model must have a row for each id, no more, and end texts with the same one. */
    private static void fits(Section section, String key, ModelSpec model, int ids, int endId) {
        if (ModelSection.isUnread(model)) {
            return;
        }
        if (model.vocabSize() != ids) {
            section.problem(
                    key,
                    "has " + ids + " ids, but the model's vocab_size is " + model.vocabSize()
                            + ". Maybe set vocab_size to " + ids);
        } else if (!model.eosIds().isEmpty() && !model.eosIds().contains(endId)) {
            section.problem(
                    key,
                    "ends texts with id " + endId + ", but the model's eos_token_id is "
                            + model.eosIds().getFirst() + ". Maybe set eos_token_id to " + endId);
        }
    }

    /** The recipe's own data and the other sources, by name. */
    static Map<String, DataSpec> all(Section top) {
        Map<String, DataSpec> sources = new LinkedHashMap<>();
        sources.put(
                Recipe.MAIN,
                data(top.requiredSection("data", "kind: task, text or jsonl"), 1, DEFAULT_EVALUATION_PROMPTS));
        NamedSections.under(top, "sources", Recipe.MAIN)
                .forEach((name, section) -> sources.put(name, data(section, 0, 0)));
        return sources;
    }

    private static DataSpec data(Section section, int leastPrompts, int prompts) {
        DataSpec spec = switch (section.choice("kind", KINDS, Optional.empty())) {
            case "task" -> task(section, leastPrompts, prompts);
            case "text" -> {
                String path = section.requiredPath("path", "a file or folder of text. Maybe --set data.path=FOLDER");
                yield new DataSpec.Text(path, section.text("glob", "**"), heldOut(section));
            }
            default -> jsonLines(section);
        };
        section.close();
        return spec;
    }

    private static DataSpec task(Section section, int leastPrompts, int prompts) {
        String task = section.requiredText("task", "the task's name, such as digit-sum");
        int evaluation = (int) section.whole("evaluation_prompts", prompts, Range.between(leastPrompts, 1_000_000));
        Map<String, Object> options = section.rest();
        return new DataSpec.Task(task, options, evaluation);
    }

    private static DataSpec jsonLines(Section section) {
        String path = section.requiredPath("path", "a JSONL file or a folder of them. Maybe --set data.path=FILE");
        Optional<String> prompt = section.optionalText("prompt_field");
        Optional<String> response = section.optionalText("response_field");
        if (prompt.isPresent() != response.isPresent()) {
            section.problem(
                    prompt.isPresent() ? "prompt_field" : "response_field",
                    "needs " + (prompt.isPresent() ? "response_field" : "prompt_field") + " beside it");
        }
        boolean pairs = prompt.isPresent();
        if (pairs && section.has("text_field")) {
            section.problem("text_field", "must not stand beside prompt_field and response_field. Maybe remove it");
        }
        String text = pairs ? "" : section.text("text_field", "text");
        return new DataSpec.JsonLines(path, text, prompt.orElse(""), response.orElse(""), heldOut(section));
    }

    private static double heldOut(Section section) {
        return section.number("held_out", 0.05, Range.between(0, 0.9));
    }
}
