package io.slackwater.pricing.model;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/**
 * What became of a stock level at a time: a row of {@code pricing.events}, and, where it is {@link
 * Published}, a record of {@code price_list}.
 *
 * @param stock the stock level, also when only its price changed
 * @param outcome what became of it
 * @param published whether and how the price list hears of it
 * @param priceTier null where no tier was known
 * @param price in {@code currency}, with its minor unit's digits; null where it has no price
 * @param segmentPrices prices of single customer segments, by segment, with the same digits; empty
 *     where the book knows no segment, or where it has no price
 * @param currency ISO 4217; null where it has no price
 * @param priceVersion the newest price version of the product and warehouse; 0 before the first
 * @param previousPrice the price published before; null before the first, and after a withdrawal
 * @param previousCurrency of {@code previousPrice}, ISO 4217; null where there is none
 * @param cause why it was priced
 * @param effectiveAt since when the price holds, epoch milliseconds, event time
 * @param ruleBook the book that decided, such as {@code default@7}; null where it has no price
 * @param trace the steps that made the price, in order; empty where it has none
 */
public record PricingEvent(
        StockLevel stock,
        Outcome outcome,
        Published published,
        String priceTier,
        BigDecimal price,
        Map<String, BigDecimal> segmentPrices,
        String currency,
        long priceVersion,
        BigDecimal previousPrice,
        String previousCurrency,
        Cause cause,
        long effectiveAt,
        String ruleBook,
        List<TraceStep> trace) {

    /** What became of a stock level. */
    public enum Outcome {
        /** It has this price. */
        PRICED,
        /** It was older than the newest known and changed nothing. */
        SUPERSEDED,
        /** It has no price any more: delisted, withdrawn, or no rule book or tier for it. */
        WITHDRAWN
    }

    /** What the price list hears of it. */
    public enum Published {
        /** Nothing: nothing that it shows has changed. */
        NOTHING,
        /** The price. */
        PRICE,
        /** A tombstone: the price is withdrawn. */
        TOMBSTONE
    }
}
