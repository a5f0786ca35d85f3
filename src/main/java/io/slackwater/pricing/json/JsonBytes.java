package io.slackwater.pricing.json;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes one JSON object after the other into the same buffer.
 *
 * <p>A well-kept library usually beats code like this. It stands here because every price is
 * written once, and what a library does for any document (a generator and a context for each,
 * amounts and times as strings first) takes three to five times as long. {@code OutputBenchmark}
 * writes the same records with Jackson's generator beside it, and a test holds the bytes equal for
 * random texts and numbers.
 *
 * <p>Field names are encoded once, by {@link #name}. Commas are written where the byte before them
 * does not open an object or array.
 */
final class JsonBytes {

    private static final int USUAL_BYTES = 512;

    /** A buffer that a long document has made larger than this is given back. */
    private static final int MOST_KEPT_BYTES = 1 << 16;

    /** A control character takes six bytes, and no other more. */
    private static final int MOST_BYTES_A_CHARACTER = 6;

    private static final int MOST_BYTES_OF_A_LONG = 20;
    private static final int MOST_DIGITS = 18;
    private static final byte[] HEX = ascii("0123456789ABCDEF");

    /** What follows the backslash, by character; 0: it is written as it is. */
    private static final byte[] ESCAPES = escapes();

    private static final long[] POWERS_OF_TEN = powersOfTen();

    private byte[] bytes = new byte[USUAL_BYTES];
    private int length;

    /** The time written last: that of a price's event and of its beginning are often the same. */
    private final byte[] timeText = new byte[Instants.LENGTH];

    private long time = Instants.INVALID;

    /** Encodes the name of a field, with a comma before it and a colon behind it. */
    static byte[] name(String name) {
        return ascii(",\"" + name + "\":");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Begins a document, an object. */
    void begin() {
        length = 0;
        open('{');
    }

    /** Ends the document and returns it. */
    byte[] end() {
        close('}');
        byte[] document = Arrays.copyOf(bytes, length);
        if (bytes.length > MOST_KEPT_BYTES) {
            bytes = new byte[USUAL_BYTES];
        }
        return document;
    }

    /** Begins an object or array that is an element of an array. */
    void open(char bracket) {
        room(2);
        comma();
        bytes[length++] = (byte) bracket;
    }

    /** Begins the object or array of a field. */
    void open(byte[] name, char bracket) {
        field(name);
        room(1);
        bytes[length++] = (byte) bracket;
    }

    /** Ends an object or array. */
    void close(char bracket) {
        room(1);
        bytes[length++] = (byte) bracket;
    }

    /** Writes a text; nothing where it is null. */
    void text(byte[] name, String value) {
        if (value != null) {
            field(name);
            string(value);
        }
    }

    /** Writes a text under a name that is not known before. */
    void text(String name, String value) {
        if (value != null) {
            field(name);
            string(value);
        }
    }

    /** Writes what is ASCII and a JSON value already. */
    void plain(String name, String value) {
        field(name);
        plain(value);
    }

    void number(byte[] name, long value) {
        field(name);
        number(value);
    }

    /** Writes a number; nothing where it is null. */
    void number(byte[] name, Number value) {
        if (value != null) {
            number(name, value.longValue());
        }
    }

    void flag(byte[] name, boolean value) {
        field(name);
        plain(value ? "true" : "false");
    }

    /** Writes an amount with the digits that it has, without an exponent; nothing where null. */
    void amount(byte[] name, BigDecimal value) {
        if (value != null) {
            field(name);
            amount(value);
        }
    }

    /** Writes an amount under a name that is not known before. */
    void amount(String name, BigDecimal value) {
        field(name);
        amount(value);
    }

    /** Writes a time; nothing where it is null. */
    void time(byte[] name, Long epochMillis) {
        if (epochMillis != null) {
            time(name, epochMillis.longValue());
        }
    }

    void time(byte[] name, long epochMillis) {
        field(name);
        if (!Instants.isFormattable(epochMillis)) {
            string(Instants.format(epochMillis));
            return;
        }
        if (epochMillis != time) {
            Instants.format(epochMillis, timeText);
            time = epochMillis;
        }
        room(Instants.LENGTH + 2);
        bytes[length++] = '"';
        System.arraycopy(timeText, 0, bytes, length, Instants.LENGTH);
        length += Instants.LENGTH;
        bytes[length++] = '"';
    }

    // ---------------------------------------------------------------- parts

    private void field(byte[] name) {
        room(name.length);
        int from = isFirst() ? 1 : 0;
        System.arraycopy(name, from, bytes, length, name.length - from);
        length += name.length - from;
    }

    private void field(String name) {
        room(1);
        comma();
        string(name);
        room(1);
        bytes[length++] = ':';
    }

    private void comma() {
        if (!isFirst()) {
            bytes[length++] = ',';
        }
    }

    private boolean isFirst() {
        return length == 0 || bytes[length - 1] == '{' || bytes[length - 1] == '[';
    }

    private void plain(String ascii) {
        int size = ascii.length();
        room(size);
        for (int i = 0; i < size; i++) {
            bytes[length + i] = (byte) ascii.charAt(i);
        }
        length += size;
    }

    private void amount(BigDecimal value) {
        int scale = value.scale();
        if (scale < 0 || scale > MOST_DIGITS || value.precision() > MOST_DIGITS) {
            plain(value.toPlainString());
            return;
        }
        long unscaled = value.unscaledValue().longValue();
        if (scale == 0) {
            number(unscaled);
            return;
        }
        room(MOST_BYTES_OF_A_LONG + 2);
        if (unscaled < 0) {
            bytes[length++] = '-';
            unscaled = -unscaled;
        }
        long whole = unscaled / POWERS_OF_TEN[scale];
        digits(whole, countOfDigits(whole));
        bytes[length++] = '.';
        digits(unscaled - whole * POWERS_OF_TEN[scale], scale);
    }

    private void number(long value) {
        room(MOST_BYTES_OF_A_LONG);
        long absolute = value;
        if (value < 0) {
            if (value == Long.MIN_VALUE) {
                plain(Long.toString(value));
                return;
            }
            bytes[length++] = '-';
            absolute = -value;
        }
        digits(absolute, countOfDigits(absolute));
    }

    /** Writes a number that is not negative with so many digits. */
    private void digits(long number, int count) {
        long rest = number;
        for (int i = length + count - 1; i >= length; i--) {
            long tenth = rest / 10;
            bytes[i] = (byte) ('0' + (int) (rest - 10 * tenth));
            rest = tenth;
        }
        length += count;
    }

    private static int countOfDigits(long number) {
        int count = 1;
        while (count < POWERS_OF_TEN.length && number >= POWERS_OF_TEN[count]) {
            count++;
        }
        return count;
    }

    /**
     * Writes a text in its quotes: a quotation mark, a backslash and control characters escaped,
     * all else in UTF-8. Half a surrogate pair, which UTF-8 cannot write, is escaped, too.
     */
    private void string(String text) {
        int size = text.length();
        room(MOST_BYTES_A_CHARACTER * size + 2);
        byte[] to = bytes;
        int at = length;
        to[at++] = '"';
        for (int i = 0; i < size; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                byte escape = ESCAPES[c];
                if (escape == 0) {
                    to[at++] = (byte) c;
                } else {
                    if (escape == 'u') {
                        at = escaped(c, to, at);
                    } else {
                        to[at++] = '\\';
                        to[at++] = escape;
                    }
                }
            } else if (c < 0x800) {
                to[at++] = (byte) (0xc0 | c >> 6);
                to[at++] = (byte) (0x80 | c & 0x3f);
            } else if (!Character.isSurrogate(c)) {
                to[at++] = (byte) (0xe0 | c >> 12);
                to[at++] = (byte) (0x80 | c >> 6 & 0x3f);
                to[at++] = (byte) (0x80 | c & 0x3f);
            } else {
                int both = text.codePointAt(i);
                if (both < Character.MIN_SUPPLEMENTARY_CODE_POINT) {
                    at = escaped(c, to, at);
                    continue;
                }
                to[at++] = (byte) (0xf0 | both >> 18);
                to[at++] = (byte) (0x80 | both >> 12 & 0x3f);
                to[at++] = (byte) (0x80 | both >> 6 & 0x3f);
                to[at++] = (byte) (0x80 | both & 0x3f);
                i++;
            }
        }
        to[at++] = '"';
        length = at;
    }

    private static int escaped(char c, byte[] to, int from) {
        int at = from;
        to[at++] = '\\';
        to[at++] = 'u';
        to[at++] = HEX[c >> 12];
        to[at++] = HEX[c >> 8 & 0xf];
        to[at++] = HEX[c >> 4 & 0xf];
        to[at++] = HEX[c & 0xf];
        return at;
    }

    private void room(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * bytes.length));
        }
    }

    private static byte[] escapes() {
        byte[] escapes = new byte[0x80];
        Arrays.fill(escapes, 0, 0x20, (byte) 'u');
        escapes['\b'] = 'b';
        escapes['\t'] = 't';
        escapes['\n'] = 'n';
        escapes['\f'] = 'f';
        escapes['\r'] = 'r';
        escapes['"'] = '"';
        escapes['\\'] = '\\';
        return escapes;
    }

    private static long[] powersOfTen() {
        long[] powers = new long[MOST_DIGITS + 1];
        powers[0] = 1;
        for (int i = 1; i < powers.length; i++) {
            powers[i] = 10 * powers[i - 1];
        }
        return powers;
    }
}
