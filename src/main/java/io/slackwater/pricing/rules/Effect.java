package io.slackwater.pricing.rules;

import io.slackwater.pricing.rules.RuleBook.Rule;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a rule does. A kind of rule is one class: it says what rules of the kind hold, how a person
 * words that, and which step of a price they are. What else a new kind touches stands in the
 * description of this package.
 */
public sealed interface Effect permits QuantityBands, Regional, Promotion, Limits, Rounding, Hold {

    /** The kinds of rules, in the order in which they make a price. */
    enum Kind {
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

    /** Which kind it is of. */
    Kind kind();

    /** The only customers that it is for; null: it is for everybody. */
    default String segment() {
        return null;
    }

    /** Its fields in words, by the names that a rule book gives them. */
    Map<String, String> inWords();

    /**
     * Returns the step of a price that the rules of this kind are.
     *
     * @param rules all rules of this kind of a book; may be empty
     */
    PriceStep step(List<Rule> rules, Compilation book);
}
