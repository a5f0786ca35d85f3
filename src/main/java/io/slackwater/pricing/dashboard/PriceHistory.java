package io.slackwater.pricing.dashboard;

import io.slackwater.pricing.dashboard.PriceReader.TracedPrice;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * The last prices of each key, with the reasons for them. Bounded: where there are too many, the
 * history of the key that changed longest ago is forgotten.
 */
final class PriceHistory {

    /** Prices of one product and warehouse that are remembered. */
    static final int MAX_PER_KEY = 100;

    private final int limit;

    /** Prices of each key, oldest first; the key that changed last is the last. */
    private final LinkedHashMap<String, Deque<TracedPrice>> byKey = new LinkedHashMap<>();

    private int size;

    /**
     * @param limit prices that are remembered in all
     */
    PriceHistory(int limit) {
        this.limit = limit;
    }

    /** Adds a price in its place among those of its key. */
    void add(TracedPrice price) {
        String key = price.row().key();
        Deque<TracedPrice> prices = byKey.remove(key);
        if (prices == null) {
            prices = new ArrayDeque<>(2);
        }
        byKey.put(key, prices);
        Deque<TracedPrice> later = new ArrayDeque<>(0);
        while (!prices.isEmpty() && price.row().isOlderThan(prices.peekLast().row())) {
            later.push(prices.removeLast());
        }
        prices.addLast(price);
        prices.addAll(later);
        size++;
        if (prices.size() > MAX_PER_KEY) {
            prices.removeFirst();
            size--;
        }
        while (size > limit && byKey.size() > 1) {
            remove(byKey.keySet().iterator().next());
        }
    }

    /** Forgets a key. */
    void remove(String key) {
        Deque<TracedPrice> prices = byKey.remove(key);
        size -= prices == null ? 0 : prices.size();
    }

    /** Returns the prices of a key, oldest first; null: none are remembered. */
    List<TracedPrice> of(String key) {
        Deque<TracedPrice> prices = byKey.get(key);
        return prices == null ? null : List.copyOf(prices);
    }

    /** Returns how many prices are remembered. */
    int size() {
        return size;
    }

    void clear() {
        byKey.clear();
        size = 0;
    }
}
