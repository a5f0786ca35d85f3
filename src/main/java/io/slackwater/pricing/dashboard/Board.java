package io.slackwater.pricing.dashboard;

import com.fasterxml.jackson.core.JsonGenerator;
import io.slackwater.pricing.dashboard.PriceReader.TracedPrice;
import io.slackwater.pricing.dashboard.PriceSearch.Found;
import io.slackwater.pricing.dashboard.RecordReader.Item;
import io.slackwater.pricing.dashboard.RecordReader.Status;
import io.slackwater.pricing.dashboard.RecordReader.Window;
import io.slackwater.pricing.json.Instants;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything that the page knows: the newest price of every key, the newest records of the other
 * topics, and what came of them. Bounded, except the newest prices, which are as many as the shop
 * has.
 *
 * <p>Every change has a number, and everything that is kept has the number of its last change. So a
 * visitor lacks what has a higher number than the visitor's: the first picture, the regular update,
 * and the update of a visitor who was away for an hour are the same piece of code, and none of them
 * needs a log of what happened. A visitor who replaces what it has by key or id, and keeps as much
 * as is kept here, has no gap and nothing twice.
 *
 * <p>For many threads. {@link #search} takes no lock, so that a slow one does not block others.
 */
final class Board {

    /** The change of a visitor that has nothing yet. */
    static final long NOTHING = 0;

    static final int MAX_ALERTS = 200;
    static final int MAX_DEAD_LETTERS = 100;

    private final String start;
    private final NewestPrices prices = new NewestPrices();
    private final PriceHistory history;
    private final MetricWindows windows = new MetricWindows();
    private final NewestItems alerts = new NewestItems("alerts", "alert_counts", MAX_ALERTS);
    private final NewestItems deadLetters =
            new NewestItems("dead_letters", "dead_letter_counts", MAX_DEAD_LETTERS);
    private final RuleBookAnswers answers;
    private final ShownControls controls = new ShownControls();

    private String currency;
    private long currencyChange;
    private boolean brokerUp;
    private long brokerSince;
    private long eventTime = Instants.INVALID;
    private long records;
    private long skipped;

    /** Counts the changes since the epoch began. */
    private long change = 1;

    /** Counts how often everything was replaced. */
    private long epoch = 1;

    /**
     * What a visitor has: everything up to a change.
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
     * @param bookId the rule book that prices
     * @param historyLimit prices that are remembered in all
     * @param now epoch milliseconds
     */
    Board(String bookId, int historyLimit, long now) {
        history = new PriceHistory(historyLimit);
        answers = new RuleBookAnswers(bookId);
        // Two servers on one port, one after the other, must not mistake each other's numbers.
        start = Long.toString(now, Character.MAX_RADIX);
        brokerSince = now;
    }

    // ---- what comes from the topics

    /** Takes a price. */
    synchronized void price(TracedPrice price) {
        records++;
        Row row = price.row();
        history.add(price);
        if (!prices.isNewest(row)) {
            return;
        }
        change++;
        prices.put(change, row);
        reached(Math.max(row.eventTime(), row.effectiveAt()));
        if (row.currency() != null && !row.currency().equals(currency)) {
            currency = row.currency();
            currencyChange = change;
        }
    }

    /**
     * Takes the withdrawal of a price.
     *
     * @param tombstone where its record stands
     * @param now epoch milliseconds
     */
    synchronized void withdrawn(String key, Row.Position tombstone, long now) {
        records++;
        Row row = prices.withdrawn(key, tombstone);
        history.add(new TracedPrice(row, TracedPrice.NO_TRACE));
        if (prices.isNewest(row)) {
            change++;
            prices.putWithdrawn(change, row, now);
        }
    }

    /** Takes a window of the metrics in a currency; the same one again replaces it. */
    synchronized void window(Window window) {
        change++;
        reached(window.end());
        windows.add(change, window);
    }

    /** Takes an alert. */
    synchronized void alert(Item alert) {
        change++;
        alerts.add(change, alert);
    }

    /** Takes a dead letter. */
    synchronized void deadLetter(Item letter) {
        change++;
        deadLetters.add(change, letter);
    }

    /** Takes an answer about a rule book. */
    synchronized void status(Status status) {
        change++;
        answers.add(change, status);
    }

    /** A record could not be read: what is shown may be older than it. */
    synchronized void skipped() {
        skipped++;
        change++;
    }

    private void reached(long time) {
        eventTime = Math.max(eventTime, time);
    }

    // ---- what the page learns otherwise

    /** The broker answers, or does not. */
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
        controls.buttons(offered);
    }

    /** How the promises do now. */
    synchronized void promises(List<Controls.Promise> now) {
        if (controls.differ(now)) {
            change++;
            controls.promises(change, now);
        }
    }

    /** Forgets prices that were withdrawn long ago. */
    synchronized void forget(long now) {
        prices.forget(now).forEach(history::remove);
    }

    /** The topics are read from their beginning again, and may be others by now. */
    synchronized void reset() {
        prices.clear();
        history.clear();
        windows.clear();
        alerts.clear();
        deadLetters.clear();
        answers.clear();
        currency = null;
        eventTime = Instants.INVALID;
        records = 0;
        skipped = 0;
        beginEpoch();
    }

    /** Everything that was on the topics is read. */
    synchronized void loaded() {
        beginEpoch();
        prices.loaded(change);
    }

    private void beginEpoch() {
        epoch++;
        change++;
    }

    // ---- what goes to the visitors

    /** Returns what a visitor has that has everything. */
    synchronized Place place() {
        return new Place(epoch, change);
    }

    /** Returns the id of an event after which a visitor has everything up to a place. */
    String id(Place place) {
        return start + "." + place.epoch() + "-" + place.change();
    }

    /** Returns the place that an id names; null where it is none of this board. */
    Place place(String id) {
        String ours = start + ".";
        int end = id == null ? -1 : id.indexOf('-');
        if (end < 0 || !id.startsWith(ours)) {
            return null;
        }
        try {
            return new Place(
                    Long.parseLong(id.substring(ours.length(), end)),
                    Long.parseLong(id.substring(end + 1)));
        } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
            return null;
        }
    }

    /**
     * Returns what a visitor lacks.
     *
     * @param has null: it has nothing yet
     * @param now epoch milliseconds
     */
    synchronized Message message(Place has, long now) {
        boolean whole =
                has == null || has.epoch() != epoch || has.change() > change || has.change() < 1;
        long since = whole ? NOTHING : has.change();
        return new Message(
                whole ? new Place(epoch, NOTHING) : has,
                place(),
                whole,
                PageJson.write(json -> write(json, since, now)));
    }

    private void write(JsonGenerator json, long since, long now) throws IOException {
        json.writeStartObject();
        json.writeStringField("now", Instants.format(now));
        json.writeStringField(
                "event_time", eventTime == Instants.INVALID ? null : Instants.format(eventTime));
        json.writeObjectFieldStart("broker");
        json.writeBooleanField("up", brokerUp);
        json.writeStringField("since", Instants.format(brokerSince));
        json.writeEndObject();
        json.writeNumberField("keys", prices.priced());
        json.writeNumberField("records", records);
        if (skipped > 0) {
            json.writeNumberField("skipped", skipped);
        }
        if (since == NOTHING || currencyChange > since) {
            json.writeStringField("currency", currency);
        }
        prices.write(json, since);
        windows.write(json, since);
        answers.write(json, since);
        alerts.write(json, since);
        deadLetters.write(json, since);
        controls.write(json, since);
        json.writeEndObject();
    }

    // ---- what a visitor asks for

    /** Finds prices, as {@link PriceSearch#find} says. */
    Found search(List<String> words, int limit) {
        return PriceSearch.find(prices.rows(), words, limit);
    }

    /**
     * Returns what is remembered of a product.
     *
     * @return the prices of each of its warehouses, oldest first; empty: nothing is known of it.
     *     Where its history was forgotten, the newest price without the reason for it
     */
    Map<String, List<TracedPrice>> product(String productId) {
        TreeMap<String, Row> newest = new TreeMap<>();
        for (Row row : prices.rows()) {
            if (row.productId().equals(productId)) {
                newest.put(row.warehouseId(), row);
            }
        }
        TreeMap<String, List<TracedPrice>> warehouses = new TreeMap<>();
        synchronized (this) {
            newest.forEach(
                    (warehouse, row) -> {
                        List<TracedPrice> remembered = history.of(row.key());
                        warehouses.put(
                                warehouse,
                                remembered == null
                                        ? List.of(new TracedPrice(row, TracedPrice.NO_TRACE))
                                        : remembered);
                    });
        }
        return warehouses;
    }

    /** Returns how many prices are remembered in all, of all keys. */
    synchronized int remembered() {
        return history.size();
    }
}
