package genka.app;

/** The process. Answers {@code --version} and the bare command without loading a parser, so that they are instant. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Terminal terminal = Terminal.ofProcess();
        System.exit(terminal.flush(run(args, terminal)));
    }

    /** Runs one command line; returns its exit code. */
    static int run(String[] args, Terminal terminal) {
        if (args.length == 0) {
            Welcome.print(terminal);
            return 0;
        }
        if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
            terminal.out().println("genka " + Version.text());
            return 0;
        }
        if (args.length == 3 && args[0].equals("warm-up")) {
            return WarmUp.run(args[1], args[2]);
        }
        return Commands.execute(args, terminal);
    }
}
