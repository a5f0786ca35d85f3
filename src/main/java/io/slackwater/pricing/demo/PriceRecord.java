package io.slackwater.pricing.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.slackwater.pricing.demo.ContractPrice.Amounts;
import io.slackwater.pricing.demo.ContractPrice.Quote;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A record of {@code price_list}, as the check reads it.
 *
 * @param version its price version
 * @param tier null: none
 * @param eventTime of its stock level, epoch milliseconds
 * @param effectiveAt likewise
 * @param book the rule book that it names, such as {@code default@7}
 */
record PriceRecord(
        long version,
        long quantity,
        String tier,
        Amounts amounts,
        long eventTime,
        long effectiveAt,
        String book) {

    /** Reads the value of a record. */
    static PriceRecord of(JsonNode json) {
        Map<String, BigDecimal> segments = new TreeMap<>();
        json.path("segment_prices")
                .fields()
                .forEachRemaining(e -> segments.put(e.getKey(), e.getValue().decimalValue()));
        return new PriceRecord(
                json.path("price_version").asLong(),
                json.path("quantity").asLong(),
                json.path("price_tier").asText(null),
                new Amounts(
                        json.path("price").decimalValue(),
                        json.path("currency").asText(),
                        segments),
                ExactJson.millis(json.path("event_time")),
                ExactJson.millis(json.path("effective_at")),
                json.path("rule_book").asText());
    }

    /**
     * Returns whether this price is what a quote says: the same, or what a hold keeps.
     *
     * @param before the price that a hold could keep; null: there was none
     * @param since since when there was that price, epoch milliseconds
     * @param asOf the time of the quote, likewise
     */
    boolean isDue(Quote quote, PriceRecord before, long since, long asOf) {
        if (quote.due() == null || !Objects.equals(quote.tier(), tier)) {
            return false;
        }
        Amounts kept = before == null ? null : before.amounts();
        return amounts.equals(quote.shown(kept, since, asOf));
    }
}
