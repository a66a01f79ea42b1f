package genka.report;

import genka.books.RunState;
import genka.units.Words;
import java.util.ArrayList;
import java.util.List;

/** The top of a run's page: what was trained, what it learned, what that cost. */
final class Headline {
    private Headline() {}

    static Html of(RunData run, Story story) {
        return Html.of(
                """
                <p class="eyebrow"><span class="state state-{}">{}</span> {} · seed {}{}</p>
                <h1>{}</h1>
                <p class="lead">{}{}</p>
                <dl class="tiles">{}</dl>
                """,
                story.state(),
                story.state(),
                run.summary().run().recipeName(),
                run.summary().run().seed(),
                story.place().map(place -> " · " + place).orElse(""),
                story.title(),
                lead(run, story),
                ending(run, story),
                tiles(run));
    }

    private static Html lead(RunData run, Story story) {
        String so = run.summary().state() == RunState.FINISHED ? "" : "So far: ";
        String learned = story.learned();
        if (learned.isEmpty()) {
            return Html.of("{}{}.", so, story.price());
        }
        return Html.of(
                "{}<b>{}</b>, for <b class=\"keep\">{}</b>.",
                so,
                so.isEmpty() ? Words.capital(learned) : learned,
                story.price());
    }

    /** What ended a run that failed, where its curves say it, and how one that did not finish goes on. */
    private static Html ending(RunData run, Story story) {
        String why = run.summary().state() == RunState.FAILED
                ? run.metrics().troubles().stream()
                        .filter(trouble -> trouble.severity().equals("refusal"))
                        .map(trouble -> " " + trouble.finding())
                        .reduce("", (before, last) -> last)
                : "";
        return Html.of("{}{}", why, story.goOn().map(words -> " " + words).orElse(""));
    }

    private static Html tiles(RunData run) {
        List<Html> tiles = new ArrayList<>();
        long tokens = run.summary().facts().tokensByStage().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        tiles.add(tile("this run cost", Usd.rounded(run.bill().own())));
        if (!run.bill().own().equals(run.bill().full())) {
            tiles.add(tile("with earlier runs", Usd.rounded(run.bill().full())));
        }
        tiles.add(tile("headline cost", Usd.rounded(run.bill().headline())));
        tiles.add(tile("time", Words.duration(run.wallSeconds())));
        tiles.add(tile("tokens", Words.count(tokens)));
        if (run.summary().facts().answers() > 0) {
            tiles.add(tile("answers", Words.count(run.summary().facts().answers())));
        }
        return Html.all(tiles);
    }

    private static Html tile(String name, String figure) {
        return Html.of("<div><dt>{}</dt><dd>{}</dd></div>", name, figure);
    }
}
