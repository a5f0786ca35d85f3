package io.slackwater.pricing.demo;

import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;

/**
 * A product in a warehouse: the stock levels that were sent of it, and its newest price.
 *
 * <p>Times are epoch milliseconds. For one thread.
 */
final class AuditedKey {

    /** Levels kept per key. Prices of keys with more are counted as unchecked. */
    private static final int MAX_LEVELS = 2_000;

    /**
     * A stock level that was sent.
     *
     * @param readAt when it was read
     * @param newest whether it was the newest of its key then
     */
    record Sent(StockLevel level, long readAt, boolean newest) {

        StockVersion version() {
            return level.version();
        }

        /** Returns whether a price record is about a level of this time and quantity. */
        boolean isNamedBy(PriceRecord price) {
            return version().eventTime() == price.eventTime()
                    && level.quantity() == price.quantity();
        }
    }

    private final String product;
    private final String warehouse;
    private final Deque<Sent> levels = new ArrayDeque<>();
    private boolean levelsDropped;
    private Sent newest;

    private long version;
    private PriceRecord price;
    private long changedAt;
    private int unexplained;
    private long differsSince = -1;

    AuditedKey(String product, String warehouse) {
        this.product = product;
        this.warehouse = warehouse;
    }

    String product() {
        return product;
    }

    // ---- stock levels

    /**
     * Adds a stock level that was sent.
     *
     * @return whether it is the newest one now
     */
    boolean add(StockLevel level, long now) {
        boolean isNewest =
                newest == null || !ContractModel.isBefore(level.version(), newest.version());
        Sent sent = new Sent(level, now, isNewest);
        levels.add(sent);
        if (isNewest) {
            newest = sent;
        }
        if (levels.size() > MAX_LEVELS) {
            levels.removeFirst();
            levelsDropped = true;
        }
        return isNewest;
    }

    /**
     * Removes a stock level that the job refused.
     *
     * @return whether it was the newest one
     */
    boolean remove(StockVersion refused) {
        levels.removeIf(sent -> sent.version().equals(refused));
        if (newest == null || !newest.version().equals(refused)) {
            return false;
        }
        newest = null;
        for (Sent sent : levels) {
            if (newest == null || !ContractModel.isBefore(sent.version(), newest.version())) {
                newest = sent;
            }
        }
        return true;
    }

    /** Removes the levels before an event time, except the newest one. */
    void removeBefore(long eventTime) {
        levels.removeIf(sent -> sent != newest && sent.version().eventTime() < eventTime);
    }

    /** Returns the levels that are kept, in the order in which they were read. */
    Collection<Sent> levels() {
        return Collections.unmodifiableCollection(levels);
    }

    /** Returns whether it had more levels than are kept. */
    boolean levelsDropped() {
        return levelsDropped;
    }

    /** Returns the newest level; null: none. */
    Sent newest() {
        return newest;
    }

    /** Returns the first level that the price does not take into account. */
    Sent firstUnpriced() {
        boolean sameQuantity = price != null;
        for (Sent sent : levels) {
            boolean later =
                    sent == newest
                            || (sent.newest()
                                    && (price == null
                                            || sent.version().eventTime() > price.eventTime()));
            // A level that changed nothing was not published.
            if (later) {
                sameQuantity = sameQuantity && sent.level().quantity() == price.quantity();
                if (!sameQuantity) {
                    return sent;
                }
            }
        }
        return newest;
    }

    // ---- the price

    /** Takes the next price. */
    void price(PriceRecord next) {
        version = next.version();
        if (price == null || !price.amounts().equals(next.amounts())) {
            changedAt = next.effectiveAt();
        }
        price = next;
    }

    /** The price was withdrawn. */
    void withdraw() {
        price = null;
    }

    /** Returns the newest price; null: it has none. */
    PriceRecord price() {
        return price;
    }

    /** Returns the newest price version; 0: it never had a price. */
    long version() {
        return version;
    }

    /** Returns since when the newest price has had its amounts. */
    long changedAt() {
        return changedAt;
    }

    /** Counts one more record, or one less, that nothing explains yet. */
    void countUnexplained(int by) {
        unexplained += by;
    }

    /** Returns whether all of its records are explained. */
    boolean isExplained() {
        return unexplained == 0;
    }

    // ---- whether the price is what is due

    /**
     * Notes that the price is not what is due although its level is right.
     *
     * @return since when that is so
     */
    long differs(long now) {
        differsSince = differsSince < 0 ? now : differsSince;
        return differsSince;
    }

    /** Returns whether the price was last found not to be what is due. */
    boolean differs() {
        return differsSince >= 0;
    }

    /** Notes that the price is what is due. */
    void agrees() {
        differsSince = -1;
    }

    @Override
    public String toString() {
        return product + " in " + warehouse;
    }
}
