package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.rules.PriceSample.Moves;
import io.slackwater.pricing.rules.PriceSample.Sampled;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares the sampled prices under two sets of books, at one moment after the other. All prices
 * are compared at the first moment; at a later one only those that a change since then touches, so
 * that a book with thousands of rules for single products costs little.
 *
 * <p>For one comparison and one thread.
 */
final class SampledMoves {

    /** So many take as long as all else that makes a price: a few hundred nanoseconds. */
    private static final int RULES_OF_A_COMPARISON = 250;

    private final List<Sampled> sampled;
    private final boolean complete;
    private final PriceBooks before;
    private final PriceBooks after;
    private final int movePercent;
    private final BitSet priced = new BitSet();
    private final BitSet moved = new BitSet();
    private final Map<String, List<Integer>> byProduct = new HashMap<>();
    private final Map<String, List<Integer>> byCategory = new HashMap<>();

    private long last;
    private boolean begun;
    private long work;

    /**
     * @param movePercent what is not too far, up or down
     */
    SampledMoves(PriceSample sample, PriceBooks before, PriceBooks after, int movePercent) {
        this.sampled = sample.sampled();
        this.complete = sample.isComplete();
        this.before = before;
        this.after = after;
        this.movePercent = movePercent;
    }

    /**
     * Goes on to a moment.
     *
     * @param moment epoch milliseconds, not before that of the last call; a stock level that is
     *     newer is priced as of its own event time
     */
    void goTo(long moment) {
        if (!begun) {
            for (int i = 0; i < sampled.size(); i++) {
                compare(i, moment);
            }
        } else {
            compareTouched(touched(before, moment).plus(touched(after, moment)), moment);
        }
        begun = true;
        last = moment;
    }

    /**
     * What a set of books touches since the last moment, also where it is as before by now: a stock
     * level that is newer than the last moment was priced as of its own.
     */
    private Touched touched(PriceBooks books, long moment) {
        Touched touched = Touched.NOTHING;
        long from = last;
        while (from < moment && !touched.isEverything()) {
            long to = Math.min(books.nextChange(from), moment);
            touched =
                    touched.plus(Touched.between(books.holdsAt(from), from, books.holdsAt(to), to));
            from = to;
        }
        return touched;
    }

    /**
     * Returns whether more than a share of all prices, in percent, differs too much at that moment.
     */
    boolean isMoreThan(int sharePercent) {
        return CircuitBreaker.isMoreThan(moved.cardinality(), priced.cardinality(), sharePercent);
    }

    /** How many prices differ too much at that moment. */
    Moves moves() {
        return new Moves(products(), priced.cardinality(), moved.cardinality(), complete);
    }

    /**
     * How much was done until now: a comparison counts 1, and 1 more for every {@link
     * #RULES_OF_A_COMPARISON} rules without a scope, which are asked for every price.
     */
    long work() {
        return work;
    }

    private void compareTouched(Touched touched, long moment) {
        if (touched.isNothing()) {
            return;
        }
        if (touched.needsWalk()) {
            for (int i = 0; i < sampled.size(); i++) {
                compareIfTouched(i, touched, moment);
            }
            return;
        }
        if (byProduct.isEmpty()) {
            index();
        }
        compareThese(byProduct, touched.productIds(), touched, moment);
        compareThese(byCategory, touched.categories(), touched, moment);
    }

    private void compareThese(
            Map<String, List<Integer>> index,
            Collection<String> names,
            Touched touched,
            long moment) {
        for (String name : names) {
            for (int i : index.getOrDefault(name, List.of())) {
                compareIfTouched(i, touched, moment);
            }
        }
    }

    private void index() {
        for (int i = 0; i < sampled.size(); i++) {
            byProduct
                    .computeIfAbsent(sampled.get(i).level().productId(), id -> new ArrayList<>(2))
                    .add(i);
            CatalogEntry entry = sampled.get(i).entry();
            if (entry != null && entry.category() != null) {
                byCategory.computeIfAbsent(entry.category(), name -> new ArrayList<>()).add(i);
            }
        }
    }

    private void compareIfTouched(int i, Touched touched, long moment) {
        Sampled one = sampled.get(i);
        CatalogEntry entry = one.entry();
        // A tier that only a default of the books gives is touched as a whole, or not at all.
        String tier = entry == null ? null : entry.priceTier();
        if (tier == null
                || touched.concerns(
                        one.level().productId(),
                        entry.category(),
                        tier,
                        one.level().warehouseId())) {
            compare(i, moment);
        }
    }

    private void compare(int i, long at) {
        work++;
        Sampled one = sampled.get(i);
        long moment = Math.max(at, one.level().version().eventTime());
        PriceBook old = before.holdsAt(moment);
        Price was = old == null ? null : old.price(one.level(), one.entry(), moment);
        boolean hadPrice = was != null && was.tag() != null;
        priced.set(i, hadPrice);
        if (!hadPrice) {
            moved.clear(i);
            return;
        }
        PriceBook next = after.holdsAt(moment);
        work += next == null ? 0 : next.rulesWithoutScope() / RULES_OF_A_COMPARISON;
        if (next == old) {
            moved.clear(i);
            return;
        }
        Price is = next == null ? null : next.price(one.level(), one.entry(), moment);
        moved.set(i, PriceSample.isTooFar(was.tag(), is == null ? null : is.tag(), movePercent));
    }

    /** How many products have a price before. */
    private int products() {
        int count = 0;
        String counted = null;
        for (int i = priced.nextSetBit(0); i >= 0; i = priced.nextSetBit(i + 1)) {
            String product = sampled.get(i).level().productId();
            count += product.equals(counted) ? 0 : 1;
            counted = product;
        }
        return count;
    }
}
