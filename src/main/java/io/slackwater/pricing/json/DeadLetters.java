package io.slackwater.pricing.json;

import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.Source;
import java.util.Arrays;
import java.util.Base64;

/**
 * Makes dead letters that can always be published: Kafka refuses a record above 1,048,576 bytes
 * (its default), and a sink that is refused restarts for ever. JSON makes of one byte at most six
 * (a control character becomes backslash, u and four digits), so that {@link #MAX_PAYLOAD} bytes
 * become at most 786,432, and the key, path and message, bounded likewise, at most some 20,000
 * more.
 *
 * <p>A bad line carries its own bytes, not its message's: lines do not overlap, so all dead letters
 * of a message together carry its bytes at most twice (a line that does without both its optional
 * fields has two), and some hundred bytes a letter besides.
 */
public final class DeadLetters {

    /** The most bytes of a value that a dead letter carries. */
    static final int MAX_PAYLOAD = 128 << 10;

    /** The most bytes of a key that a dead letter carries: enough for every valid name. */
    static final int MAX_KEY = 1 << 10;

    private DeadLetters() {}

    /**
     * Makes the dead letter of a whole message.
     *
     * @param reason a stable code, upper case
     * @param path JSON pointer to what is bad; empty for the whole document
     * @param message one sentence: what is wrong and what is allowed
     * @param source where the message came from
     * @param key its Kafka key; null: none
     * @param value its Kafka value; null: none
     */
    public static DeadLetter of(
            String reason, String path, String message, Source source, byte[] key, byte[] value) {
        return of(reason, path, message, source, key, value, 0, value == null ? 0 : value.length);
    }

    /** Makes the dead letter of a whole message. */
    static DeadLetter of(Refusal refusal, Source source, byte[] key, byte[] value) {
        return of(
                refusal.reason(),
                refusal.path(),
                refusal.getMessage(),
                source,
                key,
                value,
                0,
                value == null ? 0 : value.length);
    }

    /** Makes the dead letter of the part of a message from one byte to another. */
    static DeadLetter of(
            String reason,
            String path,
            String message,
            Source source,
            byte[] key,
            byte[] value,
            int from,
            int to) {
        int end = Math.min(to, from + MAX_PAYLOAD);
        String payload = null;
        boolean text = true;
        if (value != null) {
            payload = text(value, from, end, end < to);
            text = payload != null;
            if (!text) {
                payload = base64(value, from, end);
            }
        }
        String keyText = null;
        boolean keyCut = key != null && key.length > MAX_KEY;
        if (key != null) {
            int keyEnd = Math.min(key.length, MAX_KEY);
            keyText = text(key, 0, keyEnd, keyCut);
            if (keyText == null) {
                keyText = base64(key, 0, keyEnd);
            }
        }
        // A record's timestamp is outside data too: what no table or topic could hold is bounded.
        long failedAt = Math.max(0, Math.min(source.timestamp(), Instants.MAX));
        return new DeadLetter(
                reason,
                path,
                message,
                source,
                keyText,
                payload,
                text ? "utf-8" : "base64",
                end < to || keyCut,
                failedAt);
    }

    /** As UTF-8; a cut may have gone through the last character, which is then left out. */
    private static String text(byte[] bytes, int from, int end, boolean cut) {
        int whole = end;
        if (cut) {
            while (whole > from && end - whole < 4 && (bytes[whole] & 0xC0) == 0x80) {
                whole--;
            }
        }
        return Texts.utf8(bytes, from, whole);
    }

    private static String base64(byte[] bytes, int from, int end) {
        byte[] part = Arrays.copyOfRange(bytes, from, end);
        return Base64.getEncoder().encodeToString(part);
    }
}
