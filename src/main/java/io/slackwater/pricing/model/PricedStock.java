package io.slackwater.pricing.model;

import java.math.BigDecimal;
import java.util.Map;

/**
 * What is stored of a product in a warehouse: its newest stock level and the price that it has.
 *
 * @param standing whether it is priced
 * @param condition ordinal of its stock condition, already alerted; -1: none
 * @param quantity pieces on hand
 * @param deliveryTime days, or {@link StockLevel#ABSENT}
 * @param restockingTime days, or {@link StockLevel#ABSENT}
 * @param version when the level held and where it came from
 * @param ingestedAt the Kafka record's timestamp, epoch milliseconds
 * @param priceTier null where none is known
 * @param price null unless priced
 * @param currency ISO 4217; null unless priced
 * @param priceVersion the newest published; 0: none yet
 * @param limit the limit that the price stands at, already alerted
 * @param changedAt since when it has this price, or none, epoch milliseconds, event time; {@link
 *     #NEVER} where it was stored by a release that did not keep it
 * @param heldUntil until when a hold keeps a price that is due, epoch milliseconds, event time;
 *     {@link #NEVER}: nothing is kept
 * @param segmentPrices prices of single customer segments, by segment; empty: none
 * @param segmentMarks segments whose price stands at a limit of its own, or that have none, already
 *     alerted; empty: none
 */
public record PricedStock(
        Standing standing,
        int condition,
        long quantity,
        int deliveryTime,
        int restockingTime,
        StockVersion version,
        long ingestedAt,
        String priceTier,
        BigDecimal price,
        String currency,
        long priceVersion,
        Limit limit,
        long changedAt,
        long heldUntil,
        Map<String, BigDecimal> segmentPrices,
        Map<String, SegmentMark> segmentMarks) {

    /** Of a time that is not known, or of what never was. */
    public static final long NEVER = Long.MIN_VALUE;

    /** Which limit a price stands at. The order is stored: add at the end only. */
    public enum Limit {
        NONE,
        FLOOR,
        CEILING
    }

    /** What is told once of a segment's price. The order is stored: add at the end only. */
    public enum SegmentMark {
        FLOOR,
        CEILING,
        /** It would not be above zero, so the segment has no price. */
        UNPRICED
    }

    /** How a stock level stands. The order is stored: add at the end only. */
    public enum Standing {
        /** No rule book is known yet. */
        WAITING,
        /** It has a price, which was published. */
        PRICED,
        /** The rules give it no price; that was alerted. */
        UNPRICED,
        /** It is not sold any more; kept for its price version. */
        WITHDRAWN
    }

    /** The level again. */
    public StockLevel stockLevel(String productId, String warehouseId) {
        return new StockLevel(
                productId,
                warehouseId,
                quantity,
                deliveryTime,
                restockingTime,
                version,
                ingestedAt);
    }

    /** The same, but for what a hold keeps back and the limits that what is due stands at. */
    public PricedStock held(long until, Limit dueLimit, Map<String, SegmentMark> dueMarks) {
        return new PricedStock(
                standing,
                condition,
                quantity,
                deliveryTime,
                restockingTime,
                version,
                ingestedAt,
                priceTier,
                price,
                currency,
                priceVersion,
                dueLimit,
                changedAt,
                until,
                segmentPrices,
                dueMarks);
    }

    /** The same stock, said by a newer message. */
    public PricedStock movedTo(StockLevel level) {
        return new PricedStock(
                standing,
                condition,
                quantity,
                deliveryTime,
                restockingTime,
                level.version(),
                level.ingestedAt(),
                priceTier,
                price,
                currency,
                priceVersion,
                limit,
                changedAt,
                heldUntil,
                segmentPrices,
                segmentMarks);
    }

    /** Returns whether a level says the very same as this one: a message that came twice. */
    public boolean repeats(StockLevel level) {
        return standing != Standing.WITHDRAWN
                && version.eventTime() == level.version().eventTime()
                && quantity == level.quantity()
                && deliveryTime == level.deliveryTime()
                && restockingTime == level.restockingTime();
    }
}
