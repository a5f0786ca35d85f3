package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.PricedStock;
import io.slackwater.pricing.model.PricedStock.Standing;
import io.slackwater.pricing.rules.Touched;

/**
 * A pass over the stock that a change of the rules touches.
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

    /** The products still to look at; null until the sweep begins. */
    SweptProducts products;

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

    /** Returns whether a stock level is to be looked at. */
    boolean concerns(String productId, String category, PricedStock stock, String warehouseId) {
        // What is still waiting is of no book yet, and is looked at by any.
        return stock.standing() == Standing.WAITING
                || touched.concerns(productId, category, stock.priceTier(), warehouseId);
    }

    /** A stock level was looked at. */
    void examined(PricedStock before, PricedStock after) {
        examined++;
        boolean published = after.priceVersion() != before.priceVersion();
        boolean ended = before.price() != null && after.price() == null;
        changed += published || ended ? 1 : 0;
    }

    /** 0 to 100. */
    int percent() {
        return products == null ? 0 : products.percent();
    }

    void close() {
        if (products != null) {
            products.close();
        }
    }
}
