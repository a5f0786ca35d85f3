package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.rules.BookCheck.Fault;
import io.slackwater.pricing.rules.Effect.Kind;
import io.slackwater.pricing.rules.RuleBook.Rule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.UnaryOperator;

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

    private final Map<String, Set<String>> regions;
    private final UnaryOperator<String> quote;
    private final List<Fault> faults;

    PromotionsTogether(
            Map<String, Set<String>> regions, UnaryOperator<String> quote, List<Fault> faults) {
        this.regions = regions;
        this.quote = quote;
        this.faults = faults;
    }

    /** Tells every place where too many meet, once. */
    void find(Map<Integer, Rule> rules) {
        Map<String, List<Map.Entry<Integer, Rule>>> byName = new HashMap<>();
        for (Map.Entry<Integer, Rule> entry : rules.entrySet()) {
            if (entry.getValue().kind() == Kind.PROMOTION) {
                String segment = entry.getValue().effect().segment();
                String whose = segment == null ? "" : " and segment " + quote.apply(segment);
                for (String name : names(Where.of(entry.getValue().scope(), regions))) {
                    byName.computeIfAbsent(name + whose, none -> new ArrayList<>()).add(entry);
                }
            }
        }
        // Told at the rule that is one too many; of many products of one rule only once.
        Set<Integer> told = new LinkedHashSet<>();
        byName.forEach(
                (name, promotions) -> {
                    Integer first = tooMany(promotions);
                    if (first != null && told.add(first)) {
                        faults.add(
                                new Fault(
                                        "TOO_MANY_PROMOTIONS",
                                        first,
                                        "",
                                        "More than %d promotions hold at the same time for %s; allowed: at most %d."
                                                .formatted(MOST, name, MOST)));
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

    private Set<String> names(Where where) {
        if (where.isNowhere()) {
            return Set.of();
        }
        if (!where.productIds().isEmpty()) {
            return named("product ", where.productIds());
        }
        if (!where.categories().isEmpty()) {
            return named("category ", where.categories());
        }
        if (!where.tiers().isEmpty()) {
            return named("tier ", where.tiers());
        }
        return where.isEverywhere()
                ? Set.of("all stock")
                : named("warehouse ", where.warehouseIds());
    }

    private Set<String> named(String noun, Set<String> names) {
        Set<String> named = new LinkedHashSet<>();
        names.forEach(name -> named.add(noun + quote.apply(name)));
        return named;
    }
}
