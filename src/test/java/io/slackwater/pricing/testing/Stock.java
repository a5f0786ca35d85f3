package io.slackwater.pricing.testing;

import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;

/** Stock levels for tests. */
public final class Stock {

    private Stock() {}

    /** Of product P in warehouse W, at time 1000. */
    public static StockLevel of(long quantity) {
        return level("P", "W", quantity, 1000, 0);
    }

    public static StockLevel level(
            String product, String warehouse, long quantity, long eventTime, long offset) {
        return new StockLevel(
                product,
                warehouse,
                quantity,
                StockLevel.ABSENT,
                StockLevel.ABSENT,
                new StockVersion(eventTime, 0, offset),
                eventTime);
    }

    public static StockLevel restocking(StockLevel level, int days) {
        return new StockLevel(
                level.productId(),
                level.warehouseId(),
                level.quantity(),
                level.deliveryTime(),
                days,
                level.version(),
                level.ingestedAt());
    }
}
