package io.slackwater.pricing.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
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

    /** What a rule does; each is a step of a price, in this order, or keeps the whole price. */
    public enum Kind {
        /** A multiplier or a price by quantity and restocking time. */
        QUANTITY_BANDS,
        /** A multiplier by place. */
        REGIONAL,
        /** A percentage or an amount off; the only kind of which several may apply. */
        PROMOTION,
        /** A floor, a ceiling or both. */
        LIMITS,
        /** How the price is rounded. */
        ROUNDING,
        /** How long a price stays before it may change again. */
        HOLD;

        private final String text = name().toLowerCase(Locale.ROOT);

        /** As a rule book spells it: {@code quantity_bands}. */
        public String text() {
            return text;
        }
    }

    /**
     * A rule of the book. What it does stands in the one field of its kind; the others are empty.
     *
     * @param ruleId unique in its book
     * @param kind what it does
     * @param scope where it applies
     * @param priority of two equally specific rules the higher wins
     * @param effectiveFrom epoch milliseconds, inclusive; null: as long as the book holds
     * @param effectiveTo epoch milliseconds, exclusive; null: as long as the book holds
     * @param bands of kind {@code QUANTITY_BANDS}: the first that matches counts; empty otherwise
     * @param multiplier of kind {@code REGIONAL}, above 0; null otherwise
     * @param promotion of kind {@code PROMOTION}; null otherwise
     * @param limits of kind {@code LIMITS}; null otherwise
     * @param rounding of kind {@code ROUNDING}; null otherwise
     * @param minSeconds of kind {@code HOLD}, above 0; 0 otherwise
     */
    public record Rule(
            String ruleId,
            Kind kind,
            Scope scope,
            int priority,
            Long effectiveFrom,
            Long effectiveTo,
            List<Band> bands,
            BigDecimal multiplier,
            Promotion promotion,
            Limits limits,
            Rounding rounding,
            long minSeconds) {

        /** When it holds; within its book's own period. */
        public Period period() {
            return Period.of(effectiveFrom, effectiveTo);
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
    }

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

    /**
     * A price cut. Exactly one of {@code percentOff} and {@code amountOff} is given.
     *
     * @param percentOff above 0 and below 100; null when {@code amountOff} is given
     * @param amountOff above 0, in the book's currency; null when {@code percentOff} is given
     * @param exclusive whether it shuts out all other promotions
     * @param segment the only customers that it is for; null: for everybody
     */
    public record Promotion(
            BigDecimal percentOff, BigDecimal amountOff, boolean exclusive, String segment) {}

    /**
     * What a price may be, in the book's currency; at least one is given.
     *
     * @param floor above 0; null: none
     * @param ceiling not below the floor; null: none
     */
    public record Limits(BigDecimal floor, BigDecimal ceiling) {}

    /**
     * How a price is rounded.
     *
     * @param increment a multiple of the currency's minor unit; null: the minor unit
     * @param mode HALF_UP, HALF_EVEN, UP or DOWN
     * @param ending the price becomes the nearest amount with this ending, whatever the other two
     *     say; 0 or more, such as 0.99; null: none
     */
    public record Rounding(BigDecimal increment, RoundingMode mode, BigDecimal ending) {}
}
