package io.slackwater.pricing.model;

/**
 * What is stored of a product as a whole.
 *
 * @param catalog its catalog entry; null: none
 * @param catalogVersion of the newest catalog message, also of one that removed the entry; {@link
 *     StockVersion#OLDEST}: none came
 * @param withdrawnBefore stock levels told before this are withdrawn, also of warehouses not yet
 *     heard of; {@link StockVersion#OLDEST}: none
 */
public record ProductFacts(
        CatalogEntry catalog, StockVersion catalogVersion, StockVersion withdrawnBefore) {

    /** Nothing is known of the product. */
    public static final ProductFacts NONE =
            new ProductFacts(null, StockVersion.OLDEST, StockVersion.OLDEST);
}
