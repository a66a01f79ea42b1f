package genka.app;

import genka.train.Trouble;
import java.util.List;

/** A trouble as two lines: what was seen, and what may help. */
final class TroubleView {
    private TroubleView() {}

    static List<String> lines(Trouble trouble, Style style) {
        String kind = trouble.kind().words();
        String name = trouble.severity() == Trouble.Severity.NOTE ? style.bold(kind) : style.warn(kind);
        return List.of(
                "  " + name + " (" + trouble.stage() + ", step " + trouble.step() + "): " + trouble.finding(),
                "    " + trouble.advice());
    }
}
