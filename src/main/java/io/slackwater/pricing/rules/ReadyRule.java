package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.model.RuleBook.Band;
import io.slackwater.pricing.model.RuleBook.Kind;
import io.slackwater.pricing.model.RuleBook.Promotion;
import io.slackwater.pricing.model.RuleBook.Rule;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * A rule made ready: what a price needs of it is worked out once, when its book is compiled, so
 * that neither a number nor a text of it is made again for every price.
 */
final class ReadyRule {

    final Rule rule;
    final Where where;

    /** By itself, for the many places where no other rule applies. */
    final List<ReadyRule> alone = List.of(this);

    /** What the trace says of it; of bands each has its own. */
    final String detail;

    /** By band; empty unless of that kind. */
    final String[] bandDetails;

    /** What is left of an amount after the percentage; null unless of that kind. */
    final BigDecimal left;

    /** Of kind limits; null otherwise. */
    final Bounds bounds;

    /** Of kind rounding; null otherwise. */
    final Rounder rounder;

    /** Its place in the order of its index: of two that apply the smaller one wins. */
    int rank;

    private final Period period;

    // Written when first asked for: most rules never lose.
    private String idAndDetail;
    private String lessSpecific;
    private String lowerPriority;
    private String largerId;

    /**
     * @param regions of the book, warehouses by region
     * @param digits of the book's currency
     */
    ReadyRule(Rule rule, Map<String, Set<String>> regions, int digits) {
        this.rule = rule;
        where = Where.of(rule.scope(), regions);
        period = rule.period();
        Promotion promotion = rule.promotion();
        left =
                promotion == null || promotion.percentOff() == null
                        ? null
                        : BigDecimal.ONE.subtract(promotion.percentOff().movePointLeft(2));
        bounds = rule.kind() == Kind.LIMITS ? new Bounds(rule.limits(), digits) : null;
        rounder = rule.kind() == Kind.ROUNDING ? new Rounder(rule.rounding(), digits) : null;
        bandDetails = new String[rule.bands().size()];
        for (int i = 0; i < bandDetails.length; i++) {
            Band band = rule.bands().get(i);
            bandDetails[i] =
                    "band "
                            + (i + 1)
                            + (band.price() == null
                                    ? " x " + band.multiplier().toPlainString()
                                    : " = " + band.price().toPlainString());
        }
        detail =
                switch (rule.kind()) {
                    case REGIONAL -> "x " + rule.multiplier().toPlainString();
                    case PROMOTION ->
                            promotion.percentOff() != null
                                    ? "- " + promotion.percentOff().toPlainString() + " %"
                                    : "- " + money(promotion.amountOff(), digits);
                    case ROUNDING -> rounder.detail();
                    case QUANTITY_BANDS, LIMITS, HOLD -> "";
                };
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

    /** How the trace of a segment names it: {@code loyal-10: - 10 %}. */
    String idAndDetail() {
        if (idAndDetail == null) {
            idAndDetail = id() + ": " + detail;
        }
        return idAndDetail;
    }

    /**
     * Whether it says the same as a rule of another book while both hold. The id counts: it can
     * decide who wins.
     */
    boolean saysTheSameAs(ReadyRule other) {
        Rule that = other.rule;
        return rule.kind() == that.kind()
                && rule.priority() == that.priority()
                && rule.minSeconds() == that.minSeconds()
                && rule.ruleId().equals(that.ruleId())
                && Objects.equals(rule.multiplier(), that.multiplier())
                && Objects.equals(rule.promotion(), that.promotion())
                && Objects.equals(rule.limits(), that.limits())
                && Objects.equals(rule.rounding(), that.rounding())
                && rule.bands().equals(that.bands())
                && where.equals(other.where);
    }

    /** Why it lost against a winner of its kind: {@code winter: less specific}. */
    String lostAgainst(ReadyRule winner) {
        if (winner.where.specificity() != where.specificity()) {
            if (lessSpecific == null) {
                lessSpecific = id() + ": less specific";
            }
            return lessSpecific;
        }
        if (winner.rule.priority() != rule.priority()) {
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
