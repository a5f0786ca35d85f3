package io.slackwater.pricing.model;

import java.util.Map;

/**
 * A condition that began.
 *
 * @param kind which
 * @param severity how bad
 * @param productId the product
 * @param warehouseId the warehouse
 * @param eventTime when it began, epoch milliseconds
 * @param details what it is about, such as {@code quantity} or {@code price}; numbers as plain
 *     decimal text
 */
public record Alert(
        Kind kind,
        Severity severity,
        String productId,
        String warehouseId,
        long eventTime,
        Map<String, String> details) {

    /** Kinds of condition. */
    public enum Kind {
        LOW_STOCK,
        OUT_OF_STOCK,
        OVERSOLD,
        BACK_IN_STOCK,
        PRICE_JUMP,
        UNPRICED,
        /** The rules would have gone below the floor, or above the ceiling. */
        LIMIT_HIT,
        /** The price is in another currency than before: the two are not compared. */
        CURRENCY_CHANGED
    }

    /** How bad it is. */
    public enum Severity {
        INFO,
        WARNING,
        CRITICAL
    }
}
