package io.slackwater.pricing.model;

import java.util.List;

/**
 * One message of {@code inventory_raw} as decoded: what is good in it and what is not. Decoding
 * never throws; a message that cannot be used at all is one dead letter and nothing else.
 *
 * @param source where it came from
 * @param productId the product; null when the message could not be used
 * @param version its place in the order of what is told of the product; null when it could not be
 *     used
 * @param kind what it says
 * @param stockLevels its good lines, in the order of the message
 * @param deadLetters the message itself; or its bad lines, and optional fields that cannot be used
 *     of its good lines
 * @param lines how many lines it had, good and bad; 0 when the message could not be used
 */
public record InventoryMessage(
        Source source,
        String productId,
        StockVersion version,
        Kind kind,
        List<StockLevel> stockLevels,
        List<DeadLetter> deadLetters,
        int lines) {

    /** What a message says about the product. */
    public enum Kind {
        /** The stock of the warehouses that it names, and nothing about any other. */
        PARTIAL,
        /** The stock of every warehouse of the product: those it does not name are withdrawn. */
        COMPLETE,
        /** The product is no longer sold (a tombstone): all its prices are withdrawn. */
        DELISTED,
        /** Nothing: it is a dead letter. */
        UNUSABLE
    }
}
