package io.slackwater.pricing.model;

import java.math.BigDecimal;
import java.util.Map;

/**
 * What a product costs in a warehouse: an amount of money, and what single customer segments pay
 * instead of it.
 *
 * @param amount above 0
 * @param currency of all amounts, ISO 4217
 * @param segments the prices of single customer segments, by segment, each above 0; empty: none
 */
public record PriceTag(BigDecimal amount, String currency, Map<String, BigDecimal> segments) {

    /** Returns what a segment pays: its own price, or everybody's where it has none. */
    public BigDecimal paidBy(String segment) {
        return segments.getOrDefault(segment, amount);
    }

    /**
     * Returns whether both cost the same, in the same currency, with the same segments. 10.0 is
     * 10.00 here, unlike for {@code equals}.
     *
     * @param other null: there is no price, so they differ
     */
    public boolean sameAs(PriceTag other) {
        return this == other
                || (other != null
                        && amount.compareTo(other.amount) == 0
                        && currency.equals(other.currency)
                        && sameAmounts(segments, other.segments));
    }

    /** Returns whether both name the same segments with the same amounts; 10.0 is 10.00. */
    public static boolean sameAmounts(Map<String, BigDecimal> a, Map<String, BigDecimal> b) {
        if (a.size() != b.size()) {
            return false;
        }
        if (a.isEmpty()) {
            return true;
        }
        for (Map.Entry<String, BigDecimal> entry : a.entrySet()) {
            BigDecimal other = b.get(entry.getKey());
            if (other == null || other.compareTo(entry.getValue()) != 0) {
                return false;
            }
        }
        return true;
    }
}
