package io.slackwater.pricing.model;

import java.util.List;

/**
 * What is stored where rule books are accepted.
 *
 * @param newestVersion the newest version ever accepted, also when it was retired; 0: none
 * @param books the accepted versions that are kept, oldest first
 * @param unbegun versions that were announced as scheduled and have not begun
 * @param reached the event time reached when something was last announced, epoch milliseconds;
 *     {@code Long.MIN_VALUE}: none yet
 * @param newestRead the newest event time that a bounded run has read; {@code Long.MIN_VALUE} until
 *     it has read everything
 * @param retired whether a book was retired before the first of {@code books} came
 * @param active the version that was last told to decide; 0: none, or not known
 */
public record RuleBookLedger(
        long newestVersion,
        List<AcceptedBook> books,
        List<Long> unbegun,
        long reached,
        long newestRead,
        boolean retired,
        long active) {

    /** No book was ever accepted. */
    public static final RuleBookLedger EMPTY =
            new RuleBookLedger(0, List.of(), List.of(), Long.MIN_VALUE, Long.MIN_VALUE, false, 0);

    public RuleBookLedger reachedAt(long moment) {
        return new RuleBookLedger(
                newestVersion,
                books,
                unbegun,
                Math.max(reached, moment),
                newestRead,
                retired,
                active);
    }

    public RuleBookLedger read(long newest) {
        return new RuleBookLedger(newestVersion, books, unbegun, reached, newest, retired, active);
    }

    public RuleBookLedger begun(List<Long> stillUnbegun) {
        return new RuleBookLedger(
                newestVersion, books, stillUnbegun, reached, newestRead, retired, active);
    }

    public RuleBookLedger with(long version, List<AcceptedBook> kept, List<Long> unbegun) {
        return new RuleBookLedger(
                version, kept, unbegun, reached, newestRead, afterRetirement(), active);
    }

    /** A version was told to decide; 0: that none does. */
    public RuleBookLedger telling(long version) {
        return new RuleBookLedger(
                newestVersion, books, unbegun, reached, newestRead, retired, version);
    }

    /** Returns whether a version that comes now comes after a retirement. */
    public boolean afterRetirement() {
        return retired || (books.isEmpty() && newestVersion > 0);
    }

    /** Retired: no book any more, but its versions never come again. */
    public RuleBookLedger without() {
        return new RuleBookLedger(
                newestVersion, List.of(), List.of(), reached, newestRead, true, 0);
    }
}
