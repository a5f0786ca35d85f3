package io.slackwater.pricing.model;

/**
 * One message of {@code product_catalog} as decoded. It says something of a product, an entry or
 * its removal, unless it is a dead letter as a whole; then it names no product.
 *
 * @param source where it came from
 * @param productId the product; null when the message could not be used
 * @param entry what it says of the product; null when it removes the entry or cannot be used
 * @param deadLetter why the message, or with an entry why a field of it, cannot be used; null when
 *     everything can
 */
public record CatalogMessage(
        Source source, String productId, CatalogEntry entry, DeadLetter deadLetter) {

    /**
     * Returns its place in the order of what is told of the product: by the time of the update (of
     * a removal, the record's timestamp), then by partition and offset.
     */
    public StockVersion version() {
        long time = entry == null ? source.timestamp() : entry.updatedAt();
        return new StockVersion(time, source.partition(), source.offset());
    }
}
