package io.slackwater.pricing.dashboard;

import com.fasterxml.jackson.core.JsonGenerator;
import io.slackwater.pricing.dashboard.RecordReader.Item;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The newest records of a topic, and how many of each kind there have been. Bounded. */
final class NewestItems {

    /** Kinds that are counted by name; those that come after them count as {@code OTHER}. */
    private static final int MAX_KINDS = 100;

    private final String listName;
    private final String countsName;
    private final int max;

    /** The newest first. */
    private final Deque<Kept<Item>> items = new ArrayDeque<>();

    private final TreeMap<String, Long> counts = new TreeMap<>();
    private long lastChange;

    /**
     * @param listName the field of the records
     * @param countsName the field of their numbers
     * @param max records that are kept
     */
    NewestItems(String listName, String countsName, int max) {
        this.listName = listName;
        this.countsName = countsName;
        this.max = max;
    }

    /** Adds a record. */
    void add(long change, Item item) {
        lastChange = change;
        // Partitions are read one after the other: an older one may come after a newer one.
        Deque<Kept<Item>> newer = new ArrayDeque<>(0);
        while (!items.isEmpty() && items.peekFirst().value().at() > item.at()) {
            newer.push(items.removeFirst());
        }
        items.addFirst(new Kept<>(change, item));
        newer.forEach(items::addFirst);
        if (items.size() > max) {
            items.removeLast();
        }
        boolean known = counts.containsKey(item.kind()) || counts.size() < MAX_KINDS;
        counts.merge(known ? item.kind() : "OTHER", 1L, Long::sum);
    }

    /** Writes the records that came after a change, and the counts if they changed after it. */
    void write(JsonGenerator json, long since) throws IOException {
        boolean whole = since == Board.NOTHING;
        // After a load they are sorted by time, and their changes have any order.
        List<Item> newer =
                items.stream().filter(kept -> kept.change() > since).map(Kept::value).toList();
        if (whole || !newer.isEmpty()) {
            json.writeArrayFieldStart(listName);
            for (Item item : newer) {
                json.writeRawValue(item.json());
            }
            json.writeEndArray();
        }
        if (whole || lastChange > since) {
            json.writeObjectFieldStart(countsName);
            for (Map.Entry<String, Long> count : counts.entrySet()) {
                json.writeNumberField(count.getKey(), count.getValue());
            }
            json.writeEndObject();
        }
    }

    void clear() {
        items.clear();
        counts.clear();
    }
}
