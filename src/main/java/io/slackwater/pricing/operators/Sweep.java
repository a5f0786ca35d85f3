package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.rules.Touched;
import java.util.Iterator;

/**
 * A walk over the stock that a change of the rules touches.
 *
 * <p>It is made in slices: between them stock levels, checkpoints and timers go on.
 */
final class Sweep {

    final Cause cause;
    final long asOf;
    final Touched touched;

    /** The version whose convergence is to be reported; null: none. */
    final Long version;

    final long announcedAt;

    /** Prices changed, also before a restart. */
    long changed;

    /** Stock levels re-examined. */
    long examined;

    /** When its progress was last reported, wall clock in milliseconds. */
    long reportedAt;

    /** The products still to look at; null until the walk begins. */
    Products products;

    /**
     * @param asOf the moment that is priced, epoch milliseconds
     * @param announcedAt wall clock when the change was announced, epoch milliseconds
     */
    Sweep(Cause cause, long asOf, Touched touched, Long version, long announcedAt) {
        this.cause = cause;
        this.asOf = asOf;
        this.touched = touched;
        this.version = version;
        this.announcedAt = announcedAt;
        this.reportedAt = announcedAt;
    }

    /** Products one after the other, and how much of them is done. */
    interface Products extends Iterator<String>, AutoCloseable {

        /** 0 to 100. */
        int percent();

        /** Returns whether these are all products of this subtask. */
        boolean areAll();

        @Override
        void close();
    }
}
