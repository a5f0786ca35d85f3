package io.slackwater.pricing.model;

/**
 * What is told, of the stock and the catalog, to the one place where rule books are accepted:
 * exactly one of the two.
 *
 * @param newestRead the newest event time that one subtask of a bounded run has read, epoch
 *     milliseconds, told when it has read everything; null: a sampled change
 * @param sampled a change of a product that is in the sample of its subtask; null: the other
 */
public record InventorySignal(Long newestRead, ProductChange sampled) {

    public static InventorySignal read(long newest) {
        return new InventorySignal(newest, null);
    }

    public static InventorySignal sampled(ProductChange change) {
        return new InventorySignal(null, change);
    }
}
