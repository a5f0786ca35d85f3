package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.TraceStep;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The stock whose price a change of the rules may change: all of it, none, or what the scopes of
 * the rules that differ name. Stock that is not touched has the same price before and after; stock
 * that is touched may have.
 *
 * <p>The price is meant with its segments, tier, currency, limit and hold, not with its trace: a
 * rule that begins and loses against another touches its scope, and may change no price there.
 */
public final class Touched {

    /** No stock at all. */
    public static final Touched NOTHING = new Touched(false, 0);

    /** All stock. */
    public static final Touched EVERYTHING = new Touched(true, 0);

    private final boolean everything;
    private boolean needsWalk;
    private int shapes;
    private final Set<Place> places;
    private final Set<String> productIds = new HashSet<>();
    private final Set<String> categories = new HashSet<>();

    /**
     * @param places how many there will be about, so that the set need not grow again and again
     */
    private Touched(boolean everything, int places) {
        this.everything = everything;
        this.needsWalk = everything;
        this.places = new HashSet<>(places + places / 2);
    }

    /**
     * What differs between the rules in force at one moment and those in force at another. Rules
     * are compared by what they say, with regions resolved to their warehouses: two versions of a
     * book that say the same touch nothing.
     *
     * @param before the book before; null: none
     * @param beforeAt the moment before, epoch milliseconds
     * @param after the book after; null: none
     * @param afterAt the moment after, epoch milliseconds
     */
    public static Touched between(PriceBook before, long beforeAt, PriceBook after, long afterAt) {
        if (before == null && after == null) {
            return NOTHING;
        }
        if (before == null
                || after == null
                || !before.currency().equals(after.currency())
                || !Objects.equals(before.defaultTier(), after.defaultTier())
                || !before.segments().equals(after.segments())) {
            return EVERYTHING;
        }
        List<Where> differing = new ArrayList<>();
        if (before == after) {
            for (ReadyRule<?> ready : before.timedRules()) {
                if (ready.holdsAt(beforeAt) != ready.holdsAt(afterAt)) {
                    differing.add(ready.where);
                }
            }
        } else {
            addTiers(before.tierBases(), after.tierBases(), differing);
            addRules(before, beforeAt, after, afterAt, differing);
        }
        int places = 0;
        for (Where where : differing) {
            if (where.isEverywhere()) {
                return EVERYTHING;
            }
            places += where.places();
        }
        Touched touched = new Touched(false, places);
        differing.forEach(touched::add);
        return touched.places.isEmpty() ? NOTHING : touched;
    }

    private static void addTiers(
            Map<String, TraceStep> before, Map<String, TraceStep> after, List<Where> differing) {
        Set<String> names = new HashSet<>(before.keySet());
        names.addAll(after.keySet());
        for (String name : names) {
            BigDecimal old = before.containsKey(name) ? before.get(name).after() : null;
            BigDecimal now = after.containsKey(name) ? after.get(name).after() : null;
            if (old == null || now == null || old.compareTo(now) != 0) {
                differing.add(Where.tier(name));
            }
        }
    }

    private static void addRules(
            PriceBook before, long beforeAt, PriceBook after, long afterAt, List<Where> differing) {
        Map<String, ReadyRule<?>> old = new HashMap<>();
        for (ReadyRule<?> ready : before.rules()) {
            if (ready.holdsAt(beforeAt)) {
                old.put(ready.id(), ready);
            }
        }
        for (ReadyRule<?> ready : after.rules()) {
            if (!ready.holdsAt(afterAt)) {
                continue;
            }
            ReadyRule<?> same = old.get(ready.id());
            if (same != null && same.saysTheSameAs(ready)) {
                old.remove(ready.id());
            } else if (same == null || !same.where.equals(ready.where)) {
                differing.add(ready.where);
            }
        }
        // What is left was in force before only, or said something else.
        old.values().forEach(ready -> differing.add(ready.where));
    }

    private void add(Where where) {
        int before = places.size();
        where.forEachPlace(places::add);
        if (places.size() == before) {
            return;
        }
        shapes |= 1 << where.shape();
        if (!where.productIds().isEmpty()) {
            productIds.addAll(where.productIds());
        } else if (!where.categories().isEmpty()) {
            categories.addAll(where.categories());
        } else {
            needsWalk = true;
        }
    }

    public boolean isNothing() {
        return !everything && places.isEmpty();
    }

    public boolean isEverything() {
        return everything;
    }

    /** Whether only a look at every product finds what is touched. */
    public boolean needsWalk() {
        return needsWalk;
    }

    /** Unless a walk is needed: products that are touched, besides those of the categories. */
    public Set<String> productIds() {
        return Collections.unmodifiableSet(productIds);
    }

    /** Unless a walk is needed: categories whose products may be touched. */
    public Set<String> categories() {
        return Collections.unmodifiableSet(categories);
    }

    /**
     * Whether the price of a stock level may differ: a look-up, whatever the number of rules that
     * differ. Category and tier may be null: unknown.
     *
     * @param tier the product's own tier, or the book's default tier
     */
    public boolean concerns(String productId, String category, String tier, String warehouseId) {
        if (everything) {
            return true;
        }
        for (int left = shapes; left != 0; left &= left - 1) {
            Place place =
                    Place.of(
                            Integer.numberOfTrailingZeros(left),
                            productId,
                            category,
                            tier,
                            warehouseId);
            if (place != null && places.contains(place)) {
                return true;
            }
        }
        return false;
    }

    /** What one or the other touches. */
    public Touched plus(Touched other) {
        if (everything || other.isNothing()) {
            return this;
        }
        if (other.everything || isNothing()) {
            return other;
        }
        Touched both = new Touched(false, places.size() + other.places.size());
        for (Touched one : new Touched[] {this, other}) {
            both.needsWalk |= one.needsWalk;
            both.shapes |= one.shapes;
            both.places.addAll(one.places);
            both.productIds.addAll(one.productIds);
            both.categories.addAll(one.categories);
        }
        return both;
    }
}
