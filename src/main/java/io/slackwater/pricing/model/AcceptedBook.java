package io.slackwater.pricing.model;

/**
 * A rule book that passed validation, as it is stored: the document itself, so that what a later
 * release adds to the rules needs no migration of state.
 *
 * @param version its version
 * @param effectiveFrom since when it holds, epoch milliseconds, inclusive
 * @param effectiveTo until when, exclusive; {@code Long.MAX_VALUE}: until a newer one takes over
 * @param document the JSON as it was published
 */
public record AcceptedBook(long version, long effectiveFrom, long effectiveTo, byte[] document) {

    /** When it holds, unless a newer version takes over. */
    public Period period() {
        return new Period(effectiveFrom, effectiveTo);
    }
}
