package io.slackwater.pricing.json;

import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.model.RuleBook.Kind;
import io.slackwater.pricing.model.RuleBook.Rule;
import io.slackwater.pricing.model.RuleBook.Scope;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Bounds how many promotions can meet in one price. Promotions are the only kind of which several
 * count, and every percentage makes the exact amount up to ten digits longer: twenty thousand of
 * them in one place would be a book that is small to write and stops the job.
 *
 * <p>Counted is what holds at the same time and names the same product; of those that name none,
 * the same category, else tier, else warehouse, else nothing at all; those of a segment beside
 * those for everybody. So at most ten times as many meet.
 */
final class PromotionsTogether {

    /** The most promotions that hold at once for the same product, category, tier or warehouse. */
    static final int MOST = 20;

    private final BookFields in;
    private final Map<String, Set<String>> regions;

    /**
     * @param in where the faults are told
     * @param regions warehouses by region
     */
    PromotionsTogether(BookFields in, Map<String, Set<String>> regions) {
        this.in = in;
        this.regions = regions;
    }

    /**
     * Tells every place where too many meet, once.
     *
     * @param rules faultless rules by their place in the document
     */
    void refuseTooMany(Map<Integer, Rule> rules) {
        Map<String, List<Map.Entry<Integer, Rule>>> byName = new HashMap<>();
        for (Map.Entry<Integer, Rule> entry : rules.entrySet()) {
            if (entry.getValue().kind() == Kind.PROMOTION) {
                String segment = entry.getValue().promotion().segment();
                String whose = segment == null ? "" : " and segment " + Texts.quote(segment);
                for (String name : names(entry.getValue().scope())) {
                    name += whose;
                    byName.computeIfAbsent(name, none -> new ArrayList<>()).add(entry);
                }
            }
        }
        // Told at the rule that is one too many; of many products of one rule only once.
        Set<Integer> told = new LinkedHashSet<>();
        byName.forEach(
                (name, promotions) -> {
                    Integer first = tooMany(promotions);
                    if (first != null && told.add(first)) {
                        in.fault(
                                "TOO_MANY_PROMOTIONS",
                                "/rules/" + first,
                                "More than "
                                        + MOST
                                        + " promotions hold at the same time for "
                                        + name
                                        + "; allowed: at most "
                                        + MOST
                                        + ".");
                    }
                });
    }

    /** The first rule that begins while so many others hold; null: none. */
    private static Integer tooMany(List<Map.Entry<Integer, Rule>> promotions) {
        promotions.sort(Comparator.comparingLong(entry -> entry.getValue().period().from()));
        PriorityQueue<Long> ends = new PriorityQueue<>();
        for (Map.Entry<Integer, Rule> begins : promotions) {
            Period period = begins.getValue().period();
            while (!ends.isEmpty() && ends.peek() <= period.from()) {
                ends.remove();
            }
            ends.add(period.to());
            if (ends.size() > MOST) {
                return begins.getKey();
            }
        }
        return null;
    }

    private Set<String> names(Scope scope) {
        Set<String> names = new LinkedHashSet<>();
        scope.productIds().forEach(product -> names.add("product " + Texts.quote(product)));
        if (names.isEmpty()) {
            scope.categories().forEach(category -> names.add("category " + Texts.quote(category)));
        }
        if (names.isEmpty()) {
            scope.tiers().forEach(tier -> names.add("tier " + Texts.quote(tier)));
        }
        if (names.isEmpty()) {
            Set<String> warehouses = new LinkedHashSet<>(scope.warehouseIds());
            if (warehouses.isEmpty()) {
                for (String region : scope.regions()) {
                    warehouses.addAll(regions.getOrDefault(region, Set.of()));
                }
            }
            warehouses.forEach(warehouse -> names.add("warehouse " + Texts.quote(warehouse)));
        }
        if (names.isEmpty()) {
            names.add("all stock");
        }
        return names;
    }
}
