package genka.app;

import genka.catalog.Nearest;
import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** Whatever went wrong, as one message on stderr and an exit code. Stack traces go to a file. */
final class Failures {
    private static final long MEBIBYTE = 1L << 20;

    private Failures() {}

    /** The command line itself is wrong: say what, and the nearest right name. */
    static int parsing(CommandLine.ParameterException problem, Terminal terminal) {
        CommandLine command = problem.getCommandLine();
        terminal.err().println(sentence(problem, command));
        return Fault.USER.exitCode();
    }

    private static String sentence(CommandLine.ParameterException problem, CommandLine command) {
        boolean root = command.getParent() == null;
        String name = root ? command.getCommandName() : path(command);
        String help = root ? "./genka --help" : "./genka " + name + " --help";
        if (problem instanceof CommandLine.UnmatchedArgumentException unmatched) {
            String typed = unmatched.getUnmatched().getFirst();
            boolean option = typed.startsWith("-");
            Set<String> known = new LinkedHashSet<>(
                    option
                            ? command.getCommandSpec().optionsMap().keySet()
                            : command.getSubcommands().keySet());
            if (root && !option) {
                known.addAll(List.of("test", "jdk", "help"));
            }
            String flag = typed.contains("=") ? typed.substring(0, typed.indexOf('=')) : typed;
            Optional<String> near = Nearest.of(flag, known);
            String what = option
                    ? "unknown option '" + flag + "'" + (root ? "" : " of " + name)
                    : command.getSubcommands().isEmpty()
                            ? "'" + typed + "' is one argument too many for " + name
                            : "unknown command '" + typed + "'" + (root ? "" : " of " + name);
            return what + ". Maybe " + near.map(n -> "you meant " + n + "?").orElse("see " + help + ".");
        }
        if (problem instanceof CommandLine.MissingParameterException missing) {
            if (missing.getMissing().size() == 1
                    && missing.getMissing().getFirst() instanceof CommandLine.Model.OptionSpec option
                    && !option.required()) {
                return option.longestName() + " needs a value: " + option.paramLabel() + ". Maybe see " + help + ".";
            }
            String names = missing.getMissing().stream()
                    .map(arg -> arg.isOption() ? ((CommandLine.Model.OptionSpec) arg).longestName() : arg.paramLabel())
                    .collect(Collectors.joining(" and "));
            return name + " needs " + names + ". Maybe see " + help + ".";
        }
        if (problem.getValue() != null && problem.getArgSpec() != null) {
            Optional<String> number = number(problem.getArgSpec());
            if (number.isPresent()) {
                return number.get().formatted(name(problem.getArgSpec()), problem.getValue()) + " Maybe see " + help
                        + ".";
            }
        }
        String message = problem.getMessage() == null ? "the command line is not understood" : problem.getMessage();
        return message + (message.endsWith(".") ? "" : ".") + " Maybe see " + help + ".";
    }

    private static String name(CommandLine.Model.ArgSpec argument) {
        return argument instanceof CommandLine.Model.OptionSpec option ? option.longestName() : argument.paramLabel();
    }

    /** What an option that takes a number says to text that is none: picocli would name Java's types. */
    private static Optional<String> number(CommandLine.Model.ArgSpec argument) {
        Class<?> type = argument.type();
        if (type == int.class || type == Integer.class) {
            return Optional.of("%s (%s) must be a whole number of at most " + Integer.MAX_VALUE + ".");
        }
        if (type == long.class || type == Long.class) {
            return Optional.of("%s (%s) must be a whole number of at most " + Long.MAX_VALUE + ".");
        }
        boolean figure = type == double.class || type == Double.class || type == BigDecimal.class;
        return figure ? Optional.of("%s (%s) must be a number.") : Optional.empty();
    }

    private static String path(CommandLine command) {
        CommandLine parent = command.getParent();
        return parent == null || parent.getParent() == null
                ? command.getCommandName()
                : path(parent) + " " + command.getCommandName();
    }

    /** The command failed. */
    static int running(Throwable problem, Terminal terminal) {
        terminal.out().flush();
        if (problem instanceof GenkaException known) {
            terminal.err().println(known.getMessage());
            return known.fault().exitCode();
        }
        if (problem instanceof OutOfMemoryError) {
            Runtime runtime = Runtime.getRuntime();
            terminal.err()
                    .printf(
                            "out of memory: the heap's limit is %,d MiB and %,d MiB are in use. Maybe use a smaller"
                                    + " batch or model, or raise the limit: GENKA_JAVA_OPTS=-Xmx8g.%n",
                            runtime.maxMemory() / MEBIBYTE, (runtime.totalMemory() - runtime.freeMemory()) / MEBIBYTE);
            return Fault.RESOURCE.exitCode();
        }
        terminal.err().println(internal(problem));
        return Fault.INTERNAL.exitCode();
    }

    /** What went wrong with something that the command does by the way, and that does not end it. */
    static String words(RuntimeException problem) {
        return problem instanceof GenkaException known ? String.valueOf(known.getMessage()) : internal(problem);
    }

    private static String internal(Throwable problem) {
        return "internal error (" + problem.getClass().getSimpleName()
                + "), which is a bug of Genka. Maybe report it with " + written(problem) + ".";
    }

    private static String written(Throwable problem) {
        try {
            Path file = Files.createTempFile("genka-error-", ".txt");
            try (PrintWriter writer = new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8))) {
                writer.println("genka " + Version.text() + ", Java " + Runtime.version() + ", "
                        + System.getProperty("os.name") + " " + System.getProperty("os.arch"));
                problem.printStackTrace(writer);
            }
            return "the details in " + file;
        } catch (IOException unwritable) {
            return "this: " + problem;
        }
    }
}
