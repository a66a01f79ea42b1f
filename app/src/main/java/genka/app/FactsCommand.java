package genka.app;

import genka.catalog.FactShelf;
import genka.units.GenkaException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The numbers about the world, each with where it comes from. */
@Command(
        name = "facts",
        header = "Numbers about the world with source, date and evidence; `facts check` lints them.",
        synopsisHeading = "%nUsage: ",
        footer = {
            "",
            "Examples:",
            "  ./genka facts",
            "  ./genka facts h800",
            "  ./genka facts h800 bf16 --json",
            "  ./genka facts check"
        })
final class FactsCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(
            arity = "0..*",
            paramLabel = "NAME",
            description = "Words a fact's file or name must hold, or check for a lint. Otherwise the files.")
    List<String> words = List.of();

    @Option(names = "--json", description = "Print the facts as one JSON object.")
    boolean json;

    @Mixin
    HelpOption help = new HelpOption();

    FactsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        FactShelf shelf = FactShelf.read();
        if (words.equals(List.of("check"))) {
            return check(shelf);
        }
        List<FactShelf.Entry> found = shelf.named(String.join(" ", words));
        if (found.isEmpty()) {
            throw GenkaException.user("no fact is named by (" + String.join(" ", words)
                    + "). Maybe one word of it, or ./genka facts for the files");
        }
        if (json) {
            Json.print(terminal, Map.of("facts", found));
        } else {
            terminal.out().print(words.isEmpty() ? files(found) : list(found));
        }
        return 0;
    }

    private int check(FactShelf shelf) {
        if (json) {
            Json.print(terminal, Map.of("facts", shelf.entries().size(), "problems", shelf.problems()));
        } else {
            shelf.problems().forEach(problem -> terminal.out().println(problem));
            terminal.out()
                    .println(shelf.entries().size() + " facts, "
                            + shelf.problems().size() + " problems");
        }
        return shelf.problems().isEmpty() ? 0 : 2;
    }

    private String files(List<FactShelf.Entry> entries) {
        Table table = Table.of("file", ">facts", ">primary", ">secondary", ">estimate", ">fitted");
        entries.stream().map(FactShelf.Entry::file).distinct().forEach(file -> {
            List<FactShelf.Entry> own =
                    entries.stream().filter(entry -> entry.file().equals(file)).toList();
            table.row(
                    file,
                    Integer.toString(own.size()),
                    graded(own, "primary"),
                    graded(own, "secondary"),
                    graded(own, "estimate"),
                    graded(own, "fitted"));
        });
        return table.text("  ", terminal.style()) + "\n  ./genka facts WORD shows them with their sources.\n";
    }

    private static String graded(List<FactShelf.Entry> entries, String grade) {
        return Long.toString(
                entries.stream().filter(entry -> entry.evidence().equals(grade)).count());
    }

    private String list(List<FactShelf.Entry> entries) {
        Table table = Table.of("fact", ">value", "range", "evidence", "date", "source");
        for (FactShelf.Entry entry : entries) {
            table.row(
                    entry.name(),
                    entry.value(),
                    entry.range().orElse(""),
                    entry.evidence(),
                    entry.date(),
                    entry.source().replaceAll("\\s+", " "));
        }
        return table.text("  ", terminal.style());
    }
}
