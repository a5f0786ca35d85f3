package io.slackwater.pricing.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.slackwater.pricing.demo.ContractModel.Book;
import io.slackwater.pricing.model.RuleStatus.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * The versions of the rule book that the job has accepted: {@code pricing_rules} has the documents,
 * and {@code rule_status} says what became of them.
 */
final class AcceptedBooks {

    /** A document of {@code pricing_rules} whose answer was not taken yet. */
    private record Published(long version, String document, long timestamp) {}

    private static final Set<State> ACCEPTED =
            EnumSet.of(State.ACTIVE, State.SCHEDULED, State.ENDED, State.OVERTAKEN);

    private static final Set<State> REFUSED =
            EnumSet.of(State.REJECTED, State.STALE, State.IGNORED);

    private final String bookId;
    private final ContractBooks books = new ContractBooks();
    private final Map<String, Book> byReference = new HashMap<>();
    private final Deque<Published> unanswered = new ArrayDeque<>();
    private final Deque<JsonNode> answers = new ArrayDeque<>();
    private final TreeSet<Long> boundaries = new TreeSet<>();

    /**
     * @param bookId the book that prices; others are left out
     */
    AcceptedBooks(String bookId) {
        this.bookId = bookId;
    }

    /**
     * Adds a record of {@code pricing_rules}.
     *
     * @param timestamp of the Kafka record, epoch milliseconds
     * @param value null: it retires the book, which the answer says, too
     */
    void addPublished(long timestamp, byte[] key, byte[] value) {
        if (value == null) {
            return;
        }
        try {
            JsonNode json = ExactJson.read(value);
            String keyed = key == null ? null : new String(key, StandardCharsets.UTF_8);
            if (bookId.equals(json.path("book_id").asText(keyed))) {
                unanswered.add(
                        new Published(
                                json.path("version").asLong(),
                                new String(value, StandardCharsets.UTF_8),
                                timestamp));
            }
        } catch (IOException notABook) {
            // The job refuses it.
        }
    }

    /** Adds a record of {@code rule_status}. */
    void addAnswer(JsonNode answer) {
        if (answer.path("book_id").asText().equals(bookId)) {
            answers.add(answer);
        }
    }

    /**
     * Takes the answers in their order; one about a book that was not read yet waits for it.
     *
     * @return whether prices may change by them
     */
    boolean takeAnswers() {
        boolean changed = false;
        while (!answers.isEmpty()) {
            JsonNode answer = answers.peek();
            long version = answer.path("version").asLong();
            State state = State.named(answer.path("status").asText());
            if (ACCEPTED.contains(state) && !byReference.containsKey(bookId + "@" + version)) {
                Published found = takePublished(version);
                if (found == null) {
                    return changed;
                }
                changed |= accept(ContractModel.book(found.document(), found.timestamp()));
            } else if (REFUSED.contains(state)) {
                takePublished(version);
            } else if (state == State.RETIRED) {
                books.retire();
                changed = true;
            }
            answers.remove();
        }
        return changed;
    }

    private Published takePublished(long version) {
        for (Iterator<Published> each = unanswered.iterator(); each.hasNext(); ) {
            Published book = each.next();
            if (book.version() == version) {
                each.remove();
                return book;
            }
        }
        return null;
    }

    private boolean accept(Book book) {
        byReference.put(book.reference(), book);
        if (book.version() <= books.newest()) {
            return false;
        }
        books.accept(book);
        boundaries.addAll(book.moments());
        return true;
    }

    /** Returns the book that a price names, such as {@code default@7}; null: none was accepted. */
    Book named(String reference) {
        return byReference.get(reference);
    }

    /** Returns the book that decides at a time, epoch milliseconds; null: none. */
    Book at(long time) {
        return books.at(time);
    }

    /** Returns the times, epoch milliseconds, at which a book or a rule begins or ends. */
    NavigableSet<Long> boundaries() {
        return Collections.unmodifiableNavigableSet(boundaries);
    }
}
