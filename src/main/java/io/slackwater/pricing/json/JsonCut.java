package io.slackwater.pricing.json;

import io.slackwater.pricing.model.DeadLetter;

/** Shortens texts so that they take no more than so many bytes inside a JSON document. */
final class JsonCut {

    /** To so many bytes the texts of a record that is too long are cut. */
    static final int CUT_BYTES = 512;

    private static final String BASE64 = "base64";

    private JsonCut() {}

    /**
     * The longest beginning of a text that takes so many bytes as a JSON string, without its
     * quotes; the whole text where it fits.
     */
    static String toBytes(String text, int most) {
        int bytes = 0;
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            bytes += length(character);
            if (bytes > most) {
                return text.substring(0, i);
            }
            i += Character.charCount(character);
        }
        return text;
    }

    /** How many bytes a character takes in a JSON string. */
    private static int length(int character) {
        if ("\"\\\b\t\n\f\r".indexOf(character) >= 0) {
            return 2;
        }
        boolean half = character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
        if (character < 0x20 || half) {
            return 6; // A backslash, u and four digits.
        }
        return character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    }

    /** A dead letter whose payload takes no more than so many bytes, and which says so. */
    static DeadLetter withPayload(DeadLetter letter, int most) {
        String payload = letter.payload();
        if (payload == null) {
            return letter;
        }
        String cut = toBytes(payload, most);
        if (letter.payloadEncoding().equals(BASE64)) {
            // Four characters are three bytes: no more than whole ones can be read back.
            cut = cut.substring(0, cut.length() - cut.length() % 4);
        }
        return new DeadLetter(
                letter.reason(),
                letter.path(),
                letter.message(),
                letter.source(),
                letter.key(),
                cut,
                letter.payloadEncoding(),
                letter.truncated() || cut.length() < payload.length(),
                letter.failedAt());
    }

    /** A dead letter whose path, message and key take no more than so many bytes each. */
    static DeadLetter withShortTexts(DeadLetter letter, int most) {
        return new DeadLetter(
                letter.reason(),
                toBytes(letter.path(), most),
                toBytes(letter.message(), most),
                letter.source(),
                letter.key() == null ? null : toBytes(letter.key(), most),
                letter.payload(),
                letter.payloadEncoding(),
                true,
                letter.failedAt());
    }
}
