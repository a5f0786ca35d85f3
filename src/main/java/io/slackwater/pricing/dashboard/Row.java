package io.slackwater.pricing.dashboard;

import com.fasterxml.jackson.core.JsonGenerator;
import io.slackwater.pricing.json.Instants;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * A record of {@code price_list}, as the page shows it. Whatever it holds came from outside.
 *
 * @param key the record's key
 * @param productId the product
 * @param warehouseId the warehouse
 * @param quantity in stock; its digits, because the page's numbers have 53 bits only; null where it
 *     was never known
 * @param priceTier null where there is none
 * @param price with the currency's digits; null where it was never known
 * @param currency likewise
 * @param previousPrice null where there was none
 * @param previousCurrency of the previous price, where that is not {@code currency}; else null
 * @param priceVersion counts the prices of the key; 0 where it was never known
 * @param cause why it was published; null where it was never known
 * @param rules the ids of the rules in its trace, in order; empty where it has none
 * @param eventTime of its stock level, epoch milliseconds; {@link Instants#INVALID}: not known
 * @param effectiveAt from when it holds, likewise
 * @param ruleBook such as {@code default@7}; null where it is not known
 * @param segmentPrices amounts by segment
 * @param withdrawn whether the product has no price there any more; the other fields are the last
 *     ones known
 * @param position where its record stands
 */
record Row(
        String key,
        String productId,
        String warehouseId,
        String quantity,
        String priceTier,
        String price,
        String currency,
        String previousPrice,
        String previousCurrency,
        long priceVersion,
        String cause,
        List<String> rules,
        long eventTime,
        long effectiveAt,
        String ruleBook,
        Map<String, String> segmentPrices,
        boolean withdrawn,
        Position position) {

    /**
     * Where a record stands.
     *
     * @param at its Kafka timestamp, epoch milliseconds
     */
    record Position(long at, int partition, long offset) {}

    /**
     * The older one of two records first, in whatever order they are read. A key whose topic got
     * more partitions may stand on two of them.
     */
    static final Comparator<Row> ORDER =
            Comparator.comparingLong(Row::at)
                    .thenComparingLong(Row::priceVersion)
                    .thenComparingInt((Row row) -> row.position().partition())
                    .thenComparingLong(row -> row.position().offset())
                    .thenComparing(Row::key);

    /** Returns whether it is older than another record of its key. */
    boolean isOlderThan(Row other) {
        return ORDER.compare(this, other) < 0;
    }

    /** The Kafka timestamp, epoch milliseconds. */
    long at() {
        return position.at();
    }

    /** A key without a price, of which nothing else is known. */
    static Row unknown(String key, Position position) {
        int bar = bar(key);
        return new Row(
                key,
                unescaped(key.substring(0, bar)),
                key.substring(Math.min(bar + 1, key.length())),
                null,
                null,
                null,
                null,
                null,
                null,
                0,
                null,
                List.of(),
                Instants.INVALID,
                Instants.INVALID,
                null,
                Map.of(),
                true,
                position);
    }

    /** The same price, withdrawn. */
    Row withdrawn(Position tombstone) {
        return new Row(
                key,
                productId,
                warehouseId,
                quantity,
                priceTier,
                price,
                currency,
                previousPrice,
                previousCurrency,
                priceVersion,
                cause,
                rules,
                eventTime,
                effectiveAt,
                ruleBook,
                segmentPrices,
                true,
                tombstone);
    }

    /** Where the product's id ends: at the first bar that has no backslash before it. */
    private static int bar(String key) {
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '|') {
                return i;
            }
        }
        return key.length();
    }

    private static String unescaped(String product) {
        return product.indexOf('\\') < 0 ? product : product.replaceAll("\\\\(.)", "$1");
    }

    /**
     * Writes it as a JSON object.
     *
     * @param trace a JSON array that is written with it; null: none is
     */
    void write(JsonGenerator json, String trace) throws IOException {
        json.writeStartObject();
        json.writeStringField("key", key);
        json.writeStringField("product_id", productId);
        json.writeStringField("warehouse_id", warehouseId);
        text(json, "quantity", quantity);
        text(json, "price_tier", priceTier);
        text(json, "price", price);
        text(json, "currency", currency);
        text(json, "previous_price", previousPrice);
        text(json, "previous_currency", previousCurrency);
        json.writeNumberField("price_version", priceVersion);
        text(json, "cause", cause);
        json.writeArrayFieldStart("rules");
        for (String rule : rules) {
            json.writeString(rule);
        }
        json.writeEndArray();
        time(json, "event_time", eventTime);
        time(json, "effective_at", effectiveAt);
        text(json, "rule_book", ruleBook);
        json.writeObjectFieldStart("segment_prices");
        for (Map.Entry<String, String> price : segmentPrices.entrySet()) {
            json.writeStringField(price.getKey(), price.getValue());
        }
        json.writeEndObject();
        json.writeBooleanField("withdrawn", withdrawn);
        time(json, "at", at());
        if (trace != null) {
            json.writeFieldName("trace");
            json.writeRawValue(trace);
        }
        json.writeEndObject();
    }

    private static void text(JsonGenerator json, String name, String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }

    private static void time(JsonGenerator json, String name, long millis) throws IOException {
        if (millis != Instants.INVALID) {
            json.writeStringField(name, Instants.format(millis));
        }
    }
}
