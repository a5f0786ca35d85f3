package io.slackwater.pricing.rules;

import io.slackwater.pricing.rules.RuleBook.Scope;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A scope with its regions resolved to the warehouses that lie in them. Two scopes that say the
 * same in this sense are equal, whatever their regions are called.
 *
 * @param warehouseIds only of meaning where the shape names the warehouse; empty then means that no
 *     warehouse lies where the scope says
 * @param shape which of the four it names, in bits of {@link Place}
 * @param specificity the contract's order ("Rules"), the higher the more specific: product before
 *     category before tier before none, then warehouse before region before none
 */
record Where(
        Set<String> productIds,
        Set<String> categories,
        Set<String> tiers,
        Set<String> warehouseIds,
        int shape,
        int specificity) {

    /** How far apart two kinds of thing are, for three kinds of place stand between them. */
    private static final int KINDS_OF_PLACE = 3;

    static Where of(Scope scope, Map<String, Set<String>> regions) {
        Set<String> warehouses = warehouses(scope, regions);
        int place = 0;
        if (!scope.warehouseIds().isEmpty()) {
            place = 2;
        } else if (!scope.regions().isEmpty()) {
            place = 1;
        }
        int thing = 0;
        if (!scope.productIds().isEmpty()) {
            thing = 3;
        } else if (!scope.categories().isEmpty()) {
            thing = 2;
        } else if (!scope.tiers().isEmpty()) {
            thing = 1;
        }
        int shape =
                (scope.productIds().isEmpty() ? 0 : Place.PRODUCT)
                        | (scope.categories().isEmpty() ? 0 : Place.CATEGORY)
                        | (scope.tiers().isEmpty() ? 0 : Place.TIER)
                        | (place == 0 ? 0 : Place.WAREHOUSE);
        return new Where(
                scope.productIds(),
                scope.categories(),
                scope.tiers(),
                warehouses,
                shape,
                KINDS_OF_PLACE * thing + place);
    }

    private static Set<String> warehouses(Scope scope, Map<String, Set<String>> regions) {
        if (scope.regions().isEmpty()) {
            return scope.warehouseIds();
        }
        if (scope.warehouseIds().isEmpty() && scope.regions().size() == 1) {
            // Many rules may name one large region: they share its set.
            return regions.getOrDefault(scope.regions().iterator().next(), Set.of());
        }
        Set<String> inRegions = new HashSet<>();
        for (String region : scope.regions()) {
            inRegions.addAll(regions.getOrDefault(region, Set.of()));
        }
        if (!scope.warehouseIds().isEmpty()) {
            inRegions.retainAll(scope.warehouseIds());
        }
        return inRegions;
    }

    static Where tier(String tier) {
        return of(new Scope(Set.of(), Set.of(), Set.of(tier), Set.of(), Set.of()), Map.of());
    }

    /** Returns whether it names a warehouse or a region, and no warehouse lies there. */
    boolean isNowhere() {
        return (shape & Place.WAREHOUSE) != 0 && warehouseIds.isEmpty();
    }

    boolean isEverywhere() {
        return shape == 0;
    }

    /** How many combinations there are of what it names. */
    int places() {
        return Math.max(1, productIds.size())
                * Math.max(1, categories.size())
                * Math.max(1, tiers.size())
                * ((shape & Place.WAREHOUSE) == 0 ? 1 : warehouseIds.size());
    }

    /** Every combination of what it names. */
    void forEachPlace(Consumer<Place> action) {
        for (String product : orNone(productIds)) {
            for (String category : orNone(categories)) {
                for (String tier : orNone(tiers)) {
                    Set<String> places =
                            (shape & Place.WAREHOUSE) == 0
                                    ? Collections.singleton(null)
                                    : warehouseIds;
                    for (String warehouse : places) {
                        action.accept(new Place(product, category, tier, warehouse));
                    }
                }
            }
        }
    }

    private static Set<String> orNone(Set<String> values) {
        return values.isEmpty() ? Collections.singleton(null) : values;
    }
}
