package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.PricedStock.Limit;
import io.slackwater.pricing.model.RuleBook.Rule;
import io.slackwater.pricing.model.TraceStep;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/**
 * What a rule book says of a stock level at a time.
 *
 * @param tier the product's tier; null where neither the catalog nor the book names one
 * @param amount above 0, with the currency's digits; null where the book gives no price
 * @param segments the prices of the book's customer segments, by segment, each above 0 and at most
 *     {@code amount}; empty where the book knows none, or gives no price
 * @param limit the limit that cut the price of everybody
 * @param hold the rule that keeps a price that was changed a short while ago; null: none
 * @param unpriced why there is no price; null where there is one
 * @param trace the steps that made it, in order; empty where there is no price
 */
public record Price(
        String tier,
        BigDecimal amount,
        Map<String, BigDecimal> segments,
        Limit limit,
        Rule hold,
        Unpriced unpriced,
        List<TraceStep> trace) {

    /** Why a product has no price. */
    public enum Unpriced {
        /** No list price, and neither the catalog nor the book names a tier. */
        NO_TIER,
        /** No list price, and the book does not know the catalog's tier. */
        UNKNOWN_TIER,
        /** The rules made a price of zero or less, which never leaves the job. */
        NOT_POSITIVE,
        /** Every known rule book has ended, or the book was retired. */
        NO_BOOK
    }

    static Price none(String tier, Unpriced why) {
        return new Price(tier, null, Map.of(), Limit.NONE, null, why, List.of());
    }
}
