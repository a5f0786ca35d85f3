package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.rules.RuleBook.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Finds what is wrong between the rules of a book, each of which is faultless by itself: rules that
 * can never count, and more promotions in one price than it can bear.
 */
public final class BookCheck {

    /**
     * A fault of a rule.
     *
     * @param code a stable code, upper case
     * @param rule the place of the rule in its book; sentences name another rule as {@code
     *     /rules/3}
     * @param field of the rule; empty: the rule as a whole
     * @param sentence what is wrong and what is allowed
     */
    public record Fault(String code, int rule, String field, String sentence) {}

    private BookCheck() {}

    /**
     * Checks the rules of a book.
     *
     * @param rules faultless rules by their place in the book; together they name no more
     *     combinations than a book may, and only regions that it has
     * @param regions warehouses by region
     * @param period when the book holds, as far as it says so
     * @param quote puts a name into a sentence
     * @return every fault; empty: the rules are good
     */
    public static List<Fault> faults(
            Map<Integer, Rule> rules,
            Map<String, Set<String>> regions,
            Period period,
            UnaryOperator<String> quote) {
        List<Fault> faults = new ArrayList<>();
        new UnreachableRules(regions, period, quote, faults).find(rules);
        new PromotionsTogether(regions, quote, faults).find(rules);
        return faults;
    }
}
