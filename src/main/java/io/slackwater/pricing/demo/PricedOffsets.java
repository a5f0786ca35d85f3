package io.slackwater.pricing.demo;

import io.slackwater.pricing.model.StockVersion;
import java.util.HashMap;
import java.util.Map;

/**
 * How far the job has come in each partition of {@code inventory_raw}, as its prices show: the
 * highest offset whose price was seen.
 */
final class PricedOffsets {

    /** The highest offset of a partition, and when its price was read, epoch milliseconds. */
    private record Reached(long offset, long at) {}

    private static final Reached NOTHING = new Reached(-1, 0);

    private final Map<Integer, Reached> byPartition = new HashMap<>();

    /** The price of a stock level was read. */
    void priced(StockVersion version, long now) {
        if (version.offset() > reached(version).offset()) {
            byPartition.put(version.partition(), new Reached(version.offset(), now));
        }
    }

    /** Returns whether this level, or a later one of its partition, has its price. */
    boolean isPassed(StockVersion version) {
        return reached(version).offset() >= version.offset();
    }

    /**
     * Returns when the job was last seen to make progress in a level's partition, epoch
     * milliseconds; 0: never.
     */
    long progressAt(StockVersion version) {
        return reached(version).at();
    }

    private Reached reached(StockVersion version) {
        return byPartition.getOrDefault(version.partition(), NOTHING);
    }
}
