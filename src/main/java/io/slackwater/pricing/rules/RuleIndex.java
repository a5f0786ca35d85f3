package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.RuleBook.Rule;
import io.slackwater.pricing.model.RuleBook.Scope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the one rule of a kind that applies to a stock level, at a cost that does not grow with the
 * rules that do not concern it (trap 6).
 *
 * <p>Rules are grouped by <em>which</em> dimensions their scopes name. Inside a group every rule
 * names the same dimensions, so what fits is found by one hash look-up of the exact values; there
 * are at most sixteen groups, and only those that exist are asked, the most specific first.
 *
 * <p>The order is the contract's ("Rules"): product before category before tier before none; then
 * warehouse before none; then the higher priority; then the smaller rule id.
 */
final class RuleIndex {

    /** Of two rules that fit equally well, the winner comes first. */
    private static final Comparator<Rule> WINNER_FIRST =
            Comparator.comparingInt(Rule::priority).reversed().thenComparing(Rule::ruleId);

    /** Groups of one specificity stand together; the most specific ones first. */
    private final List<List<Group>> bySpecificity;

    RuleIndex(Collection<Rule> rules) {
        Map<Integer, Group> groups = new HashMap<>();
        for (Rule rule : rules) {
            groups.computeIfAbsent(shape(rule.scope()), Group::new).add(rule);
        }
        List<List<Group>> ordered = new ArrayList<>();
        for (int specificity = Group.MOST_SPECIFIC; specificity >= 0; specificity--) {
            List<Group> equals = new ArrayList<>();
            for (Group group : groups.values()) {
                if (group.specificity() == specificity) {
                    equals.add(group);
                }
            }
            if (!equals.isEmpty()) {
                ordered.add(equals);
            }
        }
        bySpecificity = ordered;
    }

    /**
     * The rule that applies, or null. Category and tier may be null: then no rule naming one fits.
     */
    Rule find(String productId, String category, String tier, String warehouseId) {
        for (int i = 0; i < bySpecificity.size(); i++) {
            List<Group> equals = bySpecificity.get(i);
            Rule best = null;
            for (int j = 0; j < equals.size(); j++) {
                Rule rule = equals.get(j).find(productId, category, tier, warehouseId);
                if (rule != null && (best == null || WINNER_FIRST.compare(rule, best) < 0)) {
                    best = rule;
                }
            }
            if (best != null) {
                return best;
            }
        }
        return null;
    }

    private static int shape(Scope scope) {
        return (scope.productIds().isEmpty() ? 0 : Group.PRODUCT)
                | (scope.categories().isEmpty() ? 0 : Group.CATEGORY)
                | (scope.tiers().isEmpty() ? 0 : Group.TIER)
                | (scope.warehouseIds().isEmpty() ? 0 : Group.WAREHOUSE);
    }

    /** The values that a scope names, null for a dimension that it does not name. */
    private record Place(String productId, String category, String tier, String warehouseId) {}

    /** The rules whose scopes name the same dimensions. */
    private static final class Group {
        static final int PRODUCT = 8;
        static final int CATEGORY = 4;
        static final int TIER = 2;
        static final int WAREHOUSE = 1;

        /** Three kinds of thing to name before none, times with and without a warehouse. */
        static final int MOST_SPECIFIC = 7;

        private final int shape;
        private final Map<Place, Rule> winners = new HashMap<>();

        Group(int shape) {
            this.shape = shape;
        }

        int specificity() {
            int thing = 0;
            if (names(PRODUCT)) {
                thing = 3;
            } else if (names(CATEGORY)) {
                thing = 2;
            } else if (names(TIER)) {
                thing = 1;
            }
            return 2 * thing + (names(WAREHOUSE) ? 1 : 0);
        }

        void add(Rule rule) {
            Scope scope = rule.scope();
            for (String product : orNone(scope.productIds())) {
                for (String category : orNone(scope.categories())) {
                    for (String tier : orNone(scope.tiers())) {
                        for (String warehouse : orNone(scope.warehouseIds())) {
                            winners.merge(
                                    new Place(product, category, tier, warehouse),
                                    rule,
                                    (a, b) -> WINNER_FIRST.compare(a, b) <= 0 ? a : b);
                        }
                    }
                }
            }
        }

        Rule find(String productId, String category, String tier, String warehouseId) {
            return winners.get(
                    new Place(
                            names(PRODUCT) ? productId : null,
                            names(CATEGORY) ? category : null,
                            names(TIER) ? tier : null,
                            names(WAREHOUSE) ? warehouseId : null));
        }

        private boolean names(int dimension) {
            return (shape & dimension) != 0;
        }

        private static List<String> orNone(Set<String> values) {
            if (values.isEmpty()) {
                List<String> none = new ArrayList<>(1);
                none.add(null);
                return none;
            }
            return new ArrayList<>(values);
        }
    }
}
