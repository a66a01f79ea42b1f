package genka.app;

import genka.model.AtomicFile;
import genka.plan.Calibrations;
import genka.plan.Calibrator;
import genka.plan.LocalMachine;
import genka.plan.MeasuredRow;
import genka.plan.MeasuredRows;
import genka.units.GenkaException;
import genka.units.Words;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Fits the planner's constants. */
@Command(
        name = "calibrate",
        header = "Fit the planner's constants to files of measured rows.",
        synopsisHeading = "%nUsage: ",
        footer = {
            "",
            "Each family of frameworks is fitted on its own and judged by leaving out whole models. Without",
            "--write nothing changes; with it the constants go to facts/calibration, where plan and validate",
            "find them.",
            "",
            "Examples:",
            "  ./genka calibrate --here",
            "  ./genka calibrate throughput.yaml ground_truth_multi.csv",
            "  ./genka calibrate throughput.yaml runs.yaml --write"
        })
final class CalibrateCommand implements Callable<Integer> {
    /** Of the process's life; ending takes some more. */
    private static final double PROBE_SECONDS = 4.4;

    private final Terminal terminal;

    @Parameters(arity = "0..*", paramLabel = "FILE", description = "Measured rows, as validate reads them.")
    List<Path> files = List.of();

    @Option(
            names = "--here",
            description = "Measure this machine instead (a few seconds), so that plan predicts runs on it.")
    boolean here;

    @Option(names = "--write", description = "Write the constants to facts/calibration.")
    boolean write;

    @Option(names = "--json", description = "Print what was fitted as one JSON object.")
    boolean json;

    @Mixin
    Home home = new Home();

    @Mixin
    HelpOption help = new HelpOption();

    CalibrateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (here) {
            return here();
        }
        if (files.isEmpty()) {
            throw GenkaException.user(
                    "calibrate needs files of measured rows, or --here. Maybe ./genka calibrate --here");
        }
        List<MeasuredRow> rows = MeasuredRows.readAll(files);
        if (rows.isEmpty()) {
            throw GenkaException.user(MeasuredRows.read(files.getFirst()).nonePredicted(files.getFirst()));
        }
        List<String> sources =
                files.stream().map(file -> String.valueOf(file.getFileName())).toList();
        List<Calibrator.Fitted> fitted = Calibrator.fit(
                rows,
                sources,
                LocalDate.now(ZoneOffset.UTC).toString(),
                group -> terminal.err().println("without " + group));
        if (write) {
            fitted.forEach(
                    each -> AtomicFile.write(Calibrations.folder().resolve(each.family() + ".yaml"), each.text()));
        }
        if (json) {
            Map<String, Object> families = new LinkedHashMap<>();
            fitted.forEach(each -> families.put(
                    each.family(), Map.of("rows", each.rows(), "left_out", ValidateCommand.counted(each.leftOut()))));
            Json.print(terminal, Map.of("written", write, "families", families));
        } else {
            terminal.out().print(screen(fitted));
        }
        return 0;
    }

    private int here() {
        if (!files.isEmpty() || write) {
            throw GenkaException.user(
                    "--here measures this machine; files and --write change nothing. Maybe leave them out");
        }
        LocalMachine machine = LocalProbe.measure(PROBE_SECONDS);
        home.create();
        AtomicFile.write(LocalMachine.file(home.path()), machine.text());
        if (json) {
            Json.print(terminal, machine);
        } else {
            terminal.out()
                    .println("  " + Words.decimal(machine.flopsPerSecond() / 1e9, 1) + " GFLOP/s of model work on "
                            + machine.processors() + " processors beside "
                            + Words.decimal(1e3 * machine.stepSeconds(), 1) + " ms a step, after a start of "
                            + Words.duration(machine.startSeconds()) + " and a warm-up of "
                            + Words.duration(machine.warmUpSeconds())
                            + "\n  Next: ./genka plan recipes/r1-zero-tiny.yaml"
                            + home.option());
        }
        return 0;
    }

    private String screen(List<Calibrator.Fitted> fitted) {
        Table table = Table.of("family", ">rows", ">mean error", ">median", ">within 10 %", ">in 80 % range");
        fitted.forEach(each -> table.row(
                each.family(),
                Integer.toString(each.rows()),
                Words.percent(each.leftOut().mape() / 100),
                Words.percent(each.leftOut().medianApe() / 100),
                Words.percent(each.leftOut().within10pct() / 100),
                Words.percent(each.leftOut().coverage80() / 100)));
        String where = write
                ? "  Written to facts/calibration.\n"
                : "  Nothing is written; --write puts the constants into facts/calibration.\n";
        return table.text("  ", terminal.style()) + "\n  Errors on models left out of the fit.\n" + where;
    }
}
