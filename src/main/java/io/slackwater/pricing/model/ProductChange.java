package io.slackwater.pricing.model;

import java.util.List;

/**
 * A change of one product, on its way to where the product is priced: exactly one of stock levels,
 * a withdrawal, a delisting or a catalog change.
 *
 * @param kind which of them
 * @param productId the product
 * @param stockLevels of kind {@code STOCK_LEVELS}: at least one, all of this product and of one
 *     message, so that they have one version and one ingestion time; else empty
 * @param withdrawal of kinds {@code WITHDRAWAL} and {@code DELISTING}: every older stock level is
 *     withdrawn, those of its own message are not
 * @param catalogEntry of kind {@code CATALOG}; null: the product has no entry any more
 * @param catalogVersion of kind {@code CATALOG}: its place in the order of the entries of the
 *     product, of which the newest wins
 */
public record ProductChange(
        Kind kind,
        String productId,
        List<StockLevel> stockLevels,
        StockVersion withdrawal,
        CatalogEntry catalogEntry,
        StockVersion catalogVersion) {

    /** What can change. */
    public enum Kind {
        /** One message told the stock of one or more warehouses. */
        STOCK_LEVELS,
        /** A complete message named all warehouses of the product: the others have none of it. */
        WITHDRAWAL,
        CATALOG,
        /** A tombstone: the product is no longer sold. */
        DELISTING
    }

    public static ProductChange of(StockLevel level) {
        return stock(level.productId(), List.of(level));
    }

    /**
     * @param levels at least one, all of the product and of one message
     */
    public static ProductChange stock(String productId, List<StockLevel> levels) {
        return new ProductChange(Kind.STOCK_LEVELS, productId, levels, null, null, null);
    }

    public static ProductChange withdrawal(String productId, StockVersion version) {
        return new ProductChange(Kind.WITHDRAWAL, productId, List.of(), version, null, null);
    }

    public static ProductChange delisting(String productId, StockVersion version) {
        return new ProductChange(Kind.DELISTING, productId, List.of(), version, null, null);
    }

    /**
     * @param entry null: the product has no entry any more
     * @param version when the entry was updated, and where it came from
     */
    public static ProductChange catalog(
            String productId, CatalogEntry entry, StockVersion version) {
        return new ProductChange(Kind.CATALOG, productId, List.of(), null, entry, version);
    }
}
