package io.slackwater.pricing.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;

/**
 * Opens every document from outside: strict JSON in strict UTF-8. The size and the depth of the
 * whole document bound the work; how long a single name, string or number is does not matter until
 * somebody reads it, and then it is a fault of that field. For one thread: an instance keeps the
 * table of field names that it has seen.
 */
final class Documents {

    static final int MAX_BYTES = 1 << 20;
    static final int MAX_DEPTH = 32;

    /** The most digits of a number that is read as an exact decimal. */
    static final int MAX_NUMBER = 40;

    /** The most characters of a name in a JSON pointer. */
    private static final int MAX_STEP = 256;

    private static final int MAX_POINTER = 1_000;

    /** Longer field names are not kept from document to document. */
    private static final int KEPT_NAME = 128;

    /** The most bytes of longer names that the table holds before it is emptied. */
    private static final int MAX_LONG_NAMES = 1 << 20;

    private static final int MAX_PARSER_MESSAGE = 200;

    private final NamesCounted limits = new NamesCounted();
    private JsonFactory factory = newFactory(limits, true);

    /** A factory that any number of threads may use: it keeps no names. */
    static JsonFactory newSharedFactory() {
        return newFactory(new Limits(), false);
    }

    private static JsonFactory newFactory(Limits limits, boolean keepNames) {
        return new JsonFactoryBuilder()
                .streamReadConstraints(limits)
                // Canonical names save a String a field. The table is bounded: Jackson empties it
                // beyond 6,000 names, and the bytes of long ones are counted here. Interning would
                // put hostile names into the JVM for good.
                .configure(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES, keepNames)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .enable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
                // UTF-8 and nothing else: never guess.
                .disable(JsonFactory.Feature.CHARSET_DETECTION)
                .build();
    }

    /**
     * Checks what can be said of the bytes at large and opens them.
     *
     * @throws Refusal when they are not UTF-8 JSON text of allowed length
     */
    JsonParser open(byte[] document) throws IOException {
        check(document);
        if (limits.longNames > MAX_LONG_NAMES) {
            forgetNames();
        }
        return factory.createParser(document);
    }

    private void forgetNames() {
        limits.longNames = 0;
        factory = newFactory(limits, true);
    }

    /** Refuses bytes that cannot be a JSON document, before any parser sees them. */
    static void check(byte[] document) throws Refusal {
        int length = document.length;
        if (length == 0) {
            throw new Refusal("EMPTY_DOCUMENT", "", "The value is empty; allowed: a JSON object.");
        }
        if (length > MAX_BYTES) {
            throw new Refusal(
                    "DOCUMENT_TOO_LARGE",
                    "",
                    "The document has "
                            + length
                            + " bytes; allowed: at most "
                            + MAX_BYTES
                            + " bytes.");
        }
        if (document[0] == '{') {
            // The common case: neither blank nor marked nor compressed. A NUL may still follow.
            if (length > 1 && document[1] == 0) {
                throw notUtf8Encoding();
            }
        } else {
            checkBeginning(document);
        }
        int malformed = Utf8.firstMalformed(document);
        if (malformed >= 0) {
            throw new Refusal(
                    "INVALID_UTF_8",
                    "",
                    "The document is not UTF-8 at byte " + malformed + "; allowed: strict UTF-8.");
        }
    }

