package genka.report;

import genka.units.Words;
import java.util.ArrayList;
import java.util.List;

/** Answers to read: before and after side by side, and some on the way. */
final class AnswersSection {
    private static final int ON_THE_WAY = 12;
    private static final String AT_THE_END = "at the end";

    private AnswersSection() {}

    static Html of(RunData run) {
        List<Sample> samples = run.samples();
        if (samples.isEmpty() && run.outcome().after().isEmpty()) {
            return Html.NONE;
        }
        return Html.of(
                "<h2>{}</h2>{}{}",
                run.answersQuestions() ? "Answers to read" : "Text to read",
                exchanges(run),
                samples.isEmpty()
                        ? Html.NONE
                        : ChartFigure.details(
                                "answers-on-the-way",
                                (run.answersQuestions() ? "Answers" : "Text") + " along the way",
                                table(run)));
    }

    private static Html exchanges(RunData run) {
        Html pairs = pairs(run);
        if (!pairs.isEmpty()) {
            return pairs;
        }
        if (run.outcome().after().isEmpty()) {
            Sample last = run.samples().getLast();
            return exchange(run, last, said(last.stage() + ", step " + last.step(), last));
        }
        return Html.all(run.outcome().after().stream()
                .map(after -> exchange(run, after, said(AT_THE_END, after)))
                .toList());
    }

    /** The same questions, asked before reinforcement and at the end. */
    private static Html pairs(RunData run) {
        List<Html> pairs = new ArrayList<>();
        for (Sample after : run.outcome().after()) {
            run.outcome().before().stream()
                    .filter(before -> before.prompt().equals(after.prompt()))
                    .findFirst()
                    .ifPresent(before -> pairs.add(
                            exchange(run, after, said("before reinforcement", before), said(AT_THE_END, after))));
        }
        return Html.all(pairs);
    }

    private static Html exchange(RunData run, Sample asked, Html... said) {
        return Html.of("""
                <article class="exchange"><h3 class="asked"><span>{}</span> <code>{}</code></h3>
                <div class="pair">{}</div></article>
                """, given(run), asked.prompt(), Html.all(List.of(said)));
    }

    /** What a prompt is. */
    private static String given(RunData run) {
        return run.answersQuestions() ? "asked" : "begins";
    }

    static Html said(String when, Sample sample) {
        return Html.of(
                "<div class=\"said\"><p class=\"when\">{} {}</p><pre>{}</pre></div>",
                when,
                verdict(sample),
                sample.response());
    }

    private static Html verdict(Sample sample) {
        if (!sample.judged()) {
            return Html.NONE;
        }
        return sample.right()
                ? Html.of("<span class=\"verdict right\">✓ right</span>")
                : Html.of("<span class=\"verdict wrong\">✗ wrong</span>");
    }

    private static Html table(RunData run) {
        List<Sample> samples = run.samples();
        List<Html> rows = new ArrayList<>();
        int count = Math.min(ON_THE_WAY, samples.size());
        for (int i = 0; i < count; i++) {
            Sample s = samples.get(
                    count == 1
                            ? samples.size() - 1
                            : (int) Math.round((double) i * (samples.size() - 1) / (count - 1)));
            rows.add(Html.of(
                    "<tr><th scope=\"row\">{}</th><td><code>{}</code></td><td><code>{}</code></td><td>{}</td></tr>",
                    s.stage() + " " + s.step(),
                    Words.oneLine(s.prompt()),
                    Words.oneLine(s.response()),
                    verdict(s)));
        }
        return Html.of("""
                <table><thead><tr><th scope="col">step</th><th scope="col">{}</th><th scope="col">{}</th>
                <th scope="col"></th></tr></thead><tbody>{}</tbody></table>
                """, given(run), run.answersQuestions() ? "said" : "goes on", Html.all(rows));
    }
}
