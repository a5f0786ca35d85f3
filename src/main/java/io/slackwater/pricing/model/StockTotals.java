package io.slackwater.pricing.model;

import java.math.BigDecimal;

/**
 * The whole stock of one value of a dimension, as of the newest window that closed.
 *
 * @param units sum of quantities
 * @param stockValue sum of quantity times price
 * @param low keys above 0 and below the threshold
 * @param out keys at 0
 * @param oversold keys below 0
 */
public record StockTotals(long units, BigDecimal stockValue, long low, long out, long oversold) {

    /** No stock at all. */
    public static final StockTotals NONE = new StockTotals(0, BigDecimal.ZERO, 0, 0, 0);

    /** What is left after what a window brought. */
    public StockTotals plus(MetricShare share) {
        return new StockTotals(
                units + share.units(),
                stockValue.add(share.stockValue()),
                low + share.low(),
                out + share.out(),
                oversold + share.oversold());
    }
}
