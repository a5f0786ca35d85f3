package io.slackwater.pricing.dashboard;

import com.fasterxml.jackson.core.JsonGenerator;
import io.slackwater.pricing.dashboard.Reading.Item;
import io.slackwater.pricing.dashboard.Reading.Status;
import io.slackwater.pricing.dashboard.Reading.Told;
import io.slackwater.pricing.dashboard.Reading.Window;
import io.slackwater.pricing.json.Instants;
import io.slackwater.pricing.tools.BookAnswers;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Everything that the page knows: the newest price of every key, the newest records of the other
 * topics, and what came of them. Bounded, but for the newest prices, which are as many as the shop
 * has.
 *
 * <p>Every change has a number, and everything that is kept bears the number of its last change. So
 * what a visitor does not have yet is what bears a higher number than the visitor's: the first
 * picture, the regular update, and the update of somebody who was away for an hour are one and the
 * same piece of code, and none of them needs a log of what happened. A visitor who replaces what it
 * has by key or id, and keeps as much as is kept here, has no gap and nothing twice.
 *
 * <p>For many threads. {@link #search} takes no lock, so that a slow one holds nobody up.
 */
final class Board {

    /** Prices that a visitor sees without asking. */
    static final int PRICES = 200;

    static final int ALERTS = 200;
    static final int LETTERS = 100;
    static final int STATUSES = 30;

    /** Windows kept of the whole shop. */
    static final int WINDOWS_OF_ALL = 120;

    /** Windows kept of each warehouse and tier. */
    static final int WINDOWS = 30;

    /** Different values of a dimension; what comes after them is left out. */
    static final int VALUES = 500;

    /** Different currencies of one window. */
    private static final int CURRENCIES = 20;

    /** Prices of one product and warehouse that are remembered. */
    static final int HISTORY_OF_KEY = 100;

    /** A price that was withdrawn so long ago is forgotten. */
    static final long WITHDRAWN_MILLIS = 600_000;

    /** Different kinds of alerts, or reasons of dead letters, that are counted by name. */
    private static final int COUNTED = 100;

    private static final String ALL = "all";

    private final String bookId;
    private final int historyLimit;
    private final String start;

    /** The newest price of each key. */
    private final ConcurrentHashMap<String, Row> rows = new ConcurrentHashMap<>();

    /** The newest of them, the newest last. */
    private final LinkedHashMap<String, Kept<Row>> recent = new LinkedHashMap<>();

    /** Prices of each key, oldest first; the key that changed last is the last. */
    private final LinkedHashMap<String, Deque<Told>> history = new LinkedHashMap<>();

    private int remembered;
    private final Deque<Gone> gone = new ArrayDeque<>();

    /** By dimension and value, by start, by currency. */
    private final Map<String, TreeMap<Long, TreeMap<String, Kept<Window>>>> windows =
            new HashMap<>();

    private final Map<String, Integer> values = new HashMap<>();
    private final Deque<Kept<Item>> alerts = new ArrayDeque<>();
    private final Deque<Kept<Item>> letters = new ArrayDeque<>();
    private final TreeMap<String, Long> alertCounts = new TreeMap<>();
    private final TreeMap<String, Long> letterCounts = new TreeMap<>();

    /** The newest answers about rule books, in their order. */
    private final TreeMap<BookAnswers.Told, Item> statuses = new TreeMap<>(BookAnswers.Told.ORDER);

    /** Those about the book that prices. */
    private final BookAnswers<Item> answers = new BookAnswers<>();

    private String currency;
    private List<Controls.Button> buttons = List.of();
    private List<Controls.Promise> promises = List.of();
    private boolean brokerUp;
    private long brokerSince;
    private long eventTime = Instants.INVALID;
    private int keys;
    private long records;
    private long skipped;

    /** Counts the changes since the epoch began. */
    private long change = 1;

    /** Counts how often everything began anew. */
    private long epoch = 1;

    private long rulesChange;
    private long alertCountsChange;
    private long letterCountsChange;
    private long currencyChange;
    private long promisesChange;

    /** Something kept, with the number of the change that brought it. */
    private record Kept<T>(long change, T value) {}

    /** A price that was withdrawn, and when that was heard. */
    private record Gone(Row row, long at) {}

    /**
     * What somebody has: everything up to a change.
     *
     * @param epoch numbers of another epoch mean nothing
     * @param change the last one
     */
    record Place(long epoch, long change) {}

    /**
     * A message to a visitor.
     *
     * @param from what the visitor must have before it
     * @param to what the visitor has after it
     * @param whole whether it replaces everything, so that it does not matter what the visitor has
     * @param json the data
     */
    record Message(Place from, Place to, boolean whole, String json) {}

    /**
     * What a search found.
     *
     * @param matches how many prices
     * @param rows the newest of them, newest first
     */
    record Found(int matches, List<Row> rows) {}

    /**
     * @param bookId the rule book that prices
     * @param historyLimit prices that are remembered in all
     * @param now epoch milliseconds
     */
    Board(String bookId, int historyLimit, long now) {
        this.bookId = bookId;
        this.historyLimit = historyLimit;
        // Two servers on one port, one after the other, must not mistake each other's numbers.
        this.start = Long.toString(now, Character.MAX_RADIX);
        this.brokerSince = now;
    }

    // ---- what comes from the topics

    /** A price. */
    synchronized void price(Told told) {
        records++;
        Row row = told.row();
        Row before = rows.get(row.key());
        if (isOlder(row, before)) {
            remember(told);
            return;
        }
        rows.put(row.key(), row);
        if (before == null || before.withdrawn()) {
            keys++;
        }
        show(row);
        remember(told);
        reached(Math.max(row.eventTime(), row.effectiveAt()));
        if (row.currency() != null && !row.currency().equals(currency)) {
            currency = row.currency();
            currencyChange = change;
        }
    }

    /**
     * A price is withdrawn.
     *
     * @param place where the tombstone stands
     * @param now epoch milliseconds
     */
    synchronized void withdrawn(String key, Row.Place place, long now) {
        records++;
        Row before = rows.get(key);
        Row row = before == null ? Row.unknown(key, place) : before.withdrawn(place);
        if (isOlder(row, before)) {
            remember(new Told(row, "[]"));
            return;
        }
        rows.put(key, row);
        if (before != null && !before.withdrawn()) {
            keys--;
        }
        gone.add(new Gone(row, now));
        show(row);
        remember(new Told(row, "[]"));
    }

    /**
     * Returns whether a record is older than the newest one of its key; partitions are read apart.
     */
    private static boolean isOlder(Row row, Row newest) {
        return newest != null && Row.ORDER.compare(row, newest) < 0;
    }

    private void show(Row row) {
        change++;
        recent.remove(row.key());
        recent.put(row.key(), new Kept<>(change, row));
        if (recent.size() > PRICES) {
            removeFirst(recent);
        }
    }

    private void remember(Told told) {
        Deque<Told> prices = history.remove(told.row().key());
        if (prices == null) {
            prices = new ArrayDeque<>(2);
        }
        history.put(told.row().key(), prices);
        Deque<Told> later = new ArrayDeque<>(0);
        while (!prices.isEmpty() && isOlder(told.row(), prices.peekLast().row())) {
            later.push(prices.removeLast());
        }
        prices.addLast(told);
        prices.addAll(later);
        remembered++;
        if (prices.size() > HISTORY_OF_KEY) {
            prices.removeFirst();
            remembered--;
        }
        while (remembered > historyLimit && history.size() > 1) {
            remembered -= removeFirst(history).size();
        }
    }

    private static <T> T removeFirst(LinkedHashMap<String, T> map) {
        Iterator<T> first = map.values().iterator();
        T value = first.next();
        first.remove();
        return value;
    }

    /** A window of the metrics in a currency; the same one again replaces it. */
    synchronized void window(Window window) {
        change++;
        reached(window.end());
        String of = window.dimension() + "|" + window.value();
        TreeMap<Long, TreeMap<String, Kept<Window>>> kept = windows.get(of);
        if (kept == null) {
            if (values.merge(window.dimension(), 1, Integer::sum) > VALUES) {
                return;
            }
            kept = new TreeMap<>();
            windows.put(of, kept);
        }
        TreeMap<String, Kept<Window>> currencies =
                kept.computeIfAbsent(window.start(), none -> new TreeMap<>());
        if (currencies.size() < CURRENCIES || currencies.containsKey(window.currency())) {
            currencies.put(window.currency(), new Kept<>(change, window));
        }
        if (kept.size() > (window.dimension().equals(ALL) ? WINDOWS_OF_ALL : WINDOWS)) {
            kept.pollFirstEntry();
        }
    }

    /** An alert. */
    synchronized void alert(Item alert) {
        add(alerts, alert, ALERTS);
        count(alertCounts, alert.kind());
        alertCountsChange = change;
    }

    /** A dead letter. */
    synchronized void letter(Item letter) {
        add(letters, letter, LETTERS);
        count(letterCounts, letter.kind());
        letterCountsChange = change;
    }

    private void add(Deque<Kept<Item>> newest, Item item, int most) {
        change++;
        // Partitions are read one after the other: an older one may come after a newer one.
        Deque<Kept<Item>> newer = new ArrayDeque<>(0);
        while (!newest.isEmpty() && newest.peekFirst().value().at() > item.at()) {
            newer.push(newest.removeFirst());
        }
        newest.addFirst(new Kept<>(change, item));
        newer.forEach(newest::addFirst);
        if (newest.size() > most) {
            newest.removeLast();
        }
    }

    private static void count(Map<String, Long> counts, String name) {
        boolean known = counts.containsKey(name) || counts.size() < COUNTED;
        counts.merge(known ? name : "OTHER", 1L, Long::sum);
    }

    /** What became of a rule book. */
    synchronized void status(Status status) {
        change++;
        rulesChange = change;
        if (!status.item().kind().equals("CONVERGING")) {
            statuses.put(status.told(), status.item());
            if (statuses.size() > STATUSES) {
                statuses.pollFirstEntry();
            }
        }
        if (bookId.equals(status.bookId())) {
            answers.hear(status.told(), status.item());
        }
    }

    /** A record could not be read: what is shown may be older than it. */
    synchronized void skipped() {
        skipped++;
        change++;
    }

    private void reached(long time) {
        eventTime = Math.max(eventTime, time);
    }

    /** Returns whether the broker answers. */
    synchronized void broker(boolean up, long now) {
        if (up != brokerUp) {
            brokerUp = up;
            brokerSince = now;
            change++;
        }
    }

    /** Returns whether the broker answers. */
    synchronized boolean brokerUp() {
        return brokerUp;
    }

    /** The page has buttons. */
    synchronized void buttons(List<Controls.Button> offered) {
        buttons = List.copyOf(offered);
    }

    /** How the promises do. */
    synchronized void promises(List<Controls.Promise> now) {
        if (!now.equals(promises)) {
            promises = List.copyOf(now);
            change++;
            promisesChange = change;
        }
    }

    /** Forgets what was withdrawn long ago. */
    synchronized void forget(long now) {
        while (!gone.isEmpty() && gone.peekFirst().at() <= now - WITHDRAWN_MILLIS) {
            Row row = gone.removeFirst().row();
            if (rows.remove(row.key(), row)) {
                Deque<Told> prices = history.remove(row.key());
                remembered -= prices == null ? 0 : prices.size();
            }
        }
    }

    /** The topics are read from their beginning again, and may be others by now. */
    synchronized void reset() {
        rows.clear();
        recent.clear();
        history.clear();
        remembered = 0;
        gone.clear();
        windows.clear();
        values.clear();
        alerts.clear();
        letters.clear();
        alertCounts.clear();
        letterCounts.clear();
        statuses.clear();
        answers.clear();
        currency = null;
        eventTime = Instants.INVALID;
        keys = 0;
        records = 0;
        skipped = 0;
        anew();
    }

    /**
     * Everything that was on the topics is read. Partitions were read one after the other, so what
     * is the newest is decided now, by the broker's clock.
     */
    synchronized void loaded() {
        PriorityQueue<Row> newest = new PriorityQueue<>(Row.ORDER);
        for (Row row : rows.values()) {
            newest.add(row);
            if (newest.size() > PRICES) {
                newest.poll();
            }
        }
        anew();
        recent.clear();
        while (!newest.isEmpty()) {
            Row row = newest.poll();
            recent.put(row.key(), new Kept<>(change, row));
        }
    }

    private void anew() {
        epoch++;
        change++;
    }

    // ---- what goes to the visitors

    /** What is the newest. */
    synchronized Place place() {
        return new Place(epoch, change);
    }

    /** The id of an event after which a visitor has everything up to a place. */
    String id(Place place) {
        return start + "." + place.epoch() + "-" + place.change();
    }

    /** The place that an id says; null where it is none of this board. */
    Place place(String id) {
        String mine = start + ".";
        int end = id == null ? -1 : id.indexOf('-');
        if (end < 0 || !id.startsWith(mine)) {
            return null;
        }
        try {
            return new Place(
                    Long.parseLong(id.substring(mine.length(), end)),
                    Long.parseLong(id.substring(end + 1)));
        } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
            return null;
        }
    }

    /**
     * What somebody lacks.
     *
     * @param has null: nothing yet
     * @param now epoch milliseconds
     */
    synchronized Message message(Place has, long now) {
        boolean whole =
                has == null || has.epoch() != epoch || has.change() > change || has.change() < 1;
        long since = whole ? 0 : has.change();
        return new Message(
                whole ? new Place(epoch, 0) : has,
                place(),
                whole,
                Reading.write(json -> write(json, since, now)));
    }

    private void write(JsonGenerator json, long since, long now) throws IOException {
        boolean whole = since == 0;
        json.writeStartObject();
        json.writeStringField("now", Instants.format(now));
        time(json, "event_time", eventTime);
        json.writeObjectFieldStart("broker");
        json.writeBooleanField("up", brokerUp);
        json.writeStringField("since", Instants.format(brokerSince));
        json.writeEndObject();
        json.writeNumberField("keys", keys);
        json.writeNumberField("records", records);
        if (skipped > 0) {
            json.writeNumberField("skipped", skipped);
        }
        if (whole || currencyChange > since) {
            json.writeStringField("currency", currency);
        }
        prices(json, since, whole);
        metrics(json, since, whole);
        if (whole || rulesChange > since) {
            rules(json);
        }
        items(json, "alerts", alerts, since, whole);
        if (whole || alertCountsChange > since) {
            counts(json, "alert_counts", alertCounts);
        }
        items(json, "dead_letters", letters, since, whole);
        if (whole || letterCountsChange > since) {
            counts(json, "dead_letter_counts", letterCounts);
        }
        if (!buttons.isEmpty() && (whole || promisesChange > since)) {
            controls(json, whole);
        }
        json.writeEndObject();
    }

    private void prices(JsonGenerator json, long since, boolean whole) throws IOException {
        List<Row> newer = new ArrayList<>();
        for (Kept<Row> kept : recent.values()) {
            if (kept.change() > since) {
                newer.add(kept.value());
            }
        }
        if (whole || !newer.isEmpty()) {
            Collections.reverse(newer);
            json.writeArrayFieldStart("prices");
            for (Row row : newer) {
                row.write(json, null);
            }
            json.writeEndArray();
        }
    }

    private void metrics(JsonGenerator json, long since, boolean whole) throws IOException {
        List<Window> newer = new ArrayList<>();
        for (TreeMap<Long, TreeMap<String, Kept<Window>>> kept : windows.values()) {
            for (TreeMap<String, Kept<Window>> currencies : kept.values()) {
                for (Kept<Window> window : currencies.values()) {
                    if (window.change() > since) {
                        newer.add(window.value());
                    }
                }
            }
        }
        if (whole || !newer.isEmpty()) {
            newer.sort(
                    Comparator.comparingLong(Window::start)
                            .thenComparing(Window::dimension)
                            .thenComparing(Window::value)
                            .thenComparing(Window::currency));
            json.writeArrayFieldStart("metrics");
            for (Window window : newer) {
                json.writeRawValue(window.json());
            }
            json.writeEndArray();
        }
    }

    private void rules(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("rules");
        Long inForce = answers.inForce();
        if (inForce != null) {
            json.writeStringField("book_id", bookId);
            json.writeNumberField("deciding", inForce);
        }
        optionalTime(json, "since", answers.since());
        optionalTime(json, "again_since", answers.againSince());
        json.writeFieldName("active");
        raw(json, answers.begin());
        json.writeFieldName("end");
        raw(json, answers.end());
        json.writeArrayFieldStart("scheduled");
        for (Item item : answers.scheduled()) {
            raw(json, item);
        }
        json.writeEndArray();
        json.writeFieldName("sweep");
        raw(json, answers.progress());
        json.writeArrayFieldStart("history");
        for (Item item : statuses.descendingMap().values()) {
            raw(json, item);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void optionalTime(JsonGenerator json, String name, Long millis)
            throws IOException {
        if (millis != null) {
            json.writeStringField(name, Instants.format(millis));
        }
    }

    private static void items(
            JsonGenerator json, String name, Deque<Kept<Item>> items, long since, boolean whole)
            throws IOException {
        // After a load they are sorted by time, and bear numbers of any order.
        List<Item> newer =
                items.stream()
                        .filter(kept -> kept.change() > since)
                        .map(kept -> kept.value())
                        .toList();
        if (whole || !newer.isEmpty()) {
            json.writeArrayFieldStart(name);
            for (Item item : newer) {
                raw(json, item);
            }
            json.writeEndArray();
        }
    }

    private static void raw(JsonGenerator json, Item item) throws IOException {
        if (item == null) {
            json.writeNull();
        } else {
            json.writeRawValue(item.json());
        }
    }

    private static void counts(JsonGenerator json, String name, Map<String, Long> counts)
            throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, Long> count : counts.entrySet()) {
            json.writeNumberField(count.getKey(), count.getValue());
        }
        json.writeEndObject();
    }

    private void controls(JsonGenerator json, boolean whole) throws IOException {
        json.writeObjectFieldStart("controls");
        if (whole) {
            json.writeArrayFieldStart("buttons");
            for (Controls.Button button : buttons) {
                json.writeStartObject();
                json.writeStringField("id", button.id());
                json.writeStringField("label", button.label());
                json.writeStringField("hint", button.hint());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeArrayFieldStart("promises");
        for (Controls.Promise promise : promises) {
            json.writeStartObject();
            json.writeStringField("id", promise.id());
            json.writeStringField("label", promise.label());
            json.writeStringField(
                    "state", promise.state().name().toLowerCase(java.util.Locale.ROOT));
            json.writeStringField("text", promise.text());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void time(JsonGenerator json, String name, long millis) throws IOException {
        json.writeStringField(name, millis == Instants.INVALID ? null : Instants.format(millis));
    }

    // ---- what somebody asks for

    /**
     * Finds prices. Every key is looked at: about a third of a second of one core for a million of
     * them.
     *
     * @param words each must stand in the product, warehouse, tier or a rule's id; upper or lower
     *     case does not count
     * @param limit rows that are answered
     */
    Found search(List<String> words, int limit) {
        Comparator<Row> byTime = Row.ORDER;
        PriorityQueue<Row> newest = new PriorityQueue<>(byTime);
        int matches = 0;
        for (Row row : rows.values()) {
            if (!matches(row, words)) {
                continue;
            }
            matches++;
            if (newest.size() < limit) {
                newest.add(row);
            } else if (byTime.compare(row, newest.peek()) > 0) {
                newest.poll();
                newest.add(row);
            }
        }
        List<Row> found = new ArrayList<>(newest);
        found.sort(byTime.reversed());
        return new Found(matches, found);
    }

    private static boolean matches(Row row, List<String> words) {
        for (String word : words) {
            boolean found =
                    contains(row.productId(), word)
                            || contains(row.warehouseId(), word)
                            || contains(row.priceTier(), word);
            for (int i = 0; !found && i < row.rules().size(); i++) {
                found = contains(row.rules().get(i), word);
            }
            if (!found) {
                return false;
            }
        }
        return true;
    }

    /** Without making a lower-case copy of a million names. */
    private static boolean contains(String text, String word) {
        if (text == null) {
            return false;
        }
        int last = text.length() - word.length();
        char first = folded(word.charAt(0));
        for (int i = 0; i <= last; i++) {
            // Most places are not worth the call.
            if (folded(text.charAt(i)) == first
                    && text.regionMatches(true, i, word, 0, word.length())) {
                return true;
            }
        }
        return false;
    }

    /** As {@link String#regionMatches(boolean, int, String, int, int)} compares. */
    private static char folded(char c) {
        if (c < 128) {
            return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
        }
        return Character.toLowerCase(Character.toUpperCase(c));
    }

    /**
     * What is remembered of a product.
     *
     * @return the prices of each of its warehouses, oldest first; empty: nothing is known of it.
     *     Where its history was forgotten, the newest price without the reason for it
     */
    Map<String, List<Told>> product(String productId) {
        TreeMap<String, List<Told>> warehouses = new TreeMap<>();
        for (Row row : rows.values()) {
            if (row.productId().equals(productId)) {
                warehouses.put(row.warehouseId(), List.of(new Told(row, "[]")));
            }
        }
        synchronized (this) {
            for (Map.Entry<String, List<Told>> warehouse : warehouses.entrySet()) {
                Deque<Told> prices = history.get(warehouse.getValue().get(0).row().key());
                if (prices != null) {
                    warehouse.setValue(List.copyOf(prices));
                }
            }
        }
        return warehouses;
    }

    /** Prices that are remembered in all, of all keys. */
    synchronized int remembered() {
        return remembered;
    }
}
