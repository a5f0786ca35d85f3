package io.slackwater.pricing.model;

import java.util.List;

/**
 * What became of a rule book.
 *
 * @param bookId the book; what the Kafka key says where the document does not
 * @param version its version; null where it is not known
 * @param state what became of it
 * @param effectiveFrom epoch milliseconds; null where it is not known
 * @param at event time reached when it was decided, epoch milliseconds; null where none was yet
 * @param reasons why it was refused, each with its JSON pointer; empty otherwise
 * @param examined prices re-examined so far; null unless converging, converged or cancelled
 * @param changed prices changed by it so far; null likewise
 * @param tookMillis from acceptance or begin to the last price re-examined; null unless converged
 * @param progressPercent how much of the stock has been re-examined, 0 to 100; null unless
 *     converging
 * @param publishedAt the Kafka timestamp of the book's message, epoch milliseconds; null where no
 *     message of the book made this answer
 * @param document the book as it was published, for its history in the lake; null where no document
 *     made this answer, or where it is not text
 * @param deciding the version that decides prices at {@code at}; null where none does, or where it
 *     is not known
 */
public record RuleStatus(
        String bookId,
        Long version,
        State state,
        Long effectiveFrom,
        Long at,
        List<Reason> reasons,
        Long examined,
        Long changed,
        Long tookMillis,
        Integer progressPercent,
        Long publishedAt,
        String document,
        Long deciding) {

    /** What can become of a rule book. */
    public enum State {
        /** It decides prices from now on: only ever said of a version that does. */
        ACTIVE,
        /** It is accepted and begins later. */
        SCHEDULED,
        /** Its version is at or below the newest seen: it changes nothing. */
        STALE,
        /** It is refused whole. */
        REJECTED,
        /** Every stock level it touches has the price that it says. */
        CONVERGED,
        /** It is not the book that prices. */
        IGNORED,
        /** It was withdrawn: its products are unpriced. */
        RETIRED,
        /** The stock that it touches is being re-examined. */
        CONVERGING,
        /** A newer book came before every stock level was re-examined. */
        CANCELLED,
        /** It was scheduled, and a newer version holds at its begin. */
        OVERTAKEN,
        /** Its time is over; {@code deciding} says which version decides now. */
        ENDED;

        /** Returns the state of this name; null: this release knows none. */
        public static State named(String name) {
            for (State state : values()) {
                if (state.name().equals(name)) {
                    return state;
                }
            }
            return null;
        }
    }

    /**
     * One fault of a rule book.
     *
     * @param reason a stable code such as {@code UNKNOWN_KIND}
     * @param path JSON pointer to the fault; empty for the whole document
     * @param message one sentence: what is wrong and what is allowed
     */
    public record Reason(String reason, String path, String message) {}
}
