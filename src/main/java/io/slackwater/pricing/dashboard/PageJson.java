package io.slackwater.pricing.dashboard;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.slackwater.pricing.json.Instants;
import io.slackwater.pricing.json.RecordJson;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/**
 * Reads and writes the JSON of the page, with limits: whoever can write to the topics cannot stop
 * the page, nor fill its memory. A record that is not as the contract says, or beyond a limit,
 * throws an {@link IOException} and nothing else.
 */
final class PageJson {

    /** Names have at most 256 characters by contract, each of at most two chars. */
    static final int MAX_NAME = 512;

    /** The longest text of a field. */
    static final int MAX_TEXT = 2_000;

    /**
     * The most characters of a number that the page shows. The job writes no longer ones ({@link
     * RecordJson#LONGEST_NUMBER}), but release 0.1.0 did: they are cut, and end in an ellipsis.
     */
    static final int MAX_NUMBER = 2 * RecordJson.LONGEST_NUMBER;

    /** The largest record, bytes. */
    private static final int MAX_RECORD = 1_048_576;

    private static final JsonFactory JSON =
            new JsonFactoryBuilder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(32)
                                    .maxDocumentLength(2 * MAX_RECORD)
                                    .maxStringLength(2 * MAX_RECORD)
                                    // Numbers are copied and never calculated, so that long
                                    // ones cost no more than text.
                                    .maxNumberLength(2 * MAX_RECORD)
                                    .build())
                    // Jackson's default escapes every character beyond the first 65,536.
                    .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                    .build();

    private PageJson() {}

    // ---- reading

    /**
     * Opens a record at its first field.
     *
     * @throws IOException when it is no JSON object, or too large
     */
    static JsonParser open(byte[] value) throws IOException {
        if (value == null || value.length > MAX_RECORD) {
            throw new IOException("it is " + (value == null ? "empty" : "too large"));
        }
        JsonParser json = JSON.createParser(value);
        if (json.nextToken() != JsonToken.START_OBJECT) {
            json.close();
            throw new IOException("it is no JSON object");
        }
        return json;
    }

    /** Checks that the record ends where its object ends. */
    static void end(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
            throw new IOException("it does not end where the object ends");
        }
    }

    /** Checks that an object begins here. */
    static void object(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new IOException("it is no object");
        }
    }

    /** Returns the text that stands here. */
    static String text(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw new IOException(json.currentName() + " is no text");
        }
        return json.getText();
    }

    /** Returns the digits of the integer that stands here. */
    static String integer(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw new IOException(json.currentName() + " is no integer");
        }
        return shortened(json.getText());
    }

    /** Returns the digits of the plain decimal that stands here; a very long one is cut. */
    static String amount(JsonParser json) throws IOException {
        JsonToken token = json.currentToken();
        String text = json.getText();
        if ((token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT)
                || text.indexOf('e') >= 0
                || text.indexOf('E') >= 0) {
            throw new IOException(json.currentName() + " is no amount");
        }
        return shortened(text);
    }

    /** Returns a number of bounded length: one that is cut ends in an ellipsis. */
    static String shortened(String number) {
        return number.length() <= MAX_NUMBER ? number : number.substring(0, MAX_NUMBER) + "…";
    }

    /** Returns the time that stands here, epoch milliseconds; {@link Instants#INVALID}: none. */
    static long time(JsonParser json) throws IOException {
        return Instants.parse(text(json));
    }

    /** Returns a name that is no longer than any name or key may be. */
    static String name(String name) throws IOException {
        // A key holds two names, a bar, and a backslash before each bar and backslash.
        return bounded(name, 3 * MAX_NAME + 1);
    }

    /** Returns a text that is no longer than this. */
    static String bounded(String text, int length) throws IOException {
        if (text == null || text.length() > length) {
            throw new IOException("a name is " + (text == null ? "missing" : "too long"));
        }
        return text;
    }

    /** Returns a text of bounded length; one that is cut ends in an ellipsis. */
    static String cut(String text) {
        if (text.length() <= MAX_TEXT) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(MAX_TEXT - 1)) ? MAX_TEXT - 1 : MAX_TEXT;
        return text.substring(0, end) + "…";
    }

    // ---- writing

    /** Returns a generator that writes to a text. */
    static JsonGenerator generator(StringWriter text) throws IOException {
        return JSON.createGenerator(text);
    }

    /** Writes a JSON document. */
    @FunctionalInterface
    interface Document {
        void write(JsonGenerator json) throws IOException;
    }

    /** Returns the text of a document. */
    static String write(Document document) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            document.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException("Memory does not fail", e);
        }
        return text.toString();
    }
}
