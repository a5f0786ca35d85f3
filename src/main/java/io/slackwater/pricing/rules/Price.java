package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.PriceTag;
import io.slackwater.pricing.model.PricedStock.Limit;
import io.slackwater.pricing.model.PricedStock.SegmentMark;
import io.slackwater.pricing.model.TraceStep;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/**
 * What a rule book says of a stock level at a time.
 *
 * @param tier the product's tier; null where neither the catalog nor the book names one
 * @param tag the price, with the currency's digits: everybody's, and those of the book's customer
 *     segments, each at most everybody's, without the segments that have no price; null where the
 *     book gives no price
 * @param limit the limit that cut the price of everybody
 * @param hold the rule that keeps a price that was changed a short while ago; null: none
 * @param unpriced why there is no price; null where there is one
 * @param trace the steps that made it, in order; empty where there is no price
 * @param notes the segments whose own price a limit cut, or that have no price; usually none
 * @param bounds the floor and ceiling in force; null: neither
 * @param culprit the rule that left nothing of the price, where it was not positive; null: none
 */
public record Price(
        String tier,
        PriceTag tag,
        Limit limit,
        Held hold,
        Unpriced unpriced,
        List<TraceStep> trace,
        List<SegmentNote> notes,
        Bounds bounds,
        String culprit) {

    /**
     * What is to be told of the price of one customer segment.
     *
     * @param segment the segment
     * @param mark what it is
     * @param rule the rule that did it, or that came last before the limit or the rounding did
     */
    public record SegmentNote(String segment, SegmentMark mark, String rule) {}

    /**
     * A rule that keeps a price which was changed a short while ago.
     *
     * @param ruleId the rule
     * @param minSeconds how long, in event time; above 0
     */
    public record Held(String ruleId, long minSeconds) {}

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

    /** No price, and no rule that is to blame. */
    public static Price none(String tier, Unpriced why) {
        return none(tier, why, null);
    }

    /**
     * @param culprit the rule that left nothing of the price; null: none did
     */
    static Price none(String tier, Unpriced why, String culprit) {
        return new Price(tier, null, Limit.NONE, null, why, List.of(), List.of(), null, culprit);
    }

    /** What everybody pays, with the currency's digits; null where the book gives no price. */
    public BigDecimal amount() {
        return tag == null ? null : tag.amount();
    }

    /** The prices of single customer segments, by segment; empty where the book gives no price. */
    public Map<String, BigDecimal> segments() {
        return tag == null ? Map.of() : tag.segments();
    }

    /**
     * Returns whether an amount that was published before is within the floor and ceiling in force:
     * only then may a hold keep it.
     */
    public boolean allows(BigDecimal published) {
        return bounds == null || bounds.cutRounded(published) == published;
    }
}