    private static void checkBeginning(byte[] document) throws Refusal {
        int first = at(document, 0);
        int second = at(document, 1);
        int third = at(document, 2);
        if (first == 0xEF && second == 0xBB && third == 0xBF) {
            throw new Refusal(
                    "BYTE_ORDER_MARK",
                    "",
                    "The document begins with a byte order mark; allowed: UTF-8 without one.");
        }
        if ((first == 0x1F && second == 0x8B)
                || (first == 0x28 && second == 0xB5 && third == 0x2F)) {
            throw new Refusal(
                    "COMPRESSED",
                    "",
                    "The document is compressed (gzip or zstd); allowed: plain JSON, compressed by"
                            + " the Kafka producer if at all.");
        }
        boolean wideMark = (first == 0xFE && second == 0xFF) || (first == 0xFF && second == 0xFE);
        if (wideMark || first == 0 || second == 0 || third == 0) {
            throw notUtf8Encoding();
        }
        for (byte b : document) {
            if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
                return;
            }
        }
        throw new Refusal("BLANK_DOCUMENT", "", "The value is blank; allowed: a JSON object.");
    }

    private static int at(byte[] document, int index) {
        return index < document.length ? document[index] & 0xFF : -1;
    }

    private static Refusal notUtf8Encoding() {
        return new Refusal(
                "UTF_16_OR_32", "", "The document is UTF-16, UTF-32 or binary; allowed: UTF-8.");
    }

    /** Enters the root object. */
    static void enterObject(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new Refusal(
                    "NOT_AN_OBJECT",
                    "",
                    "The document is " + kind(parser.currentToken()) + "; allowed: a JSON object.");
        }
    }

    /** Makes sure that nothing follows the root object. */
    static void leaveDocument(JsonParser parser) throws IOException {
        try {
            if (parser.nextToken() == null) {
                return;
            }
        } catch (IOException notJson) {
            // Whatever follows, the fault is that something follows.
        }
        throw new Refusal(
                "TRAILING_DATA",
                "",
                "Something follows the document's closing brace; allowed: one document a message.");
    }

    /** Passes over the value at hand, whatever it is; the text of strings is not even decoded. */
    static void skip(JsonParser parser) throws IOException {
        parser.skipChildren();
    }

    /** Returns whether the number at hand has more than {@link #MAX_NUMBER} digits. */
    static boolean isTooLong(JsonParser parser) throws IOException {
        return parser.getTextLength() > MAX_NUMBER && digits(parser.getText()) > MAX_NUMBER;
    }

    /** The digits of a number's text. */
    static int digits(String number) {
        int digits = 0;
        for (int i = 0; i < number.length(); i++) {
            char c = number.charAt(i);
            digits += c >= '0' && c <= '9' ? 1 : 0;
        }
        return digits;
    }

    /** What a token is, for a message. */
    static String kind(JsonToken token) {
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "a list";
            case VALUE_STRING -> "text";
            case VALUE_NUMBER_INT -> "an integer";
            case VALUE_NUMBER_FLOAT -> "a fraction";
            case VALUE_TRUE, VALUE_FALSE -> "true or false";
            case VALUE_NULL -> "null";
            default -> "nothing";
        };
    }

    /**
     * What a failed reading says of the document. Syntax faults point to the value that was last
     * begun.
     */
    Refusal refusal(Exception failure, JsonParser parser) {
        if (failure instanceof Refusal refusal) {
            return refusal;
        }
        if (failure instanceof RuntimeException
                || (failure instanceof StreamConstraintsException
                        && !(failure instanceof LimitException))) {
            // Jackson gave up on the table of names (names that collide on purpose): start with an
            // empty one, so that the next document does not suffer.
            forgetNames();
        }
        return explain(failure, parser);
    }

    /** Like {@link #refusal}, without the renewal. */
    static Refusal explain(Exception failure, JsonParser parser) {
        String path = parser == null ? "" : pointer(parser.getParsingContext());
        if (failure instanceof Refusal refusal) {
            return refusal;
        }
        if (failure instanceof LimitException limit) {
            return new Refusal(limit.reason, path, limit.getOriginalMessage());
        }
        if (failure instanceof JsonEOFException) {
            return new Refusal(
                    "TRUNCATED_DOCUMENT",
                    path,
                    "The document ends before it is complete; allowed: a whole JSON object.");
        }
        String message = failure.getMessage() == null ? "" : failure.getMessage();
        // Jackson tells these apart only by the feature that would allow them.
        if (message.contains("ALLOW_COMMENTS")) {
            return new Refusal(
                    "COMMENT", path, "The document holds a comment; allowed: JSON has none.");
        }
        if (message.contains("ALLOW_NON_NUMERIC_NUMBERS")) {
            return new Refusal(
                    "NOT_A_NUMBER",
                    path,
                    "The document holds NaN or Infinity; allowed: finite JSON numbers.");
        }
        if (message.startsWith("Duplicate field")) {
            return duplicate(path, "A field");
        }
        StringBuilder text = new StringBuilder("The document is not JSON: ");
        String first = message.lines().findFirst().orElse(failure.getClass().getSimpleName());
        Texts.append(text, first, MAX_PARSER_MESSAGE);
        return new Refusal("MALFORMED_JSON", path, text.append('.').toString());
    }

    static Refusal duplicate(String path, String field) {
        return new Refusal(
                "DUPLICATE_FIELD", path, field + " stands twice in one object; allowed: once.");
    }

    /** JSON pointer (RFC 6901) to where a parser is, cut to a bounded length. */
    static String pointer(JsonStreamContext context) {
        StringBuilder pointer = new StringBuilder();
        append(pointer, context);
        if (pointer.length() > MAX_POINTER) {
            pointer.setLength(MAX_POINTER);
            pointer.append("...");
        }
        return pointer.toString();
    }

    /** At most as deep as documents are. */
    private static void append(StringBuilder pointer, JsonStreamContext context) {
        if (context == null || context.inRoot()) {
            return;
        }
        append(pointer, context.getParent());
        if (context.inArray() && context.hasCurrentIndex()) {
            pointer.append('/').append(context.getCurrentIndex());
        } else if (context.inObject() && context.hasCurrentName()) {
            step(pointer, context.getCurrentName());
        }
    }

    /** Appends a name to a JSON pointer, escaped, and harmless to logs. */
    static void step(StringBuilder pointer, String name) {
        Texts.append(pointer.append('/'), name.replace("~", "~0").replace("/", "~1"), MAX_STEP);
    }

    /** The limit of depth was passed: told by its class, not by Jackson's wording. */
    private static final class LimitException extends StreamConstraintsException {
        private static final long serialVersionUID = 1L;
        private final String reason;

        LimitException(String reason, String message) {
            super(message);
            this.reason = reason;
        }
    }

    /**
     * The depth, and no other limit: no name, string or number is longer than its document. What is
     * read has limits of its own where it is read.
     */
    private static class Limits extends StreamReadConstraints {
        private static final long serialVersionUID = 1L;

        Limits() {
            super(MAX_DEPTH, MAX_BYTES, MAX_BYTES, MAX_BYTES, MAX_BYTES, Long.MAX_VALUE);
        }

        @Override
        public void validateNestingDepth(int depth) throws StreamConstraintsException {
            if (depth > MAX_DEPTH) {
                throw new LimitException(
                        "NESTING_TOO_DEEP",
                        "The document is nested deeper than "
                                + MAX_DEPTH
                                + " levels, the most allowed.");
            }
        }

        @Override
        public void validateFPLength(int length) {}

        @Override
        public void validateIntegerLength(int length) {}

        @Override
        public void validateStringLength(int length) {}

        @Override
        public void validateNameLength(int length) throws StreamConstraintsException {}
    }

    /** Counts the bytes of long names that enter the table of names. */
    private static final class NamesCounted extends Limits {
        private static final long serialVersionUID = 1L;
        private int longNames;

        @Override
        public void validateNameLength(int length) {
            if (length > KEPT_NAME) {
                // Each is at most as long as its document: no overflow before the next one.
                longNames += length;
            }
        }
    }
}
