package io.slackwater.pricing.json;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What a name (of a product, warehouse, tier, rule) may be, and how outside text is quoted. */
final class Texts {

    /** A name's greatest length, in Unicode characters. */
    static final int MAX_LENGTH = 256;

    private static final int QUOTED = 40;

    /** What can be wrong with a name. The constant's name is the end of the reason code. */
    enum Fault {
        BLANK("is blank"),
        TOO_LONG("is longer than " + MAX_LENGTH + " characters"),
        CONTROL_CHARACTER("holds a control character"),
        UNPAIRED_SURROGATE("holds half of a surrogate pair");

        private final String text;

        Fault(String text) {
            this.text = text;
        }

        /** {@code PRODUCT_ID_BLANK} for the field {@code product_id}. */
        String reason(String field) {
            return code(field) + "_" + name();
        }

        /** One sentence: what is wrong and what is allowed. */
        String message(String field) {
            return field + " " + text + "; allowed: " + ALLOWED + ".";
        }
    }

    static final String ALLOWED =
            "non-blank text of at most " + MAX_LENGTH + " characters without control characters";

    private Texts() {}

    /** The reason code's beginning for a field. */
    static String code(String field) {
        return field.toUpperCase(Locale.ROOT);
    }

    /** What is wrong with a name; null when nothing is. */
    static Fault fault(String name) {
        int length = name.length();
        boolean blank = true;
        int characters = 0;
        for (int i = 0; i < length; i++) {
            char c = name.charAt(i);
            if (Character.isISOControl(c)) {
                return Fault.CONTROL_CHARACTER;
            }
            if (Character.isSurrogate(c)) {
                // An escaped half pair is legal in JSON's grammar but cannot be written as UTF-8
                // again.
                if (Character.isLowSurrogate(c)
                        || i + 1 == length
                        || !Character.isLowSurrogate(name.charAt(i + 1))) {
                    return Fault.UNPAIRED_SURROGATE;
                }
                i++;
            }
            blank = blank && (Character.isWhitespace(c) || Character.isSpaceChar(c));
            characters++;
        }
        if (blank) {
            return Fault.BLANK;
        }
        return characters > MAX_LENGTH ? Fault.TOO_LONG : null;
    }

    /**
     * Outside text for a message: in quotes, at most {@value #QUOTED} characters of it, and nothing
     * in it that could break a line of a log or command a terminal.
     */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder(QUOTED + 5).append('\'');
        append(quoted, text, QUOTED);
        return quoted.append('\'').toString();
    }

    /** The digits of a number for a message, at most {@value #QUOTED} of them. */
    static String cut(String number) {
        return number.length() <= QUOTED ? number : number.substring(0, QUOTED) + "...";
    }

    /** Appends text harmless to logs, cut to a number of chars. */
    static void append(StringBuilder out, String text, int limit) {
        for (int i = 0; i < text.length(); i++) {
            if (i >= limit) {
                out.append("...");
                return;
            }
            char c = text.charAt(i);
            int type = Character.getType(c);
            boolean harmless =
                    type != Character.CONTROL
                            && type != Character.FORMAT
                            && type != Character.LINE_SEPARATOR
                            && type != Character.PARAGRAPH_SEPARATOR
                            && !Character.isSurrogate(c);
            out.append(harmless ? c : '?');
        }
    }

    /** The text of strict UTF-8; null when it is not. Stricter than Jackson: no overlong forms. */
    static String utf8(byte[] bytes, int from, int to) {
        try {
            // A fresh decoder reports what is malformed; new String(...) would replace it.
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, to - from))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            return null;
        }
    }
}
