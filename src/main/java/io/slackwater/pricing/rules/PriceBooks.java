package io.slackwater.pricing.rules;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * All known versions of the rule book, ready to price. A {@link BookCalendar} says which of them
 * decides when.
 *
 * <p>Safe for use by several threads.
 */
public final class PriceBooks {

    private final BookCalendar calendar;

    /** By the calendar's spans: the book that decides in each; null: none does. */
    private final PriceBook[] deciding;

    private final long[] boundaries;

    /** Books that came without a retirement before them. */
    public PriceBooks(Collection<PriceBook> books) {
        this(books, false);
    }

    /**
     * @param books each version once, in any order
     * @param afterRetirement whether a book was retired before the first of them came
     */
    public PriceBooks(Collection<PriceBook> books, boolean afterRetirement) {
        Map<Long, PriceBook> byVersion = new HashMap<>();
        books.forEach(book -> byVersion.put(book.version(), book));
        calendar = new BookCalendar(books.stream().map(PriceBook::term).toList(), afterRetirement);
        deciding =
                calendar.spans().stream()
                        .map(term -> term.map(t -> byVersion.get(t.version())).orElse(null))
                        .toArray(PriceBook[]::new);
        boundaries = boundaries();
    }

    /**
     * The moments at which another book decides, and those at which a rule of the book that decides
     * begins or ends. What a book would do while another one decides is left out.
     */
    private long[] boundaries() {
        LongStream.Builder moments = LongStream.builder();
        // From one takeover to the next a single book decides, or none.
        long from = Long.MIN_VALUE;
        for (PriceBook book : deciding) {
            long to = calendar.nextTakeover(from);
            if (book != null) {
                long[] ofRules = book.ruleBoundaries();
                for (int j = firstAtOrAfter(ofRules, from);
                        j < ofRules.length && ofRules[j] < to;
                        j++) {
                    // One at the very moment of the takeover stands twice, which does no harm.
                    moments.add(ofRules[j]);
                }
            }
            if (to != Long.MAX_VALUE) {
                moments.add(to);
            }
            from = to;
        }
        return moments.build().toArray();
    }

    /** Returns whether no book is known at all. */
    public boolean isEmpty() {
        return calendar.terms().isEmpty();
    }

    /**
     * The book that decides at a time (epoch milliseconds); null where all have ended, or none is
     * known.
     */
    public PriceBook holdsAt(long time) {
        return deciding[calendar.spanAt(time)];
    }

    /**
     * Returns whether prices may change at this very moment, with nobody sending anything: from
     * here on another book decides, or a rule of the book that decides begins or ends.
     */
    public boolean changesAt(long moment) {
        int next = firstAtOrAfter(boundaries, moment);
        return next < boundaries.length && boundaries[next] == moment;
    }

    /**
     * The first moment after a time at which another book decides, or a rule of the book that
     * decides begins or ends; {@code Long.MAX_VALUE} where there is none.
     */
    public long nextChange(long after) {
        // The usual case first: nothing is scheduled.
        if (boundaries.length == 0 || boundaries[boundaries.length - 1] <= after) {
            return Long.MAX_VALUE;
        }
        return boundaries[firstAtOrAfter(boundaries, after + 1)];
    }

    private static int firstAtOrAfter(long[] ascending, long moment) {
        int found = Arrays.binarySearch(ascending, moment);
        return found >= 0 ? found : -found - 1;
    }
}
