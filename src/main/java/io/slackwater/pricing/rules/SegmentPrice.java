package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.PricedStock.Limit;
import io.slackwater.pricing.model.PricedStock.SegmentMark;
import java.math.BigDecimal;

/**
 * The price of one customer segment: the same limits and rounding as everybody's, after the
 * promotions that count for the segment.
 *
 * @param amount above 0, with the currency's digits; null where it would not be above zero
 * @param mark the limit that cut it, or that there is no price; null: neither
 * @param beforeRounding whether the promotions, not the rounding, left nothing of it
 * @param detail how a trace tells the limit that cut it; empty: none did
 */
record SegmentPrice(BigDecimal amount, SegmentMark mark, boolean beforeRounding, String detail) {

    /**
     * @param own the amount after the promotions that count for the segment
     * @param price everybody's price, which counts for a segment without promotions of its own
     */
    static SegmentPrice of(Promoted own, Calculation price) {
        if (own.isAsForEverybody()) {
            return new SegmentPrice(price.amount, null, true, "");
        }
        Bounds bounds = price.limits == null ? null : price.limits.ready;
        BigDecimal exact = bounds == null ? own.amount() : bounds.cut(own.amount());
        if (exact.signum() <= 0) {
            return new SegmentPrice(null, SegmentMark.UNPRICED, true, "");
        }
        BigDecimal rounded = price.rounder.round(exact);
        BigDecimal amount = bounds == null ? rounded : bounds.cutRounded(rounded);
        if (amount.signum() <= 0) {
            return new SegmentPrice(null, SegmentMark.UNPRICED, false, "");
        }
        if (bounds == null) {
            return new SegmentPrice(amount, null, true, "");
        }
        Limit cutAgain = Bounds.between(rounded, amount);
        Limit cutBy = cutAgain == Limit.NONE ? Bounds.between(own.amount(), exact) : cutAgain;
        SegmentMark mark =
                switch (cutBy) {
                    case NONE -> null;
                    case FLOOR -> SegmentMark.FLOOR;
                    case CEILING -> SegmentMark.CEILING;
                };
        return new SegmentPrice(
                amount, mark, true, mark == null ? "" : "; " + bounds.detail(cutBy));
    }
}
