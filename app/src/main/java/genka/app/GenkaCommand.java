package genka.app;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The root: without a command it shows the welcome screen. */
@Command(
        name = "./genka",
        synopsisSubcommandLabel = "COMMAND",
        header = "Trains reasoning models the DeepSeek way on the JVM, and keeps the books.%n",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footer = {
            "",
            "Also: ./genka test [--long] runs every check of a checkout.",
            "",
            "Examples:",
            "  ./genka run recipes/r1-zero-tiny.yaml",
            "  ./genka ask last \"3+9+4+1+7=\"",
            "  ./genka bill last",
            "",
            "Exit codes: 0 done, 2 the input is at fault, 3 a resource is missing, 4 a system outside failed,",
            "70 a bug of Genka, 130 stopped. docs/errors.md explains them."
        })
final class GenkaCommand implements Runnable {
    private final Terminal terminal;

    @Mixin
    HelpOption help = new HelpOption();

    @Option(
            names = {"-V", "--version"},
            description = "Show the version.")
    private boolean version;

    GenkaCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        if (version) {
            terminal.out().println("genka " + Version.text());
        } else {
            Welcome.print(terminal);
        }
    }
}
