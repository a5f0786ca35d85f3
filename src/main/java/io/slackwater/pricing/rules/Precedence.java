package io.slackwater.pricing.rules;

import io.slackwater.pricing.rules.RuleBook.Rule;
import java.util.Comparator;

/**
 * What decides which of several rules wins (contract, "Rules").
 *
 * @param specificity of its scope, see {@link Where#specificity}
 */
record Precedence(int specificity, int priority, String ruleId) {

    /**
     * The order of the kinds that apply once: the most specific wins, then the higher priority,
     * then the smaller rule id.
     */
    static final Comparator<Precedence> MOST_SPECIFIC_FIRST =
            Comparator.comparingInt(Precedence::specificity)
                    .reversed()
                    .thenComparing(Comparator.comparingInt(Precedence::priority).reversed())
                    .thenComparing(Precedence::ruleId);

    /** The order of exclusive promotions: priority counts before specificity. */
    static final Comparator<Precedence> HIGHEST_PRIORITY_FIRST =
            Comparator.comparingInt(Precedence::priority)
                    .reversed()
                    .thenComparing(MOST_SPECIFIC_FIRST);

    static Precedence of(Rule rule, Where where) {
        return new Precedence(where.specificity(), rule.priority(), rule.ruleId());
    }
}
