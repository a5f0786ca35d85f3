package io.slackwater.pricing.tools;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;

/** JSON as the tools read and write it: amounts exact and with their digits. */
final class JsonText {

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            // What the job takes, the tools read: a field that nobody reads may
                            // hold a number of any length.
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNumberLength(Integer.MAX_VALUE)
                                                    .maxNameLength(Integer.MAX_VALUE)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    // Else 8.00 becomes 8, where it is read and where it is put.
                    .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
                    .build();

    /** For a terminal: what is not ASCII is escaped, so nothing in it can command one. */
    private static final JsonMapper ANSWERS =
            MAPPER.rebuild()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .build();

    private JsonText() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** The object that a document is; null when it is none. */
    static ObjectNode parse(byte[] document) {
        try {
            return MAPPER.readTree(document) instanceof ObjectNode object ? object : null;
        } catch (IOException notJson) {
            return null;
        }
    }

    /** As it goes to a topic. */
    static byte[] bytes(JsonNode document) {
        try {
            return MAPPER.writeValueAsBytes(document);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("A document cannot be written as JSON", e);
        }
    }

    /** As {@code --json} prints it. */
    static String answer(JsonNode answer) {
        try {
            return ANSWERS.writeValueAsString(answer);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("An answer cannot be written as JSON", e);
        }
    }
}
