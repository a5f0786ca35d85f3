package io.slackwater.pricing.dashboard;

import io.slackwater.pricing.json.Instants;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.tools.BookAnswers;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Reads the records of all topics but {@code price_list}, which the page shows nearly as they are.
 * A record that is not as the contract says throws an {@link IOException} and nothing else.
 *
 * <p>For one thread.
 */
final class RecordReader {

    private static final int MAX_ANSWER =
            RecordCopy.MAX_COPY + RecordCopy.MAX_REASONS * 2 * PageJson.MAX_TEXT;

    private final SharedValues values = new SharedValues();

    /**
     * A record that is shown as it stands on its topic.
     *
     * @param id its place, {@code partition-offset}
     * @param kind its kind of alert, reason of a dead letter, or state of a rule book
     * @param at its Kafka timestamp, epoch milliseconds
     * @param json the object
     */
    record Item(String id, String kind, long at, String json) {}

    /**
     * A window of {@code dashboard_metrics}.
     *
     * @param dimension such as {@code warehouse}
     * @param value such as {@code WH1}
     * @param currency of its amounts; empty where it has none, or where it is not told
     * @param start epoch milliseconds
     * @param end likewise
     * @param json the object
     */
    record Window(
            String dimension, String value, String currency, long start, long end, String json) {}

    /**
     * An answer of the job about a rule book.
     *
     * @param bookId null where it is not known
     * @param told which version it is about, and which one decides
     * @param item the record, its kind is the state
     */
    record Status(String bookId, BookAnswers.Told told, Item item) {}

    /** Reads a window of the metrics. */
    Window window(byte[] value) throws IOException {
        Map<String, String> found = new HashMap<>();
        String json = RecordCopy.copy(value, null, 0, Set.of(), found);
        long start = Instants.parse(found.getOrDefault("window_start", ""));
        long end = Instants.parse(found.getOrDefault("window_end", ""));
        String dimension = found.get("dimension");
        String of = found.get("value");
        if (start == Instants.INVALID
                || end == Instants.INVALID
                || dimension == null
                || of == null) {
            throw new IOException("window_start, window_end, dimension or value is missing");
        }
        String currency = values.share(PageJson.name(found.getOrDefault("currency", "")));
        return new Window(
                values.share(PageJson.name(dimension)),
                values.share(PageJson.name(of)),
                currency,
                start,
                end,
                json);
    }

    /** Reads an alert. */
    Item alert(String id, byte[] value, long at) throws IOException {
        Map<String, String> found = new HashMap<>();
        String json = RecordCopy.copy(value, id, at, Set.of(), found);
        if (found.get("alert") == null) {
            throw new IOException("alert is missing");
        }
        return new Item(id, values.share(PageJson.name(found.get("alert"))), at, json);
    }

    /**
     * Reads a dead letter, without its key and payload: they are read again when a visitor looks.
     */
    Item deadLetter(String id, byte[] value, long at) throws IOException {
        Map<String, String> found = new HashMap<>();
        String json = RecordCopy.copy(value, id, at, Set.of("key", "payload"), found);
        if (found.get("reason") == null) {
            throw new IOException("reason is missing");
        }
        return new Item(id, values.share(PageJson.name(found.get("reason"))), at, json);
    }

    /** Reads what became of a rule book. */
    Status status(String id, byte[] value, long at) throws IOException {
        Map<String, String> found = new HashMap<>();
        String copied = RecordCopy.answer(value, at, found);
        String state = found.get("status");
        if (state == null) {
            throw new IOException("status is missing");
        }
        Long version = number(found, "version");
        if (copied.length() > MAX_ANSWER) {
            throw new IOException("it is too large");
        }
        int dash = id.indexOf('-');
        BookAnswers.Told told =
                new BookAnswers.Told(
                        version == null ? 0 : version,
                        State.named(PageJson.name(state)),
                        number(found, "deciding_version"),
                        instant(found, "effective_from"),
                        instant(found, "at"),
                        at,
                        Integer.parseInt(id.substring(0, dash)),
                        Long.parseLong(id.substring(dash + 1)));
        return new Status(found.get("book_id"), told, new Item(id, state, at, copied));
    }

    /** Returns null where it is not there. */
    private static Long number(Map<String, String> found, String field) throws IOException {
        try {
            return found.containsKey(field) ? Long.valueOf(found.get(field)) : null;
        } catch (NumberFormatException e) {
            throw new IOException(field + " is no integer", e);
        }
    }

    /** Returns null where it is no time. */
    private static Long instant(Map<String, String> found, String field) {
        long time = Instants.parse(found.getOrDefault(field, ""));
        return time == Instants.INVALID ? null : time;
    }
}
