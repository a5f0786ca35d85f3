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
 * @param examined prices re-examined; null unless converged
 * @param changed prices changed by it; null unless converged
 * @param tookMillis from acceptance or begin to the last price re-examined; null unless converged
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
        Long tookMillis) {

    /** What can become of a rule book. */
    public enum State {
        /** It decides prices from now on. */
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
        RETIRED
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
