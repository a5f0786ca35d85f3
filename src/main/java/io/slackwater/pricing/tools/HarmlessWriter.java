package io.slackwater.pricing.tools;

import java.io.IOException;
import java.io.Writer;

/**
 * Lets nothing through that commands a terminal or hides what a text says: control characters (but
 * the end of a line), marks that turn the direction of writing, halves of surrogate pairs. They
 * become question marks. Everything that a command prints passes here, whatever rule books, answers
 * of the job and arguments hold.
 */
final class HarmlessWriter extends Writer {

    private final Writer out;

    HarmlessWriter(Writer out) {
        this.out = out;
    }

    @Override
    public void write(char[] text, int from, int length) throws IOException {
        StringBuilder harmless = new StringBuilder(length);
        int end = from + length;
        for (int i = from; i < end; ) {
            int c = Character.codePointAt(text, i, end);
            harmless.appendCodePoint(c == '\n' || isHarmless(c) ? c : '?');
            i += Character.charCount(c);
        }
        out.append(harmless);
    }

    /** Text for one line: harmless, and the ends of lines are question marks too. */
    static String line(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().forEach(c -> line.appendCodePoint(isHarmless(c) ? c : '?'));
        return line.toString();
    }

    private static boolean isHarmless(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE ->
                    false;
            default -> true;
        };
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
