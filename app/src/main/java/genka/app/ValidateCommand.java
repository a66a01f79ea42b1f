package genka.app;

import genka.catalog.Nearest;
import genka.plan.MeasuredRow;
import genka.plan.MeasuredRows;
import genka.plan.Prediction;
import genka.plan.Regret;
import genka.plan.Score;
import genka.plan.Validation;
import genka.units.Fault;
import genka.units.GenkaException;
import genka.units.Words;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.SerializationFeature;

/** Scores the planner on measured rows. */
@Command(
        name = "validate",
        header = "Score the planner on a file of measured rows.",
        synopsisHeading = "%nUsage: ",
        footer = {
            "",
            "FILE is a CSV of vTrain or of aiconfigurator (served tokens; packed as .gz, too), or YAML with",
            "measured rows (throughput) or runs; docs/planner.md says which keys. A row is predicted from its",
            "inputs alone. With --leave-out each model (or cluster) is predicted by constants fitted to the",
            "other rows; otherwise by the shipped ones. Errors are in percent of the measured value.",
            "",
            "Examples:",
            "  ./genka validate ground_truth_multi.csv",
            "  ./genka validate throughput.yaml --leave-out model --json",
            "  ./genka validate ground_truth_multi.csv --leave-out model --with ground_truth_single.csv"
        })
final class ValidateCommand implements Callable<Integer> {
    private static final String NOTHING = "nothing";
    /** Refused rows named for one reason. */
    private static final int SHOWN = 3;

    private static final List<String> LEAVE_OUT = List.of("model", "cluster");

    private final Terminal terminal;

    @Parameters(arity = "1", paramLabel = "FILE", description = "Measured rows: .csv, .csv.gz or .yaml.")
    Path file = Path.of("");

    @Option(
            names = "--leave-out",
            paramLabel = "WHAT",
            description = "model or cluster: predict each by constants fitted to the others.")
    String leaveOut = NOTHING;

    @Option(
            names = "--with",
            paramLabel = "FILE",
            description = "More rows to fit to when something is left out; repeatable.")
    List<Path> with = List.of();

    @Option(names = "--per-row", description = "A line of JSON for each row: id, actual, predicted, low, high, tier.")
    boolean perRow;

    @Option(names = "--json", description = "Print the scores (and rows) as one JSON object.")
    boolean json;

    @Mixin
    HelpOption help = new HelpOption();

    ValidateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Validation.LeaveOut what = what();
        MeasuredRows rows = MeasuredRows.read(file);
        if (!rows.remarks().isEmpty()) {
            terminal.err().println("nothing is predicted from " + String.join(", ", rows.remarks()));
        }
        List<MeasuredRow> beside = MeasuredRows.readAll(with);
        Validation.checkFit(rows.rows(), beside, what);
        Validation validation = validation(rows.rows(), beside, what);
        Validation firstTokens = validation(rows.firstTokens(), beside, what);
        if (json) {
            Json.print(terminal, object(rows, validation, firstTokens));
        } else if (perRow) {
            validation.predictions().forEach(each -> terminal.out().println(line(row(each))));
        } else {
            terminal.out().print(screen(rows, validation, firstTokens));
        }
        if (rows.rows().isEmpty()) {
            terminal.err().println(rows.nonePredicted(file));
            return Fault.USER.exitCode();
        }
        return 0;
    }

    private Validation.LeaveOut what() {
        if (leaveOut.equals(NOTHING)) {
            if (!with.isEmpty()) {
                throw GenkaException.user("--with (" + with.getFirst()
                        + ") adds rows to a fit, and nothing is fitted without --leave-out. Maybe --leave-out model?");
            }
            return Validation.LeaveOut.NOTHING;
        }
        String word = leaveOut.toLowerCase(Locale.ROOT);
        if (!LEAVE_OUT.contains(word)) {
            throw GenkaException.user("--leave-out (" + leaveOut + ") must be model or cluster."
                    + Nearest.of(word, LEAVE_OUT)
                            .map(near -> " Maybe " + near + "?")
                            .orElse(" Maybe model?"));
        }
        return word.equals("model") ? Validation.LeaveOut.MODEL : Validation.LeaveOut.CLUSTER;
    }

    private Validation validation(List<MeasuredRow> rows, List<MeasuredRow> beside, Validation.LeaveOut what) {
        return what == Validation.LeaveOut.NOTHING
                ? Validation.shipped(rows)
                : Validation.leavingOut(
                        rows, beside, what, group -> terminal.err().println("without " + group));
    }

    private Map<String, Object> object(MeasuredRows rows, Validation validation, Validation firstTokens) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("file", String.valueOf(file.getFileName()));
        object.put("leave_out", leaveOut.toLowerCase(Locale.ROOT));
        object.put("rows", rows.rows().size() + rows.refused().size());
        object.put("predicted", validation.predictions().size());
        object.put("refused", rows.refused());
        object.putAll(score(validation.score()));
        object.put("regret", regret(validation.regret()));
        object.put("by_model", scores(validation.byModel()));
        object.put("by_cluster", scores(validation.byCluster()));
        object.put("by_precision", scores(validation.byPrecision()));
        if (!firstTokens.predictions().isEmpty()) {
            object.put("first_token", counted(firstTokens.score()));
        }
        if (perRow) {
            object.put(
                    "per_row",
                    validation.predictions().stream().map(ValidateCommand::row).toList());
        }
        return object;
    }

    private static Map<String, @Nullable Object> regret(Regret regret) {
        Map<String, @Nullable Object> keys = new LinkedHashMap<>();
        keys.put("groups", regret.groups());
        keys.put("mean", regret.groups() == 0 ? null : regret.mean());
        keys.put("worst", regret.groups() == 0 ? null : regret.worst());
        return keys;
    }

    private static Map<String, Object> scores(Map<String, Score> groups) {
        Map<String, Object> scores = new LinkedHashMap<>();
        groups.forEach((name, score) -> scores.put(name, counted(score)));
        return scores;
    }

    /** A score with the number of its rows, for calibrate too. */
    static Map<String, Object> counted(Score score) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("rows", score.rows());
        entry.putAll(score(score));
        return entry;
    }

    private static Map<String, Object> score(Score score) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("mape", score.mape());
        keys.put("median_ape", score.medianApe());
        keys.put("bias", score.bias());
        keys.put("p90", score.p90());
        keys.put("within_10pct", score.within10pct());
        keys.put("coverage_80", score.coverage80());
        return keys;
    }

    private static Map<String, Object> row(Prediction prediction) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", prediction.row().id());
        row.put("actual", prediction.row().actual());
        row.put("predicted", prediction.predicted());
        row.put("low", prediction.low());
        row.put("high", prediction.high());
        row.put("tier", prediction.row().tier().word());
        return row;
    }

    private static String line(Map<String, Object> row) {
        return Json.mapper()
                .writer()
                .without(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(row);
    }

    /** Refused rows by reason, the most frequent first: a file may have a thousand of one kind. */
    private static String refused(List<MeasuredRows.Refused> rows) {
        if (rows.isEmpty()) {
            return "";
        }
        Map<String, List<String>> reasons = rows.stream()
                .collect(Collectors.groupingBy(
                        MeasuredRows.Refused::reason,
                        LinkedHashMap::new,
                        Collectors.mapping(MeasuredRows.Refused::id, Collectors.toList())));
        StringBuilder text =
                new StringBuilder("\n  " + rows.size() + (rows.size() == 1 ? " row" : " rows") + " refused:\n");
        reasons.entrySet().stream()
                .sorted(Comparator.comparingInt(reason -> -reason.getValue().size()))
                .forEach(reason -> {
                    List<String> ids = reason.getValue();
                    text.append("    ").append(reason.getKey()).append(": ");
                    text.append(String.join(", ", ids.subList(0, Math.min(SHOWN, ids.size()))));
                    text.append(
                            ids.size() > SHOWN ? " and " + (ids.size() - SHOWN) + " more (--json lists them)\n" : "\n");
                });
        return text.toString();
    }

    private String screen(MeasuredRows rows, Validation validation, Validation firstTokens) {
        Table table =
                Table.of("", ">rows", ">mean error", ">median", ">bias", ">p90", ">within 10 %", ">in 80 % range");
        cells(table, "all", validation.score());
        validation.byCluster().forEach((name, score) -> cells(table, "on " + name, score));
        if (validation.byModel().size() <= 40) {
            validation.byModel().forEach((name, score) -> cells(table, name, score));
        }
        if (!firstTokens.predictions().isEmpty()) {
            cells(table, "to the first token", firstTokens.score());
        }
        StringBuilder text = new StringBuilder(table.text("  ", terminal.style()));
        Regret regret = validation.regret();
        if (regret.groups() > 0) {
            text.append("\n  strategy chosen by prediction, beside the fastest measured: ")
                    .append(percent(regret.mean()))
                    .append(" slower in the mean of ")
                    .append(regret.groups())
                    .append(" groups, ")
                    .append(percent(regret.worst()))
                    .append(" in the worst\n");
        }
        text.append(refused(rows.refused()));
        return text.toString();
    }

    private static void cells(Table table, String name, Score score) {
        table.row(
                name,
                Integer.toString(score.rows()),
                percent(score.mape()),
                percent(score.medianApe()),
                percent(score.bias()),
                percent(score.p90()),
                percent(score.within10pct()),
                percent(score.coverage80()));
    }

    private static String percent(double value) {
        return Words.percent(value / 100);
    }
}
