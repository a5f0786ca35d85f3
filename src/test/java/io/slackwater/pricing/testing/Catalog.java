package io.slackwater.pricing.testing;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.StockVersion;

/** Catalog changes for tests, of partition 0. */
public final class Catalog {

    private Catalog() {}

    public static ProductChange entry(String product, CatalogEntry entry) {
        return ProductChange.catalog(
                product, entry, new StockVersion(entry.updatedAt(), 0, entry.updatedAt()));
    }

    /** A null value with this timestamp. */
    public static ProductChange removal(String product, long timestamp) {
        return ProductChange.catalog(product, null, new StockVersion(timestamp, 0, timestamp));
    }
}
