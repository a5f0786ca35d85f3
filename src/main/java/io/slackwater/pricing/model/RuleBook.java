package io.slackwater.pricing.model;

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
 * @param defaultTier the tier of products that the catalog gives none; null: such products are
 *     unpriced
 * @param tiers base prices by tier
 * @param rules in the order of the document, which means nothing
 */
public record RuleBook(
        String bookId,
        long version,
        String currency,
        Long effectiveFrom,
        Long effectiveTo,
        String comment,
        String defaultTier,
        Map<String, Tier> tiers,
        List<Rule> rules) {

    /** How the price list and the lake name a book: {@code default@7}. */
    public String reference() {
        return bookId + "@" + version;
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
     * @param bands of a rule of kind {@code quantity_bands}: the first that matches counts
     */
    public record Rule(String ruleId, Scope scope, int priority, List<Band> bands) {}

    /**
     * Where a rule applies: where everything that is named fits. An empty set names nothing and
     * fits everywhere.
     */
    public record Scope(
            Set<String> productIds,
            Set<String> categories,
            Set<String> tiers,
            Set<String> warehouseIds) {}

    /**
     * One band of quantities. Exactly one of {@code multiplier} and {@code price} is given.
     *
     * @param below matches quantities below it; null: every quantity
     * @param restockingOver matches restocking times above it, days; null: every one
     * @param restockingAtMost matches restocking times up to it, days; null: every one
     * @param multiplier multiplies the base, above 0; null when {@code price} is given
     * @param price replaces the base, above 0; null when {@code multiplier} is given
     */
    public record Band(
            Long below,
            Integer restockingOver,
            Integer restockingAtMost,
            BigDecimal multiplier,
            BigDecimal price) {}
}
