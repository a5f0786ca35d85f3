package io.slackwater.pricing.rules;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * All known versions of the rule book, and which of them holds when.
 *
 * <p>At a time the newest version whose {@code [effective_from, effective_to)} holds decides; a
 * time before every book is decided by the oldest one. So the answer depends on the books and the
 * time alone, never on the order in which they came.
 */
public final class PriceBooks {

    private final List<PriceBook> newestFirst;
    private final PriceBook oldest;
    private final long[] boundaries;

    public PriceBooks(Collection<PriceBook> books) {
        newestFirst = new ArrayList<>(books);
        newestFirst.sort(Comparator.comparingLong(PriceBook::version).reversed());
        oldest =
                newestFirst.stream()
                        .min(Comparator.comparingLong(PriceBook::effectiveFrom))
                        .orElse(null);
        TreeSet<Long> moments = new TreeSet<>();
        for (PriceBook book : newestFirst) {
            moments.add(book.effectiveFrom());
            if (book.effectiveTo() != Long.MAX_VALUE) {
                moments.add(book.effectiveTo());
            }
        }
        boundaries =
                moments.stream()
                        .mapToLong(Long::longValue)
                        .filter(moment -> holdsAt(moment) != holdsAt(moment - 1))
                        .toArray();
    }

    /** Whether no book is known at all. */
    public boolean isEmpty() {
        return newestFirst.isEmpty();
    }

    /**
     * The book that decides at a time (epoch milliseconds); null where all have ended, or none is
     * known.
     */
    public PriceBook holdsAt(long time) {
        for (int i = 0; i < newestFirst.size(); i++) {
            PriceBook book = newestFirst.get(i);
            if (book.holdsAt(time)) {
                return book;
            }
        }
        return oldest != null && time < oldest.effectiveFrom() ? oldest : null;
    }

    /** Whether another book decides from this very moment on. */
    public boolean changesAt(long moment) {
        return nextChange(moment - 1) == moment;
    }

    /**
     * The first moment after a time at which another book decides; {@code Long.MAX_VALUE} where
     * there is none.
     */
    public long nextChange(long after) {
        // The usual case first: nothing is scheduled.
        if (boundaries.length == 0 || boundaries[boundaries.length - 1] <= after) {
            return Long.MAX_VALUE;
        }
        for (long boundary : boundaries) {
            if (boundary > after) {
                return boundary;
            }
        }
        return Long.MAX_VALUE;
    }
}
