package io.slackwater.pricing.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Reads the name that a Kafka key spells: as plain text, or as JSON, as converters write it. These
 * all name the product 12345:
 *
 * <pre>
 * 12345
 * "12345"
 * {"product_id":"12345"}
 * {"schema":{...},"payload":"12345"}
 * {"schema":{...},"payload":{"product_id":"12345"}}
 * </pre>
 *
 * <p>White space around the JSON is allowed. An integer in a JSON key is the name that its digits
 * spell. Text that begins like JSON and is not is plain text.
 */
public final class KafkaKeys {

    /** Nobody keeps the names of its fields: keys come from any thread. */
    private static final JsonFactory FACTORY = Documents.newSharedFactory();

    /**
     * What a key spells.
     *
     * @param name the name; where the key names nothing, its own text
     * @param named whether the key names something: JSON without a name and bytes that are not
     *     UTF-8 do not
     */
    record Spelling(String name, boolean named) {}

    private KafkaKeys() {}

    /**
     * Returns the name that a key spells. Where the key is JSON without a name, or not UTF-8, that
     * is its own text, with U+FFFD for malformed bytes.
     *
     * @param key the record's key; null: none
     * @param field the field that holds the name in a JSON object, such as {@code book_id}
     * @return null when there is no key, or when it is a converter's envelope around null
     */
    public static String name(byte[] key, String field) {
        Spelling spelling = spelling(key, field);
        return spelling == null ? null : spelling.name;
    }

    /**
     * Returns whether a key agrees with the name that its record's value gives: there is no key, or
     * it spells that name. Allocates nothing where the key is the name in plain text.
     *
     * @param key the record's key; null: none
     * @param field the field that holds the name in a JSON object
     * @param name what the value says
     */
    public static boolean agrees(byte[] key, String field, String name) {
        if (key == null || isText(key, name)) {
            return true;
        }
        Spelling spelling = spelling(key, field);
        return spelling == null || (spelling.named && spelling.name.equals(name));
    }

    /** Null when there is no key. */
    static Spelling spelling(byte[] key, String field) {
        if (key == null) {
            return null;
        }
        String text = Texts.utf8(key, 0, key.length);
        if (text == null) {
            return new Spelling(new String(key, StandardCharsets.UTF_8), false);
        }
        if (!beginsLikeJson(text)) {
            return new Spelling(text, true);
        }
        try (JsonParser parser = FACTORY.createParser(text)) {
            JsonToken token = parser.nextToken();
            Spelling spelling = value(parser, token, field, text, true);
            return parser.nextToken() == null ? spelling : new Spelling(text, true);
        } catch (IOException notJson) {
            return new Spelling(text, true);
        }
    }

    private static boolean beginsLikeJson(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
                return c == '"' || c == '{';
            }
        }
        return false;
    }

    /** What the value at hand names; null when it is null. */
    private static Spelling value(
            JsonParser parser, JsonToken token, String field, String text, boolean outermost)
            throws IOException {
        return token == JsonToken.START_OBJECT
                ? object(parser, field, text, outermost)
                : single(parser, token, text);
    }

    private static Spelling single(JsonParser parser, JsonToken token, String text)
            throws IOException {
        if (token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NUMBER_INT) {
            return new Spelling(parser.getText(), true);
        }
        parser.skipChildren();
        return token == JsonToken.VALUE_NULL ? null : new Spelling(text, false);
    }

    /** The field's value; where there is none, the payload beside a schema. */
    private static Spelling object(JsonParser parser, String field, String text, boolean outermost)
            throws IOException {
        Spelling named = new Spelling(text, false);
        Spelling payload = named;
        boolean schema = false;
        String name;
        while ((name = parser.nextFieldName()) != null) {
            JsonToken token = parser.nextToken();
            if (name.equals(field)) {
                Spelling value = single(parser, token, text);
                named = value == null ? named : value;
            } else if (outermost && name.equals("payload")) {
                payload = value(parser, token, field, text, false);
            } else {
                schema = schema || name.equals("schema");
                parser.skipChildren();
            }
        }
        return schema && !named.named ? payload : named;
    }

    /** Returns whether the key is exactly the UTF-8 of a text without unpaired surrogates. */
    private static boolean isText(byte[] key, String text) {
        int at = 0;
        for (int i = 0; i < text.length(); i++) {
            int c = text.charAt(i);
            if (c < 0x80) {
                if (at >= key.length || key[at++] != c) {
                    return false;
                }
                continue;
            }
            if (Character.isHighSurrogate((char) c) && i + 1 < text.length()) {
                c = Character.toCodePoint((char) c, text.charAt(++i));
            }
            int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
            if (at + more >= key.length || (key[at++] & 0xFF) != lead(c, more)) {
                return false;
            }
            while (more-- > 0) {
                if ((key[at++] & 0xFF) != (0x80 | (c >> (6 * more) & 0x3F))) {
                    return false;
                }
            }
        }
        return at == key.length;
    }

    /** The first byte of a character that has more. */
    private static int lead(int c, int more) {
        int mark = more == 1 ? 0xC0 : more == 2 ? 0xE0 : 0xF0;
        return mark | c >> (6 * more);
    }
}
