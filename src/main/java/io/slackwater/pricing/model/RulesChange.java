package io.slackwater.pricing.model;

import java.util.List;

/**
 * Something happened to the rules: what every pricing subtask hears, in the same order.
 *
 * @param kind what
 * @param book the new book; null unless a book came
 * @param eventTime the event time reached, epoch milliseconds; {@code Long.MIN_VALUE} before any
 *     inventory message
 * @param convergenceOf the version whose convergence is to be reported; null: none
 * @param forgotten versions that can never decide again and are not kept any longer; empty: none
 * @param announcedAt the wall clock when it was decided, epoch milliseconds: only to tell how long
 *     a re-pricing took
 */
public record RulesChange(
        Kind kind,
        AcceptedBook book,
        long eventTime,
        Long convergenceOf,
        List<Long> forgotten,
        long announcedAt) {

    /** What can happen to the rules. */
    public enum Kind {
        /** A new version came. */
        BOOK,
        /** A bounded run has read everything; its newest event time is the end of its time. */
        ALL_READ,
        /** The book was retired: nothing is priced until the next one. */
        RETIRED
    }
}
