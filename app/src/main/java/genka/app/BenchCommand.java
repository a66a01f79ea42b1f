package genka.app;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Measurements of this machine and of Genka on it, one subcommand each. */
@Command(
        name = "bench",
        header = "Measure this machine.",
        synopsisSubcommandLabel = "COMMAND",
        synopsisHeading = "%nUsage: ",
        commandListHeading = "%nCommands:%n",
        footer = {
            "",
            "Examples:",
            "  ./genka bench gemm",
            "  ./genka bench train --config config.json --batch 64 --seq 64",
            "  ./genka bench decode --config config.json"
        })
final class BenchCommand implements Runnable {
    private final Terminal terminal;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    HelpOption help = new HelpOption();

    BenchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** With its subcommands. */
    static CommandLine line(Terminal terminal) {
        return new CommandLine(new BenchCommand(terminal))
                .addSubcommand("gemm", new CommandLine(new BenchGemmCommand(terminal)))
                .addSubcommand("train", new CommandLine(new BenchTrainCommand(terminal)))
                .addSubcommand("decode", new CommandLine(new BenchDecodeCommand(terminal)))
                .addSubcommand("grpo", new CommandLine(new BenchGrpoCommand(terminal)))
                .addSubcommand("fp8", new CommandLine(new BenchFp8Command(terminal)))
                .addSubcommand("plan", new CommandLine(new BenchPlanCommand(terminal)));
    }

    @Override
    public void run() {
        spec.commandLine().usage(terminal.out());
    }
}
