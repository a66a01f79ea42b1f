package genka.app;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine;

/** All commands by name. Only the one that is asked for is built, which keeps start-up short. */
final class Commands {
    private static final Set<String> HELP = Set.of("help", "--help", "-h");

    private Commands() {}

    private static Map<String, Function<Terminal, Object>> all() {
        Map<String, Function<Terminal, Object>> commands = new LinkedHashMap<>();
        commands.put("run", RunCommand::new);
        commands.put("sweep", SweepCommand::new);
        commands.put("bill", BillCommand::new);
        commands.put("plan", PlanCommand::new);
        commands.put("serve", ServeCommand::new);
        commands.put("runs", RunsCommand::new);
        commands.put("show", ShowCommand::new);
        commands.put("report", ReportCommand::new);
        commands.put("watch", WatchCommand::new);
        commands.put("ask", AskCommand::new);
        commands.put("eval", EvalCommand::new);
        commands.put("facts", FactsCommand::new);
        commands.put("validate", ValidateCommand::new);
        commands.put("calibrate", CalibrateCommand::new);
        commands.put("check", CheckCommand::new);
        commands.put("inspect", InspectCommand::new);
        commands.put("bench", BenchCommand::line);
        return commands;
    }

    /** The parser with every command, for help, suggestions and the reference page. */
    static CommandLine complete(Terminal terminal) {
        CommandLine line = root(terminal);
        all().forEach((name, make) -> line.addSubcommand(name, make.apply(terminal)));
        return configured(line, terminal);
    }

    static int execute(String[] words, Terminal terminal) {
        String[] args = words[0].equals("help") ? asOption(words) : words;
        Function<Terminal, Object> wanted = all().get(args[0]);
        if (wanted == null) {
            // what follows an unknown command is nobody's: --help would hide that it is unknown
            return complete(terminal).execute(args[0].startsWith("-") ? args : new String[] {args[0]});
        }
        CommandLine line = root(terminal);
        line.addSubcommand(args[0], wanted.apply(terminal));
        return configured(line, terminal).execute(args);
    }

    /** {@code help plan} means {@code plan --help}; help about help is the same page. */
    private static String[] asOption(String[] words) {
        return Stream.concat(Stream.of(words).filter(word -> !HELP.contains(word)), Stream.of("--help"))
                .toArray(String[]::new);
    }

    private static CommandLine root(Terminal terminal) {
        return new CommandLine(new GenkaCommand(terminal));
    }

    private static CommandLine configured(CommandLine line, Terminal terminal) {
        line.setUsageHelpWidth(Math.clamp(terminal.columns(), 60, 120));
        line.setUsageHelpAutoWidth(false);
        line.setColorScheme(CommandLine.Help.defaultColorScheme(
                terminal.style().colour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
        line.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler((problem, args) -> Failures.parsing(problem, terminal));
        line.setExecutionExceptionHandler((problem, command, parsed) -> Failures.running(problem, terminal));
        return line;
    }
}
