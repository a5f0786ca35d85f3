package io.slackwater.pricing.model;

/**
 * The order of what is told of a product: the newest event time wins, whatever the order of
 * arrival; of equal times the higher (partition, offset).
 *
 * @param eventTime epoch milliseconds
 * @param partition the Kafka partition of the message
 * @param offset the offset of the message
 */
public record StockVersion(long eventTime, int partition, long offset)
        implements Comparable<StockVersion> {

    /** Older than everything that was ever told. */
    public static final StockVersion OLDEST = new StockVersion(Long.MIN_VALUE, -1, -1);

    public boolean isOlderThan(StockVersion other) {
        return compareTo(other) < 0;
    }

    /**
     * Returns whether what it tells takes the place of what is known: the newest wins, and of two
     * equal ones that which came later.
     *
     * @param known null: nothing is known
     */
    public boolean replaces(StockVersion known) {
        return known == null || !isOlderThan(known);
    }

    @Override
    public int compareTo(StockVersion other) {
        int byTime = Long.compare(eventTime, other.eventTime);
        if (byTime != 0) {
            return byTime;
        }
        int byPartition = Integer.compare(partition, other.partition);
        return byPartition != 0 ? byPartition : Long.compare(offset, other.offset);
    }
}
