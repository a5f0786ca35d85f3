package io.slackwater.pricing.dashboard;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The newest price of every key, and which of them a visitor sees without asking. {@link #rows} may
 * be read by any thread; the board guards everything else.
 */
final class NewestPrices {

    /** Prices that a visitor sees without asking. */
    static final int MAX_SHOWN = 200;

    /** A price that was withdrawn this long ago is forgotten. */
    static final long WITHDRAWN_MILLIS = 600_000;

    /** A price that was withdrawn, and when that was read, epoch milliseconds. */
    private record Withdrawal(Row row, long at) {}

    private final ConcurrentHashMap<String, Row> rows = new ConcurrentHashMap<>();

    /** The prices that changed last, the newest last. */
    private final LinkedHashMap<String, Kept<Row>> shown = new LinkedHashMap<>();

    private final Deque<Withdrawal> withdrawals = new ArrayDeque<>();
    private int priced;

    /** Returns whether no newer record of its key is known: partitions are read apart. */
    boolean isNewest(Row row) {
        Row newest = rows.get(row.key());
        return newest == null || !row.isOlderThan(newest);
    }

    /** Takes the newest price of a key. */
    void put(long change, Row row) {
        Row before = rows.put(row.key(), row);
        priced += (row.withdrawn() ? 0 : 1) - (before == null || before.withdrawn() ? 0 : 1);
        shown.remove(row.key());
        shown.put(row.key(), new Kept<>(change, row));
        if (shown.size() > MAX_SHOWN) {
            Iterator<String> oldest = shown.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** Returns the row of a key whose price is withdrawn by a tombstone. */
    Row withdrawn(String key, Row.Position tombstone) {
        Row before = rows.get(key);
        return before == null ? Row.unknown(key, tombstone) : before.withdrawn(tombstone);
    }

    /**
     * Takes the newest row of a key, which is withdrawn.
     *
     * @param now epoch milliseconds
     */
    void putWithdrawn(long change, Row row, long now) {
        put(change, row);
        withdrawals.add(new Withdrawal(row, now));
    }

    /**
     * Forgets what was withdrawn long ago.
     *
     * @return the keys that are forgotten
     */
    List<String> forget(long now) {
        List<String> forgotten = new ArrayList<>();
        while (!withdrawals.isEmpty() && withdrawals.peekFirst().at() <= now - WITHDRAWN_MILLIS) {
            Row row = withdrawals.removeFirst().row();
            if (rows.remove(row.key(), row)) {
                forgotten.add(row.key());
            }
        }
        return forgotten;
    }

    /**
     * Everything that was on the topics is read. Partitions were read one after the other, so which
     * prices are the newest is decided now, by the broker's clock.
     */
    void loaded(long change) {
        PriorityQueue<Row> newest = new PriorityQueue<>(Row.ORDER);
        for (Row row : rows.values()) {
            newest.add(row);
            if (newest.size() > MAX_SHOWN) {
                newest.poll();
            }
        }
        shown.clear();
        while (!newest.isEmpty()) {
            Row row = newest.poll();
            shown.put(row.key(), new Kept<>(change, row));
        }
    }

    /** Returns how many keys have a price. */
    int priced() {
        return priced;
    }

    /** Returns the newest row of every key. For any thread. */
    Collection<Row> rows() {
        return rows.values();
    }

    /** Writes the shown prices that changed after a change, the newest first; none: no field. */
    void write(JsonGenerator json, long since) throws IOException {
        List<Row> newer = new ArrayList<>();
        for (Kept<Row> kept : shown.values()) {
            if (kept.change() > since) {
                newer.add(kept.value());
            }
        }
        if (since == Board.NOTHING || !newer.isEmpty()) {
            Collections.reverse(newer);
            json.writeArrayFieldStart("prices");
            for (Row row : newer) {
                row.write(json, null);
            }
            json.writeEndArray();
        }
    }

    void clear() {
        rows.clear();
        shown.clear();
        withdrawals.clear();
        priced = 0;
    }
}
