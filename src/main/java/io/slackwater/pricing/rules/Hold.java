package io.slackwater.pricing.rules;

import io.slackwater.pricing.rules.RuleBook.Rule;
import java.util.List;
import java.util.Map;

/**
 * How long a price stays before it may change again.
 *
 * @param minSeconds above 0
 */
public record Hold(long minSeconds) implements Effect {

    @Override
    public Kind kind() {
        return Kind.HOLD;
    }

    @Override
    public Map<String, String> inWords() {
        return Map.of("min_seconds", Long.toString(minSeconds));
    }

    @Override
    public PriceStep step(List<Rule> rules, Compilation book) {
        return new OfBook(rules, book);
    }

    /** Names the rule that holds; whoever publishes the price knows how old the one before is. */
    private static final class OfBook extends PriceStep {

        private final RuleIndex<Price.Held> rules;

        OfBook(List<Rule> rules, Compilation book) {
            this.rules =
                    new RuleIndex<>(
                            rules,
                            book,
                            Precedence.MOST_SPECIFIC_FIRST,
                            rule ->
                                    new Price.Held(
                                            rule.ruleId(), ((Hold) rule.effect()).minSeconds()));
        }

        @Override
        boolean apply(Calculation price) {
            Match<Price.Held> match = rules.find(price);
            price.hold = match == null ? null : match.winner().ready;
            return true;
        }

        @Override
        List<ReadyRule<Price.Held>> rules() {
            return rules.rules();
        }
    }
}
