package io.slackwater.pricing.model;

/**
 * A walk over the stock that a checkpoint found unfinished; after a restart it begins again. That
 * changes nothing twice: a price that is right already stays as it is.
 *
 * @param reached the event time reached, epoch milliseconds; {@code Long.MIN_VALUE}: none yet
 * @param newestLevel the newest event time of all stock levels, epoch milliseconds; {@code
 *     Long.MIN_VALUE}: none yet
 * @param attempt how many restarts there were before
 * @param indexed whether all stock stands in the index of products by category
 * @param cause why the stock is looked at; null: nothing is unfinished
 * @param asOf the moment that is priced, epoch milliseconds
 * @param version the version whose convergence is to be reported; null: none
 * @param changed prices changed so far
 * @param announcedAt wall clock when the change was announced, epoch milliseconds
 */
public record UnfinishedSweep(
        long reached,
        long newestLevel,
        int attempt,
        boolean indexed,
        Cause cause,
        long asOf,
        Long version,
        long changed,
        long announcedAt) {}
