package io.slackwater.pricing.rules;

import io.slackwater.pricing.rules.RuleBook.Rule;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A price cut. Exactly one of {@code percentOff} and {@code amountOff} is given.
 *
 * @param percentOff above 0 and below 100; null when {@code amountOff} is given
 * @param amountOff above 0, in the book's currency; null when {@code percentOff} is given
 * @param exclusive whether it shuts out all other promotions
 * @param segment the only customers that it is for; null: for everybody
 */
public record Promotion(
        BigDecimal percentOff, BigDecimal amountOff, boolean exclusive, String segment)
        implements Effect {

    @Override
    public Kind kind() {
        return Kind.PROMOTION;
    }

    @Override
    public Map<String, String> inWords() {
        Map<String, String> words = new LinkedHashMap<>();
        if (percentOff != null) {
            words.put("percent_off", percentOff.toPlainString());
        }
        if (amountOff != null) {
            words.put("amount_off", amountOff.toPlainString());
        }
        words.put("stacking", exclusive ? "exclusive" : "stackable");
        if (segment != null) {
            words.put("segment", segment);
        }
        return words;
    }

    @Override
    public PriceStep step(List<Rule> rules, Compilation book) {
        return new OfBook(rules, book);
    }

    /** A promotion, with what a price and its trace need of it. */
    static final class Ready {

        private final Promotion promotion;

        /** What is left of an amount after the percentage; null: it is an amount off. */
        private final BigDecimal left;

        /** How a trace tells it: {@code - 10 %}. */
        final String detail;

        /** How the trace of a segment names it: {@code loyal-10: - 10 %}. */
        final String named;

        private Ready(Rule rule, int digits) {
            promotion = (Promotion) rule.effect();
            boolean percent = promotion.percentOff != null;
            left = percent ? BigDecimal.ONE.subtract(promotion.percentOff.movePointLeft(2)) : null;
            detail =
                    percent
                            ? "- " + promotion.percentOff.toPlainString() + " %"
                            : "- " + ReadyRule.money(promotion.amountOff, digits);
            named = rule.ruleId() + ": " + detail;
        }

        boolean isPercentage() {
            return left != null;
        }

        boolean isExclusive() {
            return promotion.exclusive;
        }

        /** Null: it is for everybody. */
        String segment() {
            return promotion.segment;
        }

        /** Returns whether it is for a segment; null: for everybody. */
        boolean isFor(String segment) {
            return promotion.segment == null || promotion.segment.equals(segment);
        }

        BigDecimal apply(BigDecimal amount) {
            return left != null ? amount.multiply(left) : amount.subtract(promotion.amountOff);
        }
    }

    private static final class OfBook extends PriceStep {

        private final RuleIndex<Ready> rules;

        OfBook(List<Rule> rules, Compilation book) {
            this.rules =
                    new RuleIndex<>(
                            rules,
                            book,
                            Precedence.HIGHEST_PRIORITY_FIRST,
                            rule -> new Ready(rule, book.digits()));
        }

        @Override
        boolean apply(Calculation price) {
            price.beforePromotions = price.amount;
            Match<Ready> match = rules.find(price);
            if (match != null) {
                price.promotions = match.all();
                Promoted.everybody(price);
            }
            price.promoted = price.amount;
            return true;
        }

        @Override
        List<ReadyRule<Ready>> rules() {
            return rules.rules();
        }
    }
}
