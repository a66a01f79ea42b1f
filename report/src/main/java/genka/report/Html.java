package genka.report;

import java.util.Collection;
import java.util.stream.Collectors;

/** A piece of a page. Text becomes one only by escaping, so what a model or a user wrote can never be markup. */
record Html(String source) {
    static final Html NONE = new Html("");

    /**
     * The template with each {@code {}} replaced in order: pieces of a page as they are, everything else as text. Also within the quotes
     * of an attribute.
     */
    static Html of(String template, Object... values) {
        StringBuilder source = new StringBuilder(template.length() + 64);
        int from = 0;
        for (Object value : values) {
            int hole = template.indexOf("{}", from);
            if (hole < 0) {
                throw new IllegalArgumentException(values.length + " values do not fit in " + template);
            }
            source.append(template, from, hole).append(value instanceof Html html ? html.source : escaped(value));
            from = hole + 2;
        }
        if (template.indexOf("{}", from) >= 0) {
            throw new IllegalArgumentException(values.length + " values do not fill " + template);
        }
        return new Html(source.append(template, from, template.length()).toString());
    }

    static Html all(Collection<Html> pieces) {
        return new Html(pieces.stream().map(Html::source).collect(Collectors.joining()));
    }

    boolean isEmpty() {
        return source.isEmpty();
    }

    private static String escaped(Object value) {
        String text = String.valueOf(value);
        StringBuilder safe = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.append(Character.isISOControl(c) && c != '\n' && c != '\t' ? '\u00b7' : c);
            }
        }
        return safe.toString();
    }
}
