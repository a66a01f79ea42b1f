package genka.app;

/** Emphasis where the reader is a terminal, plain text anywhere else. */
record Style(boolean colour) {
    private static final String RESET = "\u001b[0m";

    String bold(String text) {
        return wrap("\u001b[1m", text);
    }

    String dim(String text) {
        return wrap("\u001b[2m", text);
    }

    String good(String text) {
        return wrap("\u001b[32m", text);
    }

    String warn(String text) {
        return wrap("\u001b[33m", text);
    }

    private String wrap(String code, String text) {
        return colour ? code + text + RESET : text;
    }
}
