package io.slackwater.pricing.json;

import static io.slackwater.pricing.json.JsonBytes.name;

import io.slackwater.pricing.model.DashboardMetric;

/** The records of {@code dashboard_metrics}. */
public final class MetricJson implements RecordJson<DashboardMetric> {

    private static final byte[] WINDOW_START = name("window_start");
    private static final byte[] WINDOW_END = name("window_end");
    private static final byte[] DIMENSION = name("dimension");
    private static final byte[] VALUE = name("value");
    private static final byte[] CURRENCY = name("currency");
    private static final byte[] UPDATES = name("updates");
    private static final byte[] PRICE_CHANGES = name("price_changes");
    private static final byte[] MIN_PRICE = name("min_price");
    private static final byte[] MAX_PRICE = name("max_price");
    private static final byte[] AVG_PRICE = name("avg_price");
    private static final byte[] UNITS_ON_HAND = name("units_on_hand");
    private static final byte[] STOCK_VALUE = name("stock_value");
    private static final byte[] LOW_STOCK = name("low_stock");
    private static final byte[] OUT_OF_STOCK = name("out_of_stock");
    private static final byte[] OVERSOLD = name("oversold");

    private final JsonBytes json = new JsonBytes();

    /** The key of a metric, {@code dimension|value}; no dimension holds a bar. */
    @Override
    public byte[] key(DashboardMetric metric) {
        return OutputKeys.of(metric.dimension(), metric.value());
    }

    /** The value of a metric. It is short whatever the room: only its names come from outside. */
    @Override
    public byte[] value(DashboardMetric metric, int room) {
        json.begin();
        json.time(WINDOW_START, metric.windowStart());
        json.time(WINDOW_END, metric.windowEnd());
        json.text(DIMENSION, metric.dimension());
        json.text(VALUE, metric.value());
        json.text(CURRENCY, metric.currency());
        json.number(UPDATES, metric.updates());
        json.number(PRICE_CHANGES, metric.priceChanges());
        json.amount(MIN_PRICE, metric.minPrice());
        json.amount(MAX_PRICE, metric.maxPrice());
        json.amount(AVG_PRICE, metric.avgPrice());
        json.number(UNITS_ON_HAND, metric.unitsOnHand());
        json.amount(STOCK_VALUE, metric.stockValue());
        json.number(LOW_STOCK, metric.lowStock());
        json.number(OUT_OF_STOCK, metric.outOfStock());
        json.number(OVERSOLD, metric.oversold());
        return json.end();
    }
}
