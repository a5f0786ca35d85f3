package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.TraceStep.Step;
import io.slackwater.pricing.rules.RuleBook.Rule;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/**
 * A multiplier by place: taxes, transport, the local price level.
 *
 * @param multiplier above 0
 */
public record Regional(BigDecimal multiplier) implements Effect {

    @Override
    public Kind kind() {
        return Kind.REGIONAL;
    }

    @Override
    public Map<String, String> inWords() {
        return Map.of("multiplier", multiplier.toPlainString());
    }

    @Override
    public PriceStep step(List<Rule> rules, Compilation book) {
        return new OfBook(rules, book);
    }

    /** A multiplier, with what a trace says of it. */
    private record Ready(BigDecimal multiplier, String detail) {

        static Ready of(Rule rule) {
            BigDecimal multiplier = ((Regional) rule.effect()).multiplier();
            return new Ready(multiplier, "x " + multiplier.toPlainString());
        }
    }

    private static final class OfBook extends PriceStep {

        private final RuleIndex<Ready> rules;

        OfBook(List<Rule> rules, Compilation book) {
            this.rules = new RuleIndex<>(rules, book, Precedence.MOST_SPECIFIC_FIRST, Ready::of);
        }

        @Override
        boolean apply(Calculation price) {
            Match<Ready> match = rules.find(price);
            if (match != null) {
                ReadyRule<Ready> rule = match.winner();
                price.add(
                        Step.REGIONAL,
                        rule.id(),
                        rule.ready.detail,
                        price.amount.multiply(rule.ready.multiplier),
                        match.lost());
            }
            return true;
        }

        @Override
        List<ReadyRule<Ready>> rules() {
            return rules.rules();
        }
    }
}
