package io.slackwater.pricing.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Collection;

/**
 * Reads the JSON of a rule book into a tree. Fields of the book that nobody reads are passed over,
 * whatever they hold: the tree has null in their place, so that a warning can name them.
 *
 * <p>A number is converted only where it has at most {@link Documents#MAX_NUMBER} digits, because
 * the work grows with their square. A longer one, or one with an exponent that no number has,
 * stands in the tree as {@link Unreadable}, for the reader of its field to refuse.
 */
final class BookTree {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** A number that was not converted: its text. */
    record Unreadable(String text) {}

    private BookTree() {}

    /**
     * Reads a document.
     *
     * @param read the fields of the document that somebody reads
     * @throws Refusal when it is not a JSON object, is nested too deep, or names a field twice
     *     where somebody reads
     */
    static JsonNode of(byte[] document, Collection<String> read) throws Refusal {
        Documents documents = new Documents();
        JsonParser parser = null;
        try {
            parser = documents.open(document);
            Documents.enterObject(parser);
            ObjectNode root = NODES.objectNode();
            String name;
            while ((name = parser.nextFieldName()) != null) {
                JsonToken token = parser.nextToken();
                if (read.contains(name)) {
                    put(root, name, parser, token);
                } else {
                    Documents.skip(parser);
                    root.putNull(name);
                }
            }
            Documents.leaveDocument(parser);
            return root;
        } catch (IOException | RuntimeException failure) {
            throw documents.refusal(failure, parser);
        } finally {
            Records.close(parser);
        }
    }

    private static void put(ObjectNode object, String name, JsonParser parser, JsonToken token)
            throws IOException {
        if (object.has(name)) {
            throw Documents.duplicate(Documents.pointer(parser.getParsingContext()), "A field");
        }
        object.set(name, node(parser, token));
    }

    /** The value at hand; as deep as documents are. */
    private static JsonNode node(JsonParser parser, JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> {
                ObjectNode object = NODES.objectNode();
                String name;
                while ((name = parser.nextFieldName()) != null) {
                    put(object, name, parser, parser.nextToken());
                }
                yield object;
            }
            case START_ARRAY -> {
                ArrayNode list = NODES.arrayNode();
                JsonToken item;
                while ((item = parser.nextToken()) != JsonToken.END_ARRAY) {
                    list.add(node(parser, item));
                }
                yield list;
            }
            case VALUE_STRING -> NODES.textNode(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser, token);
            case VALUE_TRUE, VALUE_FALSE -> NODES.booleanNode(token == JsonToken.VALUE_TRUE);
            default -> NODES.nullNode();
        };
    }

    private static JsonNode number(JsonParser parser, JsonToken token) throws IOException {
        String text = parser.getText();
        if (!Documents.isTooLong(parser)) {
            try {
                if (token == JsonToken.VALUE_NUMBER_FLOAT) {
                    return NODES.numberNode(new BigDecimal(text));
                }
                return switch (parser.getNumberType()) {
                    case INT -> NODES.numberNode(parser.getIntValue());
                    case LONG -> NODES.numberNode(parser.getLongValue());
                    default -> NODES.numberNode(parser.getBigIntegerValue());
                };
            } catch (NumberFormatException exponentTooLarge) {
                return NODES.pojoNode(new Unreadable(text));
            }
        }
        return NODES.pojoNode(new Unreadable(text));
    }
}
