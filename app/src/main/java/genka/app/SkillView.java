package genka.app;

import genka.train.Estimate;
import genka.train.SkillExam;
import genka.train.SkillScores;
import genka.units.Words;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The figures of an evaluation for people and for programs. */
final class SkillView {
    private static final int BAR = 30;

    private SkillView() {}

    static Map<String, Object> json(String task, SkillExam.Settings settings, SkillScores scores) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("task", task);
        json.put("prompts", scores.prompts());
        json.put("samples", scores.samples());
        json.put("temperature", settings.temperature());
        json.put("max_tokens", settings.maxNewTokens());
        json.put("seed", settings.seed());
        json.put("greedy", scores.greedy().json());
        Map<String, Object> passAt = new LinkedHashMap<>();
        scores.passAt()
                .forEach(each ->
                        passAt.put(Integer.toString(each.k()), each.share().json()));
        json.put("pass_at", passAt);
        scores.consensus().forEach(consensus -> json.put("cons_at_" + scores.samples(), consensus.json()));
        json.put("format_rate", scores.formatRate());
        json.put("truncated_share", scores.truncatedShare());
        json.put("lengths", scores.lengths());
        json.put("answers", scores.answers());
        return json;
    }

    static String text(String task, SkillExam.Settings settings, SkillScores scores, Style style) {
        StringBuilder text = new StringBuilder();
        text.append(style.bold(task))
                .append(": ")
                .append(scores.prompts())
                .append(scores.prompts() == 1 ? " question, " : " questions, ")
                .append(scores.samples())
                .append(scores.samples() == 1 ? " sample" : " samples")
                .append(" each at temperature ")
                .append(settings.temperature())
                .append("\n\n");
        Table figures = Table.of("", ">", ">95 % interval", "");
        row(figures, "greedy", scores.greedy());
        scores.passAt().forEach(each -> row(figures, "pass@" + each.k(), each.share()));
        scores.consensus().forEach(consensus -> row(figures, "cons@" + scores.samples(), consensus));
        text.append(figures.text("  ", style)).append('\n');
        text.append("  well-formed ")
                .append(Words.percent(scores.formatRate()))
                .append(", cut off at ")
                .append(settings.maxNewTokens())
                .append(" tokens ")
                .append(Words.percent(scores.truncatedShare()))
                .append("\n\n");
        text.append(lengths(scores.lengths(), style)).append('\n');
        text.append(answers(scores.answers(), style));
        return text.toString();
    }

    private static void row(Table table, String name, Estimate share) {
        table.row(
                name,
                Words.percent(share.value()),
                Words.percent(share.low()) + " – " + Words.percent(share.high()),
                share.method());
    }

    private static String lengths(List<SkillScores.Bin> bins, Style style) {
        long most = bins.stream().mapToLong(SkillScores.Bin::count).max().orElse(1);
        Table table = Table.of(">tokens", "", ">samples");
        for (SkillScores.Bin bin : bins) {
            String range = bin.from() == bin.to() ? "" + bin.from() : bin.from() + "–" + bin.to();
            int bar = (int) Math.ceil((double) BAR * bin.count() / Math.max(1, most));
            table.row(range, "█".repeat(bar), Long.toString(bin.count()));
        }
        return table.text("  ", style);
    }

    private static String answers(List<SkillScores.Answer> answers, Style style) {
        Table table = Table.of("question", "greedy", "", "a sample", "");
        for (SkillScores.Answer answer : answers) {
            table.row(
                    Words.oneLine(answer.prompt()),
                    Words.oneLine(answer.greedy()),
                    answer.greedyScore() >= 1 ? "✓" : "✗",
                    Words.oneLine(answer.sampled()),
                    answer.sampledScore() >= 1 ? "✓" : "✗");
        }
        return table.text("  ", style);
    }
}
