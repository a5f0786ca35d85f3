package io.slackwater.pricing.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.CatalogMessage;
import io.slackwater.pricing.model.Source;
import java.io.IOException;
import java.math.BigDecimal;

/**
 * Reads the messages of {@code product_catalog}. Never throws, whatever the bytes: a message that
 * cannot be used is a dead letter.
 *
 * <p>What is read: {@code product_id}, {@code price_tier}, {@code list_price}, {@code category},
 * {@code updated_at}, in any order; all but the first optional, {@code null} and (except for the
 * price) empty text the same as absent. {@code null} for {@code updated_at} is not a time. A key
 * that names another product than the document is refused: compaction would keep the wrong one.
 *
 * <p>A category that cannot be used costs itself alone: the entry is taken without it, and a dead
 * letter says so. A fault of the tier, the list price or the time costs the message, because the
 * product would get another price without them. For one thread.
 */
public final class CatalogDecoder {

    private static final int PRODUCT_ID = 1;
    private static final int PRICE_TIER = 1 << 1;
    private static final int LIST_PRICE = 1 << 2;
    private static final int CATEGORY = 1 << 3;
    private static final int UPDATED_AT = 1 << 4;

    private final long maxFutureMillis;
    private final Documents documents = new Documents();

    /**
     * @param maxFutureMillis how far {@code updated_at} may be ahead of the Kafka record's
     *     timestamp, 0 or more
     */
    public CatalogDecoder(long maxFutureMillis) {
        this.maxFutureMillis = maxFutureMillis;
    }

    /**
     * Reads one Kafka record.
     *
     * @param key the record's key: the product; null: none
     * @param value the record's value; null: the product's entry is removed
     * @param timestamp the record's timestamp, epoch milliseconds: the time of the update where the
     *     message names none
     */
    public CatalogMessage decode(
            byte[] key, byte[] value, String topic, int partition, long offset, long timestamp) {
        Source source = new Source(topic, partition, offset, timestamp);
        try {
            Records.checkTimestamp(timestamp);
            if (value == null) {
                return new CatalogMessage(source, Records.keyOfTombstone(key), null, null);
            }
            return read(source, key, value);
        } catch (Refusal refusal) {
            return new CatalogMessage(
                    source, null, null, DeadLetters.of(refusal, source, key, value));
        }
    }

    private CatalogMessage read(Source source, byte[] key, byte[] value) throws Refusal {
        JsonParser parser = null;
        CatalogMessage message;
        try {
            parser = documents.open(value);
            message = readDocument(parser, source, key, value);
            Documents.leaveDocument(parser);
        } catch (IOException | RuntimeException failure) {
            throw documents.refusal(failure, parser);
        } finally {
            Records.close(parser);
        }
        Records.checkKey(key, message.productId());
        return message;
    }

    private CatalogMessage readDocument(JsonParser parser, Source source, byte[] key, byte[] value)
            throws IOException {
        String productId = null;
        String priceTier = null;
        BigDecimal listPrice = null;
        String category = null;
        Refusal categoryFault = null;
        long updatedAt = source.timestamp();
        Documents.enterObject(parser);
        int seen = 0;
        String name;
        while ((name = parser.nextFieldName()) != null) {
            JsonToken token = parser.nextToken();
            int field =
                    switch (name) {
                        case "product_id" -> PRODUCT_ID;
                        case "price_tier" -> PRICE_TIER;
                        case "list_price" -> LIST_PRICE;
                        case "category" -> CATEGORY;
                        case "updated_at" -> UPDATED_AT;
                        default -> 0;
                    };
            boolean again = (seen & field) != 0;
            seen |= field;
            if (again && field != CATEGORY) {
                throw Documents.duplicate("/" + name, name);
            }
            if (again) {
                // Nobody knows which of the two was meant.
                categoryFault = Documents.duplicate("/" + name, name);
                category = null;
                parser.skipChildren();
                continue;
            }
            switch (field) {
                case PRODUCT_ID -> productId = Records.name(parser, token, name);
                case PRICE_TIER -> priceTier = optionalName(parser, token, name);
                case LIST_PRICE -> listPrice = listPrice(parser, token);
                case CATEGORY -> {
                    try {
                        category = optionalName(parser, token, name);
                    } catch (Refusal fault) {
                        categoryFault = fault;
                        Documents.skip(parser);
                    }
                }
                case UPDATED_AT ->
                        updatedAt =
                                Records.time(
                                        parser, token, name, source.timestamp(), maxFutureMillis);
                default -> Documents.skip(parser);
            }
        }
        if (productId == null) {
            throw Records.missing("product_id");
        }
        CatalogEntry entry = new CatalogEntry(priceTier, listPrice, category, updatedAt);
        return new CatalogMessage(
                source,
                productId,
                entry,
                categoryFault == null ? null : DeadLetters.of(categoryFault, source, key, value));
    }

    private static String optionalName(JsonParser parser, JsonToken token, String field)
            throws IOException {
        boolean absent =
                token == JsonToken.VALUE_NULL
                        || (token == JsonToken.VALUE_STRING && parser.getTextLength() == 0);
        return absent ? null : Records.name(parser, token, field);
    }

    private static BigDecimal listPrice(JsonParser parser, JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
            throw new Refusal(
                    "LIST_PRICE_NOT_A_NUMBER",
                    "/list_price",
                    "list_price is "
                            + Documents.kind(token)
                            + "; allowed: "
                            + Amounts.ALLOWED
                            + ".");
        }
        if (Documents.isTooLong(parser)) {
            throw new Refusal(
                    "NUMBER_TOO_LONG",
                    "/list_price",
                    "list_price has "
                            + Documents.digits(parser.getText())
                            + " digits; allowed: at most "
                            + Documents.MAX_NUMBER
                            + ".");
        }
        String text = parser.getText();
        BigDecimal price = Amounts.read(text);
        if (price == null || price.signum() <= 0) {
            throw new Refusal(
                    "LIST_PRICE_OUT_OF_RANGE",
                    "/list_price",
                    "list_price is " + Texts.quote(text) + "; allowed: " + Amounts.ALLOWED + ".");
        }
        return price;
    }
}
