package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.Period;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One complete, versioned set of pricing rules; replaced as a whole, never in part.
 *
 * @param bookId its name
 * @param version 1 or higher; of two versions the higher is the newer
 * @param currency ISO 4217 code of all its amounts
 * @param effectiveFrom epoch milliseconds, inclusive; null: the Kafka record's timestamp
 * @param effectiveTo epoch milliseconds, exclusive; null: until a newer version takes over
 * @param comment why it was published; null: none
 * @param force whether it is accepted although it moves more prices than the circuit breaker allows
 * @param defaultTier the tier of products that the catalog gives none; null: such products are
 *     unpriced
 * @param tiers base prices by tier
 * @param regions warehouses by region; a warehouse may lie in several
 * @param rules in the order of the document, which means nothing
 */
public record RuleBook(
        String bookId,
        long version,
        String currency,
        Long effectiveFrom,
        Long effectiveTo,
        String comment,
        boolean force,
        String defaultTier,
        Map<String, Tier> tiers,
        Map<String, Set<String>> regions,
        List<Rule> rules) {

    /** How the price list and the lake name a book: {@code default@7}. */
    public String reference() {
        return bookId + "@" + version;
    }

    /**
     * When it holds, unless a newer version takes over.
     *
     * @param acceptedFrom since when, epoch milliseconds, where it does not say so itself; null: it
     *     has no beginning
     */
    public Period period(Long acceptedFrom) {
        return Period.of(effectiveFrom == null ? acceptedFrom : effectiveFrom, effectiveTo);
    }

    /**
     * A price tier.
     *
     * @param basePrice above 0, in the book's currency
     */
    public record Tier(BigDecimal basePrice) {}

    /**
     * A rule of the book.
     *
     * @param ruleId unique in its book
     * @param scope where it applies
     * @param priority of two equally specific rules the higher wins
     * @param period when it holds, within its book's own period
     * @param effect what it does
     */
    public record Rule(String ruleId, Scope scope, int priority, Period period, Effect effect) {

        /** What kind of rule it is. */
        public Effect.Kind kind() {
            return effect.kind();
        }
    }

    /**
     * Where a rule applies: where everything that is named fits. An empty set names nothing and
     * fits everywhere.
     *
     * @param regions names of the book's regions
     */
    public record Scope(
            Set<String> productIds,
            Set<String> categories,
            Set<String> tiers,
            Set<String> warehouseIds,
            Set<String> regions) {

        /** Names nothing. */
        public static final Scope EVERYWHERE =
                new Scope(Set.of(), Set.of(), Set.of(), Set.of(), Set.of());

        /**
         * Counts the combinations of product, category, tier and warehouse that it names, from
         * above: a warehouse counts once for each region of the scope that it lies in, so that
         * counting is cheap whatever the regions hold.
         *
         * @param regions of the book, warehouses by region; those that are not known count nothing
         * @param most where to end: what is above it counts {@code most + 1}
         */
        public long combinations(Map<String, Set<String>> regions, long most) {
            long inRegions = 0;
            for (String region : this.regions) {
                inRegions += regions.getOrDefault(region, Set.of()).size();
            }
            long combinations = Math.max(1, Math.max(warehouseIds.size(), inRegions));
            for (Set<String> names : List.of(productIds, categories, tiers)) {
                combinations = Math.min(combinations * Math.max(1, names.size()), most + 1);
            }
            return Math.min(combinations, most + 1);
        }
    }
}
