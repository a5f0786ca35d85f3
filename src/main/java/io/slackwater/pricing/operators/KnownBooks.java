package io.slackwater.pricing.operators;

import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.AcceptedBook;
import io.slackwater.pricing.model.RulesChange;
import io.slackwater.pricing.rules.PriceBook;
import io.slackwater.pricing.rules.PriceBooks;
import io.slackwater.pricing.rules.Touched;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * The rule books that one pricing subtask knows, each compiled once, and the event time up to which
 * their boundaries have passed.
 */
final class KnownBooks {

    /** The known versions of the book. */
    private static final MapStateDescriptor<Long, AcceptedBook> BOOKS =
            new MapStateDescriptor<>(
                    "rule-books", Types.LONG, TypeInformation.of(AcceptedBook.class));

    private static final MapStateDescriptor<String, Long> CLOCK =
            new MapStateDescriptor<>("rules-clock", Types.STRING, Types.LONG);

    /** In the clock: the event time reached; present once any book was known. */
    private static final String REACHED = "reached";

    /** In the clock: present once a book came after another one was retired. */
    private static final String AFTER_RETIREMENT = "after-retirement";

    /** In the clock: the newest event time that a bounded run has read, once it has read all. */
    private static final String ALL_READ = "all-read";

    /**
     * A new book is compared with those before at no more than this many future moments; beyond
     * that, all stock is re-examined.
     */
    private static final int MOST_MOMENTS = 16;

    private final BroadcastState<Long, AcceptedBook> documents;
    private final BroadcastState<String, Long> clock;
    private Map<Long, PriceBook> compiled = Map.of();
    private PriceBooks books;
    private long reached;
    private boolean everKnown;
    private long newestLevel = Long.MIN_VALUE;

    KnownBooks(OperatorStateStore state) throws Exception {
        documents = state.getBroadcastState(BOOKS);
        clock = state.getBroadcastState(CLOCK);
        compile();
    }

    PriceBooks books() {
        return books;
    }

    /** Until any book was ever known, stock waits. */
    boolean everKnown() {
        return everKnown;
    }

    /** The event time whose boundaries have passed, epoch milliseconds. */
    long reached() {
        return reached;
    }

    /** The book that decides at the event time reached; null: none. */
    PriceBook inForce() {
        return books.holdsAt(reached);
    }

    /** 0: no book is in force. */
    long versionInForce() {
        PriceBook book = inForce();
        return book == null ? 0 : book.version();
    }

    /** The newest event time of all stock levels priced: they may be ahead of the watermark. */
    long newestLevel() {
        return newestLevel;
    }

    /** A stock level of this event time is priced. */
    void priced(long eventTime) {
        newestLevel = Math.max(newestLevel, eventTime);
    }

    /** What a checkpoint knew: the event time of the slowest subtask, and the newest level. */
    void restore(long slowest, long newest) throws Exception {
        newestLevel = newest;
        if (slowest < reached && everKnown) {
            // A boundary that one subtask had passed and another had not passes again.
            reach(slowest);
        }
    }

    /** The boundaries up to this moment have passed. */
    void reach(long moment) throws Exception {
        clock.put(REACHED, moment);
        reached = moment;
    }

    /**
     * Takes a book in, or lets all of them go, at the event time that the change names.
     *
     * @return the books before
     */
    PriceBooks take(RulesChange change) throws Exception {
        PriceBooks before = books;
        if (change.kind() == RulesChange.Kind.BOOK) {
            if (everKnown && books.isEmpty()) {
                clock.put(AFTER_RETIREMENT, 1L);
            }
            documents.put(change.book().version(), change.book());
            for (long version : change.forgotten()) {
                documents.remove(version);
            }
        } else {
            documents.clear();
        }
        clock.put(REACHED, Math.max(reached, change.eventTime()));
        compile();
        return before;
    }

    /** Makes the known versions ready to price: one that is ready stays, for it never changes. */
    private void compile() throws Exception {
        Map<Long, PriceBook> ready = new HashMap<>();
        for (Map.Entry<Long, AcceptedBook> entry : documents.entries()) {
            AcceptedBook accepted = entry.getValue();
            PriceBook known = compiled.get(accepted.version());
            ready.put(
                    accepted.version(),
                    known != null
                            ? known
                            : new PriceBook(
                                    RuleBookReader.readAccepted(accepted.document()),
                                    accepted.period()));
        }
        compiled = ready;
        books = new PriceBooks(ready.values(), clock.contains(AFTER_RETIREMENT));
        Long stamp = clock.get(REACHED);
        everKnown = stamp != null;
        reached = everKnown ? stamp : Long.MIN_VALUE;
    }

    /** A bounded run has read everything; its time ends at the newest event time that it read. */
    void allRead(long newestRead) throws Exception {
        clock.put(ALL_READ, newestRead);
    }

    /**
     * How far event time has come. The end of a bounded run is not the end of time: what it has
     * read is.
     *
     * @param watermark epoch milliseconds; {@code Long.MAX_VALUE}: the run ends
     */
    long timeAt(long watermark) throws Exception {
        if (watermark != Long.MAX_VALUE) {
            return watermark;
        }
        Long allRead = clock.get(ALL_READ);
        return allRead == null ? Long.MIN_VALUE : allRead;
    }

    /**
     * What the books touch, compared with those before, at any moment between two: from the event
     * time reached up to those as of which stock levels that were faster than the watermark are
     * priced already, or from an unfinished sweep's moment up to the event time reached.
     */
    Touched touched(PriceBooks before, long from, long until) {
        Touched touched = Touched.NOTHING;
        int moments = 0;
        for (long moment = from;
                moment == from || moment <= until;
                moment = Math.min(before.nextChange(moment), books.nextChange(moment))) {
            if (++moments > MOST_MOMENTS) {
                return Touched.EVERYTHING;
            }
            touched =
                    touched.plus(
                            Touched.between(
                                    before.holdsAt(moment), moment, books.holdsAt(moment), moment));
            if (moment == Long.MAX_VALUE) {
                break;
            }
        }
        return touched;
    }
}
