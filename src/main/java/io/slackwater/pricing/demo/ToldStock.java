package io.slackwater.pricing.demo;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.settings.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The stock in an inventory message, as the contract says, read by other code than the job's. It is
 * shorter and slower, and knows fewer faults of a document: what the job refuses for a reason of
 * its own is in {@code dead_letters}.
 *
 * @param productId null: the message cannot be used
 * @param version when it holds, and where it stands
 * @param levels of the lines that can be used; null for one that cannot
 * @param withdrawsBefore whether everything sent of the product before is withdrawn
 */
record ToldStock(
        String productId, StockVersion version, List<StockLevel> levels, boolean withdrawsBefore) {

    /** Fields that are not read may hold anything. */
    private static final ObjectMapper JSON =
            new ObjectMapper(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNumberLength(Integer.MAX_VALUE)
                                                    .maxNameLength(Integer.MAX_VALUE)
                                                    .build())
                                    .build())
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final int LONGEST_NAME = 256;
    private static final int MOST_DAYS = 36_500;

    private static final ToldStock NOTHING = new ToldStock(null, null, List.of(), false);

    /**
     * Reads a message of {@code inventory_raw}.
     *
     * @param key null: none
     * @param value null: a delisting
     * @param timestamp of the Kafka record, epoch milliseconds
     */
    static ToldStock read(
            byte[] key,
            byte[] value,
            int partition,
            long offset,
            long timestamp,
            Settings.Input limits) {
        if (value == null) {
            String delisted = key == null ? null : productOf(key);
            return delisted == null
                    ? NOTHING
                    : new ToldStock(
                            delisted,
                            new StockVersion(timestamp, partition, offset),
                            List.of(),
                            true);
        }
        JsonNode message;
        try {
            message = JSON.readTree(value);
        } catch (IOException notJson) {
            return NOTHING;
        }
        String product = name(message.path("product_id"));
        JsonNode inventory = message.path("inventory");
        Long time = time(message.path("event_time"), timestamp);
        if (product == null
                || time == null
                || (key != null && !isKeyOf(key, product))
                || time - timestamp > limits.maxFuture().toMillis()
                || !(inventory.isArray() || inventory.isMissingNode())
                || inventory.size() > limits.maxWarehouses()) {
            return NOTHING;
        }
        StockVersion version = new StockVersion(time, partition, offset);
        Map<String, Integer> named = new HashMap<>();
        for (JsonNode line : inventory) {
            named.merge(line.path("warehouse_id").asText(), 1, Integer::sum);
        }
        List<StockLevel> levels = new ArrayList<>();
        for (JsonNode line : inventory) {
            StockLevel level = level(product, line, version, timestamp, limits);
            levels.add(level == null || named.get(level.warehouseId()) > 1 ? null : level);
        }
        // A message with a bad line does not say which warehouses vanished: that line may be one.
        boolean complete = limits.completeMessages() && !inventory.isEmpty();
        return new ToldStock(product, version, levels, complete && !levels.contains(null));
    }

    private static StockLevel level(
            String product,
            JsonNode line,
            StockVersion version,
            long timestamp,
            Settings.Input limits) {
        String warehouse = name(line.path("warehouse_id"));
        JsonNode quantity = line.path("quantity");
        if (warehouse == null
                || !(quantity.isMissingNode()
                        || (quantity.isIntegralNumber() && quantity.canConvertToLong()))
                || quantity.asLong(0) < limits.quantityMin()
                || quantity.asLong(0) > limits.quantityMax()) {
            return null;
        }
        return new StockLevel(
                product,
                warehouse,
                quantity.asLong(0),
                days(line.path("delivery_time")),
                days(line.path("restocking_time")),
                version,
                timestamp);
    }

    /** Null: it is none. */
    private static String name(JsonNode node) {
        String text = node.isTextual() ? node.asText() : "";
        boolean fits =
                !text.codePoints()
                                .allMatch(
                                        c -> Character.isWhitespace(c) || Character.isSpaceChar(c))
                        && text.codePointCount(0, text.length()) <= LONGEST_NAME
                        && text.codePoints()
                                .noneMatch(
                                        c ->
                                                Character.isISOControl(c)
                                                        || Character.getType(c)
                                                                == Character.SURROGATE);
        return fits ? text : null;
    }

    /** Absent also where it is no number of days: that costs the field alone. */
    private static int days(JsonNode node) {
        boolean usable =
                node.isIntegralNumber()
                        && node.canConvertToInt()
                        && node.asInt() >= 0
                        && node.asInt() <= MOST_DAYS;
        return usable ? node.asInt() : StockLevel.ABSENT;
    }

    /** The product that a key names: plain text, or JSON as converters write it; null: none. */
    static String productOf(byte[] key) {
        String converted = converted(key);
        String text = converted == null ? new String(key, StandardCharsets.UTF_8) : converted;
        return name(JSON.getNodeFactory().textNode(text));
    }

    private static boolean isKeyOf(byte[] key, String product) {
        return product.equals(new String(key, StandardCharsets.UTF_8))
                || product.equals(converted(key));
    }

    /** Null where the key is not JSON that names a product. */
    private static String converted(byte[] key) {
        if (key.length == 0 || (key[0] != '"' && key[0] != '{')) {
            return null;
        }
        try {
            JsonNode json = JSON.readTree(key);
            JsonNode product = json.isObject() ? json.path("product_id") : json;
            return product.isTextual() ? product.asText() : null;
        } catch (IOException plainText) {
            return null;
        }
    }

    /** Null: it is no time. */
    static Long time(JsonNode node, long absent) {
        if (node.isMissingNode()) {
            return absent;
        }
        if (node.isIntegralNumber() && node.canConvertToLong()) {
            return node.asLong();
        }
        try {
            // Offsets as +01:00, +0100 or +01, and a comma before the fraction, are ISO-8601 too.
            String text =
                    node.asText()
                            .replace(',', '.')
                            .replaceFirst("(:[0-9.]+[+-][0-9]{2})([0-9]{2})$", "$1:$2")
                            .replaceFirst("(:[0-9.]+[+-][0-9]{2})$", "$1:00");
            return OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeException e) {
            return null;
        }
    }
}
