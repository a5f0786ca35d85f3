package io.slackwater.pricing.model;

/**
 * Something that is told of one product, on its way to where the product is priced: exactly one of
 * a stock level, a withdrawal or a catalog change.
 *
 * @param kind which of them
 * @param productId the product
 * @param stockLevel of kind {@code STOCK_LEVEL}
 * @param withdrawal of kind {@code WITHDRAWAL}: every stock level told before it is withdrawn,
 *     those of its own message are not
 * @param catalogEntry of kind {@code CATALOG}; null: the product has no entry any more
 */
public record ProductChange(
        Kind kind,
        String productId,
        StockLevel stockLevel,
        StockVersion withdrawal,
        CatalogEntry catalogEntry) {

    /** What can be told of a product. */
    public enum Kind {
        STOCK_LEVEL,
        WITHDRAWAL,
        CATALOG
    }

    public static ProductChange of(StockLevel level) {
        return new ProductChange(Kind.STOCK_LEVEL, level.productId(), level, null, null);
    }

    public static ProductChange withdrawal(String productId, StockVersion version) {
        return new ProductChange(Kind.WITHDRAWAL, productId, null, version, null);
    }

    public static ProductChange catalog(String productId, CatalogEntry entry) {
        return new ProductChange(Kind.CATALOG, productId, null, null, entry);
    }
}
