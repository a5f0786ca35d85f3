package io.slackwater.pricing.model;

/**
 * A span of time, {@code [from, to)}: when a rule, a rule book or one of its versions holds.
 *
 * @param from epoch milliseconds, inclusive; {@code Long.MIN_VALUE}: it has no beginning
 * @param to epoch milliseconds, exclusive; {@code Long.MAX_VALUE}: it has no end
 */
public record Period(long from, long to) {

    /** Without beginning and end. */
    public static final Period ALWAYS = new Period(Long.MIN_VALUE, Long.MAX_VALUE);

    /**
     * Returns the period between two times of a document.
     *
     * @param from epoch milliseconds, inclusive; null: no beginning
     * @param to epoch milliseconds, exclusive; null: no end
     */
    public static Period of(Long from, Long to) {
        if (from == null && to == null) {
            return ALWAYS;
        }
        return new Period(from == null ? Long.MIN_VALUE : from, to == null ? Long.MAX_VALUE : to);
    }

    /** Returns whether a moment, epoch milliseconds, lies in it. */
    public boolean holdsAt(long time) {
        return from <= time && time < to;
    }

    /** Returns whether no moment lies in it. */
    public boolean isEmpty() {
        return from >= to;
    }

    public boolean hasBeginning() {
        return from != Long.MIN_VALUE;
    }

    public boolean hasEnd() {
        return to != Long.MAX_VALUE;
    }

    /** Returns the moments that lie in both; an empty period where there are none. */
    public Period intersect(Period other) {
        return new Period(Math.max(from, other.from), Math.min(to, other.to));
    }

    /** Returns whether it begins no later and ends no earlier than another one. */
    public boolean covers(Period other) {
        return from <= other.from && other.to <= to;
    }
}
