package io.slackwater.pricing.model;

import java.math.BigDecimal;

/**
 * A part of a dashboard metric: what one subtask saw of one window and one value of a dimension.
 * Two shares of the same window and value add up to a share.
 *
 * @param windowStart epoch milliseconds, inclusive
 * @param dimension {@code warehouse}, {@code price_tier} or {@code all}
 * @param value of the dimension
 * @param updates stock levels that became the newest
 * @param priced how many of their prices are in {@code priceSum}
 * @param priceChanges published prices that differ from the one before
 * @param minPrice null: none
 * @param maxPrice null: none
 * @param priceSum sum of the prices of its updates
 * @param units change of the units on hand
 * @param stockValue change of quantity times price
 * @param low change of the number of keys that are low
 * @param out change of the number of keys that are out of stock
 * @param oversold change of the number of oversold keys
 */
public record MetricShare(
        long windowStart,
        String dimension,
        String value,
        long updates,
        long priced,
        long priceChanges,
        BigDecimal minPrice,
        BigDecimal maxPrice,
        BigDecimal priceSum,
        long units,
        BigDecimal stockValue,
        long low,
        long out,
        long oversold) {

    /** Both together; of the same window and value. */
    public MetricShare plus(MetricShare other) {
        return new MetricShare(
                windowStart,
                dimension,
                value,
                updates + other.updates,
                priced + other.priced,
                priceChanges + other.priceChanges,
                minPrice == null
                                || (other.minPrice != null
                                        && other.minPrice.compareTo(minPrice) < 0)
                        ? other.minPrice
                        : minPrice,
                maxPrice == null
                                || (other.maxPrice != null
                                        && other.maxPrice.compareTo(maxPrice) > 0)
                        ? other.maxPrice
                        : maxPrice,
                priceSum.add(other.priceSum),
                units + other.units,
                stockValue.add(other.stockValue),
                low + other.low,
                out + other.out,
                oversold + other.oversold);
    }
}
