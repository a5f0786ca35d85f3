package io.slackwater.pricing.model;

/**
 * What is stored of a product as a whole.
 *
 * @param catalog its catalog entry; null: none
 * @param withdrawnBefore stock levels told before this are withdrawn, also of warehouses not yet
 *     heard of; {@link StockVersion#OLDEST}: none
 */
public record ProductFacts(CatalogEntry catalog, StockVersion withdrawnBefore) {

    /** Nothing is known of the product. */
    public static final ProductFacts NONE = new ProductFacts(null, StockVersion.OLDEST);
}
