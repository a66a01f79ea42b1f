package genka.app;

/** The one screen that {@code ./genka} alone shows. */
final class Welcome {
    private Welcome() {}

    static void print(Terminal terminal) {
        Style style = terminal.style();
        terminal.out().print("""
                %s trains reasoning models the DeepSeek way, in pure Java, and keeps the books.

                One recipe file, four verbs:
                  %s    train it on this machine: pre-training, then reinforcement learning until it reasons
                  %s   what it cost: the headline figure beside the full one, line by line
                  %s   hours, memory and dollars before you start, up to thousands of accelerators, with a range
                  %s  answer over HTTP %s

                Try this. A DeepSeek-V3 model starts from random weights and learns to think before it answers,
                in about ten seconds on two cores:

                  %s

                Further commands: runs, show, report, watch, ask, eval, sweep, facts, validate, calibrate, check,
                inspect, bench, test.
                ./genka --help lists them; ./genka COMMAND --help explains one, with examples.
                """.formatted(
                        style.bold("Genka " + Version.text()),
                        style.bold("run"),
                        style.bold("bill"),
                        style.bold("plan"),
                        style.bold("serve"),
                        style.dim("(in a later release)"),
                        style.bold("./genka run recipes/r1-zero-tiny.yaml")));
    }
}
