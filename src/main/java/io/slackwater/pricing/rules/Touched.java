package io.slackwater.pricing.rules;

import java.util.Set;

/**
 * The stock whose price a change of the rules may change: all of it, none, or what the scopes of
 * the rules that differ name. Stock that is not touched has the same price before and after; stock
 * that is touched may have.
 */
public final class Touched {

    /** No stock at all. */
    public static final Touched NOTHING = new Touched(false);

    /** All stock. */
    public static final Touched EVERYTHING = new Touched(true);

    private final boolean everything;

    private Touched(boolean everything) {
        this.everything = everything;
    }

    /**
     * What differs between the rules in force at one moment and those in force at another.
     *
     * @param before the book before; null: none
     * @param beforeAt the moment before, epoch milliseconds
     * @param after the book after; null: none
     * @param afterAt the moment after, epoch milliseconds
     */
    public static Touched between(PriceBook before, long beforeAt, PriceBook after, long afterAt) {
        return before == after ? NOTHING : EVERYTHING;
    }

    public boolean isNothing() {
        return !everything;
    }

    public boolean isEverything() {
        return everything;
    }

    /** Whether only a look at every product finds what is touched. */
    public boolean needsWalk() {
        return everything;
    }

    /** Unless a walk is needed: products that are touched, besides those of the categories. */
    public Set<String> productIds() {
        return Set.of();
    }

    /** Unless a walk is needed: categories whose products may be touched. */
    public Set<String> categories() {
        return Set.of();
    }

    /**
     * Whether the price of a stock level may differ. Category and tier may be null: unknown.
     *
     * @param tier the product's own tier, or the book's default tier
     */
    public boolean concerns(String productId, String category, String tier, String warehouseId) {
        return everything;
    }

    /** What one or the other touches. */
    public Touched plus(Touched other) {
        return everything || other.everything ? EVERYTHING : NOTHING;
    }
}
