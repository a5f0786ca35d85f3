package io.slackwater.pricing.model;

/**
 * What is stored of a product as a whole.
 *
 * @param catalog its catalog entry; null: none
 * @param catalogVersion of the newest catalog message, also of one that removed the entry; {@link
 *     StockVersion#OLDEST}: none came
 * @param withdrawnBefore stock levels told before this are withdrawn, also of warehouses not yet
 *     heard of; {@link StockVersion#OLDEST}: none
 * @param manyWarehouses whether each of its stock levels has an entry of the state to itself,
 *     because there are too many for one
 */
public record ProductFacts(
        CatalogEntry catalog,
        StockVersion catalogVersion,
        StockVersion withdrawnBefore,
        boolean manyWarehouses) {

    /** Nothing is known of the product. */
    public static final ProductFacts NONE =
            new ProductFacts(null, StockVersion.OLDEST, StockVersion.OLDEST, false);

    /** The same, with another catalog entry. */
    public ProductFacts with(CatalogEntry entry, StockVersion version) {
        return new ProductFacts(entry, version, withdrawnBefore, manyWarehouses);
    }

    /** The same, but withdrawn. */
    public ProductFacts withdrawn(StockVersion version) {
        return new ProductFacts(catalog, catalogVersion, version, manyWarehouses);
    }

    /** The same, of a product in many warehouses. */
    public ProductFacts inManyWarehouses() {
        return new ProductFacts(catalog, catalogVersion, withdrawnBefore, true);
    }

    /** The product's category; null: none. */
    public String category() {
        return catalog == null ? null : catalog.category();
    }
}
