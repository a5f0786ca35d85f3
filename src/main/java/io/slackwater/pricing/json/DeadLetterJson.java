package io.slackwater.pricing.json;

import static io.slackwater.pricing.json.JsonBytes.name;

import io.slackwater.pricing.model.DeadLetter;

/** The records of {@code dead_letters}. */
public final class DeadLetterJson implements RecordJson<DeadLetter> {

    private static final byte[] REASON = name("reason");
    private static final byte[] PATH = name("path");
    private static final byte[] MESSAGE = name("message");
    private static final byte[] SOURCE = name("source");
    private static final byte[] TOPIC = name("topic");
    private static final byte[] PARTITION = name("partition");
    private static final byte[] OFFSET = name("offset");
    private static final byte[] TIMESTAMP = name("timestamp");
    private static final byte[] KEY = name("key");
    private static final byte[] PAYLOAD = name("payload");
    private static final byte[] PAYLOAD_ENCODING = name("payload_encoding");
    private static final byte[] TRUNCATED = name("truncated");
    private static final byte[] FAILED_AT = name("failed_at");

    private final JsonBytes json = new JsonBytes();

    /** The key of a dead letter: that of the message, else where it was, so that it has one. */
    @Override
    public byte[] key(DeadLetter letter) {
        var source = letter.source();
        return OutputKeys.bytes(
                letter.key() != null
                        ? letter.key()
                        : source.topic() + "-" + source.partition() + "-" + source.offset());
    }

    /**
     * The value of a dead letter; without a bound always below 1,000,000 bytes, as what the
     * decoders make is bounded. Where it would be longer than the room, its payload is cut, and
     * where that is not enough what else came from outside.
     */
    @Override
    public byte[] value(DeadLetter letter, int room) {
        byte[] value = write(letter);
        if (value.length <= room) {
            return value;
        }
        DeadLetter cut = letter;
        byte[] empty = write(JsonCut.withPayload(cut, 0));
        if (empty.length > room) {
            cut = JsonCut.withShortTexts(cut, JsonCut.CUT_BYTES);
            empty = write(JsonCut.withPayload(cut, 0));
        }
        return write(JsonCut.withPayload(cut, Math.max(0, room - empty.length)));
    }

    private byte[] write(DeadLetter letter) {
        json.begin();
        json.text(REASON, letter.reason());
        json.text(PATH, letter.path());
        json.text(MESSAGE, letter.message());
        json.open(SOURCE, '{');
        json.text(TOPIC, letter.source().topic());
        json.number(PARTITION, letter.source().partition());
        json.number(OFFSET, letter.source().offset());
        json.time(TIMESTAMP, letter.source().timestamp());
        json.close('}');
        json.text(KEY, letter.key());
        json.text(PAYLOAD, letter.payload());
        if (letter.payload() != null) {
            json.text(PAYLOAD_ENCODING, letter.payloadEncoding());
        }
        json.flag(TRUNCATED, letter.truncated());
        json.time(FAILED_AT, letter.failedAt());
        return json.end();
    }
}
