package io.slackwater.pricing.demo;

import io.slackwater.pricing.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.stream.IntStream;

/**
 * The range in which the job's event time lies, as far as its input says. Only the job knows the
 * event time that it has reached; it lies between what the slowest and the fastest partition of
 * {@code inventory_raw} say.
 *
 * <p>Times are epoch milliseconds.
 */
final class EventTimeRange {

    /** How exactly it is known when the job notices that a partition is silent. */
    private static final Duration SLACK = Duration.ofSeconds(10);

    /** The newest event time of a partition, and when its last message was read. */
    private static final class Partition {
        private long newest = Long.MIN_VALUE;
        private long readAt;
    }

    private final long late;
    private final long idleAfter;
    private final List<Partition> partitions;
    private long low = Long.MIN_VALUE;
    private long high = Long.MIN_VALUE;

    /**
     * @param inventoryPartitions how many partitions {@code inventory_raw} has
     * @param now when reading begins
     */
    EventTimeRange(Settings.Input input, int inventoryPartitions, long now) {
        late = input.outOfOrderness().toMillis() + 1;
        idleAfter = input.idleAfter().toMillis();
        partitions =
                IntStream.range(0, inventoryPartitions).mapToObj(i -> new Partition()).toList();
        partitions.forEach(partition -> partition.readAt = now);
    }

    /** A message with an event time was read from a partition. */
    void message(int partition, long eventTime, long now) {
        Partition read = partitions.get(partition);
        read.newest = Math.max(read.newest, eventTime);
        read.readAt = now;
    }

    /**
     * Moves on to the present.
     *
     * @param boundaries when a book or a rule begins or ends
     * @return whether an end of the range has passed one of them, so that every price may change
     */
    boolean advance(long now, NavigableSet<Long> boundaries) {
        long slowest = Long.MAX_VALUE;
        long fastest = Long.MIN_VALUE;
        for (Partition partition : partitions) {
            boolean read = partition.newest != Long.MIN_VALUE;
            long silent = now - partition.readAt;
            long behind = read ? partition.newest - late : Long.MIN_VALUE;
            long ahead = behind;
            if (idleAfter > 0 && silent >= idleAfter) {
                // The job begins to follow the wall clock about now.
                ahead = Math.max(ahead, now - late + 1);
            }
            if (idleAfter > 0 && silent >= idleAfter + SLACK.toMillis()) {
                behind = Math.max(behind, now - late - SLACK.toMillis());
            }
            slowest = Math.min(slowest, behind);
            fastest = Math.max(fastest, ahead);
        }
        long newLow = Math.max(low, slowest);
        long newHigh = Math.max(high, fastest);
        boolean passed =
                isPassed(boundaries.higher(low), newLow)
                        || isPassed(boundaries.higher(high), newHigh);
        low = newLow;
        high = newHigh;
        return passed;
    }

    private static boolean isPassed(Long boundary, long time) {
        return boundary != null && boundary <= time;
    }

    /**
     * Returns the times as of which a stock level may be priced now, the latest first: the ends of
     * the range and the boundaries between them.
     *
     * @param eventTime of the level
     */
    List<Long> pricingTimes(long eventTime, NavigableSet<Long> boundaries) {
        long last = Math.max(eventTime, high);
        long first = Math.max(eventTime, low);
        List<Long> times = new ArrayList<>(List.of(last));
        if (first < last) {
            times.addAll(boundaries.subSet(first, false, last, false).descendingSet());
            times.add(first);
        }
        return times;
    }
}
