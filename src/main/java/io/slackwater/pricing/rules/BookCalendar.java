package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.Period;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Which version of the rule book decides when.
 *
 * <p>At a time the newest version whose {@code [effective_from, effective_to)} holds decides. A
 * time before every version is decided by the one that begins first, unless a book was retired
 * before it came: what was unpriced stays so until a later version begins. The answer depends on
 * the versions and the time alone, never on the order in which they came.
 */
public final class BookCalendar {

    /**
     * When one version holds.
     *
     * @param version its number
     * @param period when it would decide if there were no other
     */
    public record Term(long version, Period period) {

        private long from() {
            return period.from();
        }
    }

    /** No version decides. */
    private static final Term NOBODY = null;

    private final List<Term> terms;
    private final boolean afterRetirement;

    /** The moments at which another version decides than before; ascending. */
    private final long[] takeovers;

    /** The version that decides before the first takeover, and from each takeover on. */
    private final Term[] deciding;

    /**
     * @param terms of the known versions, in any order
     * @param afterRetirement whether a book was retired before the first of them came
     */
    public BookCalendar(Collection<Term> terms, boolean afterRetirement) {
        this.terms = new ArrayList<>(terms);
        this.terms.sort(Comparator.comparingLong(Term::version).reversed());
        this.afterRetirement = afterRetirement;
        long[] moments =
                this.terms.stream()
                        .flatMapToLong(
                                term -> LongStream.of(term.period().from(), term.period().to()))
                        .filter(moment -> moment != Long.MIN_VALUE && moment != Long.MAX_VALUE)
                        .sorted()
                        .distinct()
                        .toArray();
        long[] changes = new long[moments.length];
        Term[] from = new Term[moments.length + 1];
        from[0] = search(Long.MIN_VALUE);
        int count = 0;
        for (long moment : moments) {
            Term now = search(moment);
            if (now != from[count]) {
                changes[count++] = moment;
                from[count] = now;
            }
        }
        takeovers = Arrays.copyOf(changes, count);
        deciding = Arrays.copyOf(from, count + 1);
    }

    private Term search(long time) {
        Term first = null;
        for (Term term : terms) {
            if (term.period().holdsAt(time)) {
                return term;
            }
            // The newest of those that begin together.
            if (first == null || term.from() < first.from()) {
                first = term;
            }
        }
        return first != null && !afterRetirement && time < first.from() ? first : NOBODY;
    }

    /** The version that decides at a time (epoch milliseconds); null: none does. */
    public Term decidesAt(long time) {
        return deciding[spanAt(time)];
    }

    /** The first moment after a time at which another version decides; {@code MAX_VALUE}: none. */
    public long nextTakeover(long after) {
        int next = spanAt(after);
        return next < takeovers.length ? takeovers[next] : Long.MAX_VALUE;
    }

    /** Returns whether two calendars name the same versions at a time and at any later one. */
    public boolean decidesAlikeFrom(long time, BookCalendar other) {
        long moment = time;
        while (true) {
            Term mine = decidesAt(moment);
            Term theirs = other.decidesAt(moment);
            if (mine == null ? theirs != null : !mine.equals(theirs)) {
                return false;
            }
            moment = Math.min(nextTakeover(moment), other.nextTakeover(moment));
            if (moment == Long.MAX_VALUE) {
                return true;
            }
        }
    }

    /**
     * Forgets the oldest versions until at most so many are left, but none that still decides at a
     * time or later: without it another version, or none, would.
     *
     * @return the versions that are left; more than {@code most} where more are needed
     */
    public BookCalendar forget(int most, long time) {
        BookCalendar left = this;
        List<Term> oldestFirst = new ArrayList<>(terms);
        oldestFirst.sort(Comparator.comparingLong(Term::version));
        for (Term candidate : oldestFirst) {
            if (left.terms.size() <= most) {
                break;
            }
            List<Term> others = new ArrayList<>(left.terms);
            others.remove(candidate);
            BookCalendar without = new BookCalendar(others, afterRetirement);
            if (without.decidesAlikeFrom(time, this)) {
                left = without;
            }
        }
        return left;
    }

    /** The versions that decide at a time or later, each once, in the order in which they do. */
    public List<Term> decidingFrom(long time) {
        return Arrays.stream(deciding, spanAt(time), deciding.length)
                .filter(term -> term != NOBODY)
                .distinct()
                .toList();
    }

    /** The known versions, the newest first. */
    public List<Term> terms() {
        return List.copyOf(terms);
    }

    /** Names the deciding version from one takeover to the next; the first span has no begin. */
    List<Optional<Term>> spans() {
        return Arrays.stream(deciding).map(Optional::ofNullable).toList();
    }

    /** The place among the {@link #spans()} of a time. */
    int spanAt(long time) {
        if (takeovers.length == 0 || time >= takeovers[takeovers.length - 1]) {
            return takeovers.length; // The usual case: nothing is ahead.
        }
        int found = Arrays.binarySearch(takeovers, time);
        return found >= 0 ? found + 1 : -found - 1;
    }
}
