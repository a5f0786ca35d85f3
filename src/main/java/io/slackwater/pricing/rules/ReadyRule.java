package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.rules.RuleBook.Rule;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A rule made ready: what a price needs of it is worked out once, when its book is compiled, so
 * that neither a number nor a text of it is made again for every price.
 *
 * @param <T> what the rules of its kind are made ready to
 */
final class ReadyRule<T> {

    final Rule rule;
    final Where where;
    final Precedence precedence;

    /** What it does, ready. */
    final T ready;

    /** By itself, for the many places where no other rule applies. */
    final List<ReadyRule<T>> alone = List.of(this);

    /** Likewise, as what an index finds. */
    final Match<T> aloneMatch = new Match<>(this);

    /** Its place in the order of its index: of two that apply the smaller one wins. */
    int rank;

    private final Period period;

    // Written when first asked for: most rules never lose.
    private String lessSpecific;
    private String lowerPriority;
    private String largerId;

    ReadyRule(Rule rule, Where where, T ready) {
        this.rule = rule;
        this.where = where;
        this.ready = ready;
        precedence = Precedence.of(rule, where);
        period = rule.period();
    }

    String id() {
        return rule.ruleId();
    }

    boolean holdsAt(long time) {
        return period.holdsAt(time);
    }

    /** Whether it begins or ends at all while its book holds. */
    boolean isTimed() {
        return period.hasBeginning() || period.hasEnd();
    }

    /** When it begins and when it ends, where it does. */
    LongStream boundaries() {
        return period.isEmpty()
                ? LongStream.empty()
                : LongStream.of(period.from(), period.to())
                        .filter(moment -> moment != Long.MIN_VALUE && moment != Long.MAX_VALUE);
    }

    /**
     * Whether it says the same as a rule of another book while both hold. The id counts: it can
     * decide who wins.
     */
    boolean saysTheSameAs(ReadyRule<?> other) {
        return precedence.equals(other.precedence)
                && rule.effect().equals(other.rule.effect())
                && where.equals(other.where);
    }

    /** Why it lost against a winner of its kind: {@code winter: less specific}. */
    String lostAgainst(ReadyRule<T> winner) {
        if (winner.precedence.specificity() != precedence.specificity()) {
            if (lessSpecific == null) {
                lessSpecific = id() + ": less specific";
            }
            return lessSpecific;
        }
        if (winner.precedence.priority() != precedence.priority()) {
            if (lowerPriority == null) {
                lowerPriority = id() + ": lower priority";
            }
            return lowerPriority;
        }
        if (largerId == null) {
            largerId = id() + ": larger rule_id";
        }
        return largerId;
    }

    /** An amount as people write it: with the currency's digits at least. */
    static String money(BigDecimal amount, int digits) {
        return (amount.scale() < digits ? amount.setScale(digits) : amount).toPlainString();
    }
}
