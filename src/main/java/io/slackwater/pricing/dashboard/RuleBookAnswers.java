package io.slackwater.pricing.dashboard;

import com.fasterxml.jackson.core.JsonGenerator;
import io.slackwater.pricing.dashboard.RecordReader.Item;
import io.slackwater.pricing.dashboard.RecordReader.Status;
import io.slackwater.pricing.json.Instants;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.tools.BookAnswers;
import java.io.IOException;
import java.util.TreeMap;

/** The newest answers of the job about rule books, and what they say of the book that prices. */
final class RuleBookAnswers {

    /** Answers that are kept. */
    static final int MAX_ANSWERS = 30;

    private final String bookId;

    /** The newest answers about all books, in their order. */
    private final TreeMap<BookAnswers.Told, Item> newest = new TreeMap<>(BookAnswers.Told.ORDER);

    /** The answers about the book that prices. */
    private final BookAnswers<Item> ofBook = new BookAnswers<>();

    private long lastChange;

    /**
     * @param bookId the rule book that prices
     */
    RuleBookAnswers(String bookId) {
        this.bookId = bookId;
    }

    /** Adds an answer. */
    void add(long change, Status status) {
        lastChange = change;
        if (status.told().state() != State.CONVERGING) {
            newest.put(status.told(), status.item());
            if (newest.size() > MAX_ANSWERS) {
                newest.pollFirstEntry();
            }
        }
        if (bookId.equals(status.bookId())) {
            ofBook.hear(status.told(), status.item());
        }
    }

    /** Writes all of it if anything changed after a change. */
    void write(JsonGenerator json, long since) throws IOException {
        if (since != Board.NOTHING && lastChange <= since) {
            return;
        }
        json.writeObjectFieldStart("rules");
        Long inForce = ofBook.inForce();
        if (inForce != null) {
            json.writeStringField("book_id", bookId);
            json.writeNumberField("deciding", inForce);
        }
        time(json, "since", ofBook.since());
        time(json, "again_since", ofBook.againSince());
        item(json, "active", ofBook.begin());
        item(json, "end", ofBook.end());
        items(json, "scheduled", ofBook.scheduled());
        item(json, "sweep", ofBook.progress());
        items(json, "history", newest.descendingMap().values());
        json.writeEndObject();
    }

    private static void time(JsonGenerator json, String name, Long millis) throws IOException {
        if (millis != null) {
            json.writeStringField(name, Instants.format(millis));
        }
    }

    private static void item(JsonGenerator json, String name, Item item) throws IOException {
        json.writeFieldName(name);
        if (item == null) {
            json.writeNull();
        } else {
            json.writeRawValue(item.json());
        }
    }

    private static void items(JsonGenerator json, String name, Iterable<Item> items)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (Item item : items) {
            json.writeRawValue(item.json());
        }
        json.writeEndArray();
    }

    void clear() {
        newest.clear();
        ofBook.clear();
    }
}
