package io.slackwater.pricing.model;

import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;

/**
 * The whole stock of one value of a dimension, as of the newest window that closed.
 *
 * @param units sum of quantities
 * @param stockValue what release 0.1.0 stored: the sum of quantity times price in a currency that
 *     it did not name; zero once the currency is known
 * @param low keys above 0 and below the threshold
 * @param out keys at 0
 * @param oversold keys below 0
 * @param values the sum of quantity times price by currency; null: stored by release 0.1.0
 */
public record StockTotals(
        long units,
        BigDecimal stockValue,
        long low,
        long out,
        long oversold,
        Map<String, BigDecimal> values) {

    /** No stock at all. */
    public static final StockTotals NONE = new StockTotals(0, BigDecimal.ZERO, 0, 0, 0, Map.of());

    /** What is left after what a window brought. */
    public StockTotals plus(MetricShare share) {
        Map<String, BigDecimal> sums = new TreeMap<>(values == null ? Map.of() : values);
        BigDecimal unnamed = stockValue;
        for (MetricShare.Amounts amounts : share.amountsByCurrency()) {
            if (amounts.currency() == null) {
                unnamed = unnamed.add(amounts.stockValue());
            } else {
                sums.merge(amounts.currency(), unnamed.add(amounts.stockValue()), BigDecimal::add);
                unnamed = BigDecimal.ZERO;
            }
        }
        return new StockTotals(
                units + share.units(),
                unnamed,
                low + share.low(),
                out + share.out(),
                oversold + share.oversold(),
                sums);
    }

    /** Without the currencies in which there is no stock any more. */
    public StockTotals withoutEmptyValues() {
        if (values.values().stream().allMatch(value -> value.signum() != 0)) {
            return this;
        }
        Map<String, BigDecimal> left = new TreeMap<>(values);
        left.values().removeIf(value -> value.signum() == 0);
        return new StockTotals(units, stockValue, low, out, oversold, left);
    }
}
