package genka.app;

import genka.books.Bill;
import genka.train.Evaluation;
import genka.train.RunResult;
import genka.units.Words;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a person reads when a run is over: what it learned, an answer before and after, what it cost, what to do next. */
final class RunReport {
    private static final int ROWS = 20;

    /** A run of more stages is told by stages instead of by evaluations. */
    private static final int STEPS_UP_TO = 2;

    private static final String INDENT = "  ";

    private final PrintStream out;
    private final Style style;
    private final RunResult result;
    private final Bill bill;
    private final Optional<Path> page;
    private final String home;

    /**
     * @param page the run as a page, if there is one
     * @param home what a command needs to find the run: empty, or {@code --home} and the folder
     */
    RunReport(Terminal terminal, RunResult result, Bill bill, Optional<Path> page, String home) {
        this.page = page;
        this.home = home;
        this.out = terminal.out();
        this.style = terminal.style();
        this.result = result;
        this.bill = bill;
    }

    void print() {
        out.println();
        out.println(style.bold(result.run()) + " finished in " + Words.duration(result.wallSeconds()));
        out.println();
        Optional<Evaluation> last = result.after();
        if (result.stages().size() > STEPS_UP_TO) {
            StoryTable story =
                    new StoryTable(Json.mapper().valueToTree(result.json()).path("stages"), bill);
            out.println(story.stages(INDENT, style));
            out.print(story.models(INDENT, style));
        } else if (last.isPresent()) {
            out.print(last.get().isText() ? textTable() : taskTable());
            out.println();
        }
        exchanges();
        troubles();
        out.print(BillScreen.summary(bill, style));
        out.println();
        files();
    }

    /** The R1-Zero table: accuracy and length rise together. */
    private String taskTable() {
        Table table = Table.of("stage", ">step", ">greedy accuracy", ">answer length", ">think first");
        for (Evaluation e : thinned(result.evaluations())) {
            table.row(
                    e.stage(),
                    Long.toString(e.step()),
                    Words.percent(e.greedyAccuracy()),
                    Words.decimal(e.meanResponseTokens(), 1) + " tokens",
                    Words.percent(e.thinkShare()));
        }
        return table.text(INDENT, style);
    }

    private String textTable() {
        Table table = Table.of("stage", ">step", ">bits per byte (held-out text)");
        for (Evaluation e : thinned(result.evaluations())) {
            table.row(e.stage(), Long.toString(e.step()), Words.decimal(e.bitsPerByte(), 3));
        }
        return table.text(INDENT, style);
    }

    /** At most {@link #ROWS} of them, evenly, the first and the last among them. */
    static <T> List<T> thinned(List<T> all) {
        if (all.size() <= ROWS) {
            return all;
        }
        List<T> some = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            some.add(all.get((int) Math.round((double) i * (all.size() - 1) / (ROWS - 1))));
        }
        return some;
    }

    private void exchanges() {
        if (result.exchangesBefore().isEmpty() && result.exchangesAfter().isEmpty()) {
            return;
        }
        Table table = Table.of("", "", "", "");
        result.exchangesBefore().stream().findFirst().ifPresent(e -> row(table, "before", e));
        result.exchangesAfter().stream().findFirst().ifPresent(e -> row(table, "after", e));
        out.print(table.text(INDENT, style));
        out.println();
    }

    private void troubles() {
        if (result.troubles().isEmpty()) {
            return;
        }
        result.troubles().forEach(trouble -> TroubleView.lines(trouble, style).forEach(out::println));
        out.println();
    }

    private static void row(Table table, String when, RunResult.Exchange e) {
        String verdict = Double.isNaN(e.score()) ? "" : e.score() >= 1 ? "right" : "wrong";
        table.row(when, Words.oneLine(e.prompt()), Words.oneLine(e.response()), verdict);
    }

    private void files() {
        page.ifPresent(file -> out.println(INDENT + "report " + file));
        out.println(INDENT + "files  " + result.folder());
        result.modelDir()
                .ifPresent(
                        dir -> out.println(INDENT + "model  " + dir + " (Hugging Face format: transformers loads it)"));
        out.println();
        String question = result.exchangesAfter().stream()
                .findFirst()
                .map(RunResult.Exchange::prompt)
                .orElse("Once");
        out.println("Next:");
        out.print(Table.of("", "")
                .row("./genka ask last " + quoted(question) + home, "ask it something")
                .row("./genka report last --open" + home, "its report in the browser")
                .row("./genka bill last" + home, "every line of the bill")
                .row("./genka show last" + home, "curves of the run")
                .row("./genka run recipes/text-tiny.yaml --set data.path=FOLDER", "train on text of yours")
                .text(INDENT, style));
    }

    private static String quoted(String question) {
        return "\"" + question.replaceAll("[\"\\\\$`!\n]", "") + "\"";
    }
}
