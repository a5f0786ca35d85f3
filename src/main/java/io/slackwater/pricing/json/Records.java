package io.slackwater.pricing.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** What the messages of inventory and catalog have in common: a product and a time. */
final class Records {

    private static final String PRODUCT_ID = "product_id";

    private Records() {}

    /** Refuses a Kafka record whose timestamp bounds nothing. */
    static void checkTimestamp(long timestamp) throws Refusal {
        if (timestamp < 0 || timestamp > Instants.MAX) {
            throw new Refusal(
                    "RECORD_TIMESTAMP_INVALID",
                    "",
                    "The Kafka record's timestamp is "
                            + timestamp
                            + "; allowed: epoch milliseconds from 0 to "
                            + Instants.MAX
                            + ".");
        }
    }

    /** The product that a tombstone's key names. */
    static String keyOfTombstone(byte[] key) throws Refusal {
        KafkaKeys.Spelling spelling = KafkaKeys.spelling(key, PRODUCT_ID);
        if (spelling == null) {
            throw new Refusal(
                    "TOMBSTONE_WITHOUT_KEY",
                    "",
                    "The record has neither key nor value; allowed: a tombstone with the product id"
                            + " as its key.");
        }
        if (!spelling.named()) {
            boolean text = Texts.utf8(key, 0, key.length) != null;
            throw text
                    ? new Refusal(
                            "KEY_WITHOUT_PRODUCT_ID",
                            "",
                            "The key is JSON that names no product; allowed: the product id as"
                                    + " plain text, as JSON text, or as product_id in an object.")
                    : new Refusal(
                            "KEY_NOT_UTF_8",
                            "",
                            "The key is not UTF-8; allowed: " + Texts.ALLOWED + ".");
        }
        Texts.Fault fault = Texts.fault(spelling.name());
        if (fault != null) {
            throw new Refusal(fault.reason("key"), "", fault.message("key"));
        }
        return spelling.name();
    }

    /**
     * Refuses a key that names another product than the value: whoever reads the topic by key, and
     * compaction, would take the one for the other.
     */
    static void checkKey(byte[] key, String productId) throws Refusal {
        if (!KafkaKeys.agrees(key, PRODUCT_ID, productId)) {
            throw new Refusal(
                    "KEY_MISMATCH",
                    "/" + PRODUCT_ID,
                    "product_id is "
                            + Texts.quote(productId)
                            + " but the key is another; allowed: the same, or no key.");
        }
    }

    static Refusal missing(String field) {
        return new Refusal(
                Texts.code(field) + "_MISSING",
                "",
                field + " is missing; allowed: " + Texts.ALLOWED + ".");
    }

    /** The name at hand. */
    static String name(JsonParser parser, JsonToken token, String field) throws IOException {
        if (token != JsonToken.VALUE_STRING) {
            throw new Refusal(
                    Texts.code(field) + "_NOT_TEXT",
                    "/" + field,
                    field + " is " + Documents.kind(token) + "; allowed: " + Texts.ALLOWED + ".");
        }
        String name = parser.getText();
        Texts.Fault fault = Texts.fault(name);
        if (fault != null) {
            throw new Refusal(fault.reason(field), "/" + field, fault.message(field));
        }
        return name;
    }

    /**
     * The time at hand, epoch milliseconds; bounded by the record's timestamp, which an empty text
     * stands for as an absent field does.
     */
    static long time(
            JsonParser parser, JsonToken token, String field, long timestamp, long maxFutureMillis)
            throws IOException {
        long time = Instants.INVALID;
        if (token == JsonToken.VALUE_STRING) {
            if (parser.getTextLength() == 0) {
                return timestamp;
            }
            time =
                    Instants.parse(
                            parser.getTextCharacters(),
                            parser.getTextOffset(),
                            parser.getTextLength());
        } else if (token == JsonToken.VALUE_NUMBER_INT) {
            // What does not fit a long is an integer all the same: out of range, not malformed.
            time =
                    parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                            ? -1
                            : Math.max(-1, parser.getLongValue());
        }
        if (time == Instants.INVALID) {
            throw new Refusal(
                    Texts.code(field) + "_NOT_A_TIME",
                    "/" + field,
                    field
                            + " is "
                            + (token == JsonToken.VALUE_STRING
                                    ? Texts.quote(parser.getText())
                                    : Documents.kind(token))
                            + "; allowed: ISO-8601 with an offset, or epoch milliseconds.");
        }
        if (time < 0 || time > Instants.MAX) {
            throw new Refusal(
                    Texts.code(field) + "_OUT_OF_RANGE",
                    "/" + field,
                    field
                            + " is "
                            + Texts.quote(parser.getText())
                            + "; allowed: from 1970-01-01T00:00:00Z to the end of the year 9999.");
        }
        // Both lie between 0 and the year 9999: the difference cannot overflow.
        if (time - timestamp > maxFutureMillis) {
            throw new Refusal(
                    Texts.code(field) + "_IN_FUTURE",
                    "/" + field,
                    field
                            + " is "
                            + (time - timestamp)
                            + " ms ahead of the Kafka record's timestamp; allowed: at most "
                            + maxFutureMillis
                            + " ms.");
        }
        return time;
    }

    /** Gives a parser's buffers back. */
    static void close(JsonParser parser) {
        if (parser == null) {
            return;
        }
        try {
            parser.close();
        } catch (IOException impossible) {
            // There is nothing to close behind an array of bytes.
            throw new AssertionError(impossible);
        }
    }
}
