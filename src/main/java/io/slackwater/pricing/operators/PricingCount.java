package io.slackwater.pricing.operators;

import java.util.Arrays;

/**
 * What the pricing step counts, and how each counter is called. The order is stored: add at the end
 * only.
 */
enum PricingCount {
    PRICED("priced"),
    UNCHANGED("unchanged"),
    SUPERSEDED("superseded"),
    WAITING("waiting"),
    REPRICED("repriced"),
    WITHDRAWN("withdrawn"),
    LATE_FOR_WINDOW("lateForWindow"),
    /** Stock levels that a change of the rules made look at again. */
    REEXAMINED("reexamined"),
    /** Prices that a hold keeps back. */
    HELD("held"),
    /** Sweeps that a newer book ended early. */
    SWEEPS_CANCELLED("sweepsCancelled"),
    /** Delistings that withdrew at least one stock level. */
    DELISTED("delisted"),
    /** Delistings older than another one, or than every stock level that is still sold. */
    DELISTINGS_SUPERSEDED("delistingsSuperseded"),
    /** Delistings of a product that was delisted already. */
    DELISTINGS_UNCHANGED("delistingsUnchanged"),
    /** Delistings of a product of which no stock level ever came. */
    DELISTINGS_UNKNOWN("delistingsUnknown"),
    /** Catalog messages older than the newest of their product. */
    CATALOG_SUPERSEDED("catalogSuperseded");

    private final String counter;

    PricingCount(String counter) {
        this.counter = counter;
    }

    /** Exactly one of these is incremented for each line. */
    static int[] places() {
        return new int[] {
            PRICED.ordinal(), UNCHANGED.ordinal(), SUPERSEDED.ordinal(), WAITING.ordinal()
        };
    }

    static String[] counters() {
        return Arrays.stream(values()).map(count -> count.counter).toArray(String[]::new);
    }
}
