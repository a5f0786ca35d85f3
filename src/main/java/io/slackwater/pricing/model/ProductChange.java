package io.slackwater.pricing.model;

/**
 * A change of one product, on its way to where the product is priced: exactly one of a stock level,
 * a withdrawal, a delisting or a catalog change.
 *
 * @param kind which of them
 * @param productId the product
 * @param stockLevel of kind {@code STOCK_LEVEL}
 * @param withdrawal of kinds {@code WITHDRAWAL} and {@code DELISTING}: every older stock level is
 *     withdrawn, those of its own message are not
 * @param catalogEntry of kind {@code CATALOG}; null: the product has no entry any more
 * @param catalogVersion of kind {@code CATALOG}: its place in the order of the entries of the
 *     product, of which the newest wins
 */
public record ProductChange(
        Kind kind,
        String productId,
        StockLevel stockLevel,
        StockVersion withdrawal,
        CatalogEntry catalogEntry,
        StockVersion catalogVersion) {

    /** What can change. */
    public enum Kind {
        STOCK_LEVEL,
        /** A complete message named all warehouses of the product: the others have none of it. */
        WITHDRAWAL,
        CATALOG,
        /** A tombstone: the product is no longer sold. */
        DELISTING
    }

    public static ProductChange of(StockLevel level) {
        return new ProductChange(Kind.STOCK_LEVEL, level.productId(), level, null, null, null);
    }

    public static ProductChange withdrawal(String productId, StockVersion version) {
        return new ProductChange(Kind.WITHDRAWAL, productId, null, version, null, null);
    }

    public static ProductChange delisting(String productId, StockVersion version) {
        return new ProductChange(Kind.DELISTING, productId, null, version, null, null);
    }

    /**
     * @param entry null: the product has no entry any more
     * @param version when the entry was updated, and where it came from
     */
    public static ProductChange catalog(
            String productId, CatalogEntry entry, StockVersion version) {
        return new ProductChange(Kind.CATALOG, productId, null, null, entry, version);
    }
}
