package io.slackwater.pricing.rules;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;

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
        boundaries = boundaries();
    }

    /**
     * The moments at which another book decides, and those at which a rule of the book that decides
     * begins or ends. What a book would do while another one decides is left out.
     */
    private long[] boundaries() {
        long[] takeovers =
                newestFirst.stream()
                        .flatMapToLong(
                                book -> LongStream.of(book.effectiveFrom(), book.effectiveTo()))
                        .filter(moment -> moment != Long.MAX_VALUE)
                        .sorted()
                        .distinct()
                        .filter(moment -> holdsAt(moment) != holdsAt(moment - 1))
                        .toArray();
        LongStream.Builder moments = LongStream.builder();
        // From one takeover to the next a single book decides, or none.
        long from = Long.MIN_VALUE;
        for (int i = 0; i <= takeovers.length; i++) {
            long to = i < takeovers.length ? takeovers[i] : Long.MAX_VALUE;
            PriceBook deciding = holdsAt(from);
            if (deciding != null) {
                long[] ofRules = deciding.ruleBoundaries();
                for (int j = firstAtOrAfter(ofRules, from);
                        j < ofRules.length && ofRules[j] < to;
                        j++) {
                    // A takeover at the very same moment is entered already.
                    if (i == 0 || ofRules[j] != from) {
                        moments.add(ofRules[j]);
                    }
                }
            }
            if (i < takeovers.length) {
                moments.add(to);
            }
            from = to;
        }
        return moments.build().toArray();
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

    /**
     * Whether prices may change at this very moment, with nobody sending anything: from here on
     * another book decides, or a rule of the book that decides begins or ends.
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
