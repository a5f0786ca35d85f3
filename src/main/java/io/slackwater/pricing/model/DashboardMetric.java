package io.slackwater.pricing.model;

import java.math.BigDecimal;

/**
 * What happened in one window, and the stock at its end, for one value of one dimension.
 *
 * @param windowStart epoch milliseconds, inclusive
 * @param windowEnd epoch milliseconds, exclusive
 * @param dimension {@code warehouse}, {@code price_tier} or {@code all}
 * @param value the warehouse or tier; {@code all} for the dimension {@code all}
 * @param currency of the amounts, ISO 4217; null where nothing has a price. A window in which the
 *     currency changes has a metric for each: updates, price changes and amounts are those in the
 *     currency; units, low, out of stock and oversold are of the whole stock in each
 * @param updates stock levels of the window that became the newest of their key when they came
 * @param priceChanges published prices that differ from the one before and take effect in it
 * @param minPrice over the prices of its updates; null where none was priced
 * @param maxPrice likewise
 * @param avgPrice likewise, HALF_UP to the minor unit
 * @param unitsOnHand sum of the quantities of all keys at the window's end, oversold ones negative
 * @param stockValue sum of quantity times price of all priced keys at the window's end
 * @param lowStock keys above 0 and below the threshold
 * @param outOfStock keys at 0
 * @param oversold keys below 0
 */
public record DashboardMetric(
        long windowStart,
        long windowEnd,
        String dimension,
        String value,
        String currency,
        long updates,
        long priceChanges,
        BigDecimal minPrice,
        BigDecimal maxPrice,
        BigDecimal avgPrice,
        long unitsOnHand,
        BigDecimal stockValue,
        long lowStock,
        long outOfStock,
        long oversold) {}
