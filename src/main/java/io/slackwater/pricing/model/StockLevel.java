package io.slackwater.pricing.model;

/**
 * One product in one warehouse: one flattened line of an inventory message.
 *
 * @param productId the product, non-blank, at most 256 characters
 * @param warehouseId the warehouse, likewise
 * @param quantity pieces on hand; negative when oversold
 * @param deliveryTime days, or {@link #ABSENT}
 * @param restockingTime days, or {@link #ABSENT}
 * @param version when it held and where it came from: decides which of two levels is the newer
 * @param ingestedAt the Kafka record's timestamp, epoch milliseconds
 */
public record StockLevel(
        String productId,
        String warehouseId,
        long quantity,
        int deliveryTime,
        int restockingTime,
        StockVersion version,
        long ingestedAt) {

    /** An optional number of days that the message does not give. */
    public static final int ABSENT = -1;
}
