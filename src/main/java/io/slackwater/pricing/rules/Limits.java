package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.PricedStock.Limit;
import io.slackwater.pricing.model.TraceStep.Step;
import io.slackwater.pricing.rules.RuleBook.Rule;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a price may be, in the book's currency; at least one limit is given.
 *
 * @param floor above 0; null: none
 * @param ceiling not below the floor; null: none
 */
public record Limits(BigDecimal floor, BigDecimal ceiling) implements Effect {

    @Override
    public Kind kind() {
        return Kind.LIMITS;
    }

    @Override
    public Map<String, String> inWords() {
        Map<String, String> words = new LinkedHashMap<>();
        if (floor != null) {
            words.put("floor", floor.toPlainString());
        }
        if (ceiling != null) {
            words.put("ceiling", ceiling.toPlainString());
        }
        return words;
    }

    @Override
    public PriceStep step(List<Rule> rules, Compilation book) {
        return new OfBook(rules, book);
    }

    /** Writes that a rule has cut, or let pass, everybody's price. */
    static void cut(Calculation price, BigDecimal after, String lost) {
        ReadyRule<Bounds> rule = price.limits;
        Limit cutBy = Bounds.between(price.amount, after);
        price.add(Step.LIMITS, rule.id(), rule.ready.detail(cutBy), after, lost);
        if (cutBy != Limit.NONE) {
            price.cutBy = cutBy;
        }
    }

    private static final class OfBook extends PriceStep {

        private final RuleIndex<Bounds> rules;

        OfBook(List<Rule> rules, Compilation book) {
            this.rules =
                    new RuleIndex<>(
                            rules,
                            book,
                            Precedence.MOST_SPECIFIC_FIRST,
                            rule -> new Bounds((Limits) rule.effect(), book.digits()));
        }

        @Override
        boolean apply(Calculation price) {
            Match<Bounds> match = rules.find(price);
            if (match != null) {
                price.limits = match.winner();
                cut(price, price.limits.ready.cut(price.amount), match.lost());
            }
            return true;
        }

        @Override
        List<ReadyRule<Bounds>> rules() {
            return rules.rules();
        }
    }
}
