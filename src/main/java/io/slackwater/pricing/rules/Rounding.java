package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.PricedStock.Limit;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.model.TraceStep.Step;
import io.slackwater.pricing.rules.RuleBook.Rule;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a price is rounded.
 *
 * @param increment a multiple of the currency's minor unit; null: the minor unit
 * @param mode HALF_UP, HALF_EVEN, UP or DOWN
 * @param ending the price becomes the nearest amount with this ending, whatever the other two say;
 *     0 or more, such as 0.99; null: none
 */
public record Rounding(BigDecimal increment, RoundingMode mode, BigDecimal ending)
        implements Effect {

    /** How a price is rounded that no rule rounds. */
    static final Rounding TO_THE_MINOR_UNIT = new Rounding(null, RoundingMode.HALF_UP, null);

    @Override
    public Kind kind() {
        return Kind.ROUNDING;
    }

    @Override
    public Map<String, String> inWords() {
        Map<String, String> words = new LinkedHashMap<>();
        if (increment != null) {
            words.put("increment", increment.toPlainString());
        }
        words.put("mode", mode.name());
        if (ending != null) {
            words.put("ending", ending.toPlainString());
        }
        return words;
    }

    /** Rounds every price, also where the book has no rule for it. */
    @Override
    public PriceStep step(List<Rule> rules, Compilation book) {
        return new OfBook(rules, book);
    }

    private static final class OfBook extends PriceStep {

        private final RuleIndex<Rounder> rules;
        private final Rounder toTheMinorUnit;

        OfBook(List<Rule> rules, Compilation book) {
            this.rules =
                    new RuleIndex<>(
                            rules,
                            book,
                            Precedence.MOST_SPECIFIC_FIRST,
                            rule -> new Rounder((Rounding) rule.effect(), book.digits()));
            toTheMinorUnit = new Rounder(TO_THE_MINOR_UNIT, book.digits());
        }

        @Override
        boolean apply(Calculation price) {
            Match<Rounder> match = rules.find(price);
            price.roundedBy = match == null ? null : match.winner().id();
            price.rounder = match == null ? toTheMinorUnit : match.winner().ready;
            if (price.amount.signum() <= 0) {
                return false;
            }
            price.add(
                    Step.ROUNDING,
                    match == null ? TraceStep.NO_RULE : price.roundedBy,
                    price.rounder.detail(),
                    price.rounder.round(price.amount),
                    match == null ? "" : match.lost());
            if (price.limits != null) {
                // A charm price can break the floor.
                BigDecimal cut = price.limits.ready.cutRounded(price.amount);
                if (Bounds.between(price.amount, cut) != Limit.NONE) {
                    Limits.cut(price, cut, "");
                }
            }
            if (price.amount.signum() <= 0) {
                price.culprit = match == null ? price.culprit : price.roundedBy;
                return false;
            }
            return true;
        }

        @Override
        List<ReadyRule<Rounder>> rules() {
            return rules.rules();
        }
    }
}
