package io.slackwater.pricing.json;

import io.slackwater.pricing.json.RuleBookWarnings.Sink;
import io.slackwater.pricing.rules.Effect.Kind;
import io.slackwater.pricing.rules.Limits;
import io.slackwater.pricing.rules.Promotion;
import io.slackwater.pricing.rules.QuantityBands;
import io.slackwater.pricing.rules.QuantityBands.Band;
import io.slackwater.pricing.rules.RuleBook;
import io.slackwater.pricing.rules.RuleBook.Rule;
import io.slackwater.pricing.rules.RuleBook.Scope;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Promotions of a faultless book that may give more, or less, than their author thinks. Every
 * promotion is compared with all others; of a book with very many the comparison ends early, and
 * that is told.
 */
final class PromotionWarnings {

    /** Pairs of rules that are compared: some seconds of work. */
    private static final long MOST_PAIRS = 20_000_000;

    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    private static final BigDecimal TWO = BigDecimal.valueOf(2);

    private final Sink sink;
    private final RuleBook book;
    private final List<Integer> promotions = new ArrayList<>();
    private final List<Rule> bands = new ArrayList<>();
    private final List<Rule> limits = new ArrayList<>();
    private long pairs;

    PromotionWarnings(Sink sink, RuleBook book) {
        this.sink = sink;
        this.book = book;
        for (int i = 0; i < book.rules().size(); i++) {
            Rule rule = book.rules().get(i);
            if (rule.kind() == Kind.PROMOTION) {
                promotions.add(i);
            } else if (rule.kind() == Kind.QUANTITY_BANDS) {
                bands.add(rule);
            } else if (rule.kind() == Kind.LIMITS) {
                limits.add(rule);
            }
        }
    }

    /** Looks at every promotion. */
    void tell() {
        twice();
        for (int n = 0; n < promotions.size(); n++) {
            int index = promotions.get(n);
            pairs += promotions.size() + bands.size() + limits.size();
            if (pairs > MOST_PAIRS) {
                sink.warn(
                        "NOT_ALL_COMPARED",
                        "/rules/" + index,
                        "The book has "
                                + promotions.size()
                                + " promotions; only the first "
                                + n
                                + " were compared with all others.");
                return;
            }
            Rule rule = book.rules().get(index);
            Together together = together(rule, n);
            nothingLeft(rule, "/rules/" + index, together);
            highTogether(rule, "/rules/" + index, together);
            Promotion promotion = promotion(rule);
            if (promotion.exclusive()
                    && promotion.segment() != null
                    && mayGiveLess(rule, together)) {
                sink.warn(
                        "EXCLUSIVE_MAY_GIVE_LESS",
                        "/rules/" + index,
                        "The exclusive promotion of segment "
                                + Texts.quote(promotion.segment())
                                + " may give less than the promotions for everybody that it shuts"
                                + " out; the segment then pays what everybody pays.");
            }
        }
    }

    /** Two promotions that say the same both count, where one was meant. */
    private void twice() {
        Map<Rule, Integer> seen = new HashMap<>();
        for (int index : promotions) {
            Rule rule = book.rules().get(index);
            Rule nameless = new Rule("", rule.scope(), 0, rule.period(), rule.effect());
            Integer first = seen.putIfAbsent(nameless, index);
            if (first != null) {
                sink.warn(
                        "PROMOTION_TWICE",
                        "/rules/" + index,
                        "The promotion says the same as /rules/"
                                + first
                                + " ("
                                + Texts.quote(book.rules().get(first).ruleId())
                                + "): where both count, both are given.");
            }
        }
    }

    /**
     * What counts beside a promotion, at most.
     *
     * @param kept share of the price that percentages for everybody leave
     * @param amounts off for everybody
     * @param allKept like {@code kept}, with the promotion itself and those of its segment
     * @param allAmounts likewise
     * @param earlierKept like {@code allKept}, of the promotions before this one and itself
     */
    private record Together(
            BigDecimal kept,
            BigDecimal amounts,
            BigDecimal allKept,
            BigDecimal allAmounts,
            BigDecimal earlierKept) {}

    private Together together(Rule rule, int place) {
        Promotion mine = promotion(rule);
        BigDecimal kept = BigDecimal.ONE;
        BigDecimal amounts = BigDecimal.ZERO;
        BigDecimal allKept = left(mine);
        BigDecimal allAmounts = mine.amountOff() == null ? BigDecimal.ZERO : mine.amountOff();
        BigDecimal earlierKept = allKept;
        for (int n = 0; n < promotions.size(); n++) {
            Rule other = book.rules().get(promotions.get(n));
            Promotion theirs = promotion(other);
            boolean everybody = theirs.segment() == null;
            boolean sameCustomers =
                    everybody || mine.segment() == null || theirs.segment().equals(mine.segment());
            if (n == place || !sameCustomers || !mayMeet(rule, other)) {
                continue;
            }
            if (everybody) {
                // An estimate: exact products of many percentages would grow without end.
                kept = kept.multiply(left(theirs), MathContext.DECIMAL64);
                amounts = theirs.amountOff() == null ? amounts : amounts.add(theirs.amountOff());
            }
            boolean together = everybody || theirs.segment().equals(mine.segment());
            if (together && !theirs.exclusive() && !mine.exclusive()) {
                allKept = allKept.multiply(left(theirs), MathContext.DECIMAL64);
                allAmounts =
                        theirs.amountOff() == null
                                ? allAmounts
                                : allAmounts.add(theirs.amountOff());
                if (n < place) {
                    earlierKept = earlierKept.multiply(left(theirs), MathContext.DECIMAL64);
                }
            }
        }
        return new Together(kept, amounts, allKept, allAmounts, earlierKept);
    }

    private static Promotion promotion(Rule rule) {
        return (Promotion) rule.effect();
    }

    /** The share of a price that a percentage leaves; 1 for an amount. */
    private static BigDecimal left(Promotion promotion) {
        return promotion.percentOff() == null
                ? BigDecimal.ONE
                : HUNDRED.subtract(promotion.percentOff()).movePointLeft(2);
    }

    /**
     * Returns whether the promotions for everybody that may meet an exclusive one of a segment may
     * give more. A percentage and an amount cannot be compared without a price: either may be more.
     */
    private static boolean mayGiveLess(Rule exclusive, Together others) {
        Promotion mine = promotion(exclusive);
        return mine.percentOff() != null
                ? others.amounts().signum() > 0 || others.kept().compareTo(left(mine)) < 0
                : others.kept().compareTo(BigDecimal.ONE) < 0
                        || others.amounts().compareTo(mine.amountOff()) > 0;
    }

    /** Told at the promotion with which it becomes too much; a high one alone is told elsewhere. */
    private void highTogether(Rule rule, String path, Together together) {
        BigDecimal least = HUNDRED.subtract(RuleBookWarnings.HIGH_PERCENT).movePointLeft(2);
        Promotion mine = promotion(rule);
        if (mine.percentOff() == null || left(mine).compareTo(least) < 0) {
            return;
        }
        boolean now = together.earlierKept().compareTo(least) < 0;
        BigDecimal before = together.earlierKept().divide(left(mine), MathContext.DECIMAL64);
        if (now && before.compareTo(least) >= 0) {
            sink.warn(
                    "PROMOTIONS_TOGETHER_HIGH",
                    path,
                    "Together with the promotions before it that may count at the same time, more"
                            + " than "
                            + RuleBookWarnings.HIGH_PERCENT
                            + " % may be taken off.");
        }
    }

    /** An amount off may be more than there is to pay. */
    private void nothingLeft(Rule rule, String path, Together together) {
        Promotion promotion = promotion(rule);
        if (promotion.amountOff() == null || isAboveAFloor(rule)) {
            return;
        }
        BigDecimal lowest = null;
        String whose = null;
        for (var tier : book.tiers().entrySet()) {
            Set<String> tiers = rule.scope().tiers();
            BigDecimal base = tier.getValue().basePrice();
            if ((tiers.isEmpty() || tiers.contains(tier.getKey()))
                    && (lowest == null || base.compareTo(lowest) < 0)) {
                lowest = base;
                whose = "the base price of tier " + Texts.quote(tier.getKey());
            }
        }
        for (Rule other : bands) {
            if (!mayMeet(rule, other)) {
                continue;
            }
            for (Band band : ((QuantityBands) other.effect()).bands()) {
                if (band.price() != null
                        && (lowest == null || band.price().compareTo(lowest) < 0)) {
                    lowest = band.price();
                    whose = "a price of rule " + Texts.quote(other.ruleId());
                }
            }
        }
        if (lowest == null) {
            return;
        }
        String who =
                promotion.segment() == null
                        ? "the product would have no price"
                        : "segment " + Texts.quote(promotion.segment()) + " would have no price";
        BigDecimal left =
                lowest.multiply(together.allKept(), MathContext.DECIMAL64)
                        .subtract(together.allAmounts());
        if (left.signum() <= 0) {
            sink.warn(
                    "NOTHING_LEFT_TO_PAY",
                    path,
                    "With the promotions that may count beside it, amount_off may take all of "
                            + lowest.toPlainString()
                            + ", "
                            + whose
                            + ", and "
                            + who
                            + "; a floor in a rule of kind limits prevents it.");
        } else if (promotion.amountOff().multiply(TWO).compareTo(lowest) >= 0) {
            sink.warn(
                    "NOTHING_LEFT_TO_PAY",
                    path,
                    "Of a list price of "
                            + promotion.amountOff().toPlainString()
                            + " or less amount_off leaves nothing, and "
                            + who
                            + "; a floor in a rule of kind limits prevents it.");
        }
    }

    /**
     * Returns whether every limits rule that may meet it has a floor, and one of them always does.
     */
    private boolean isAboveAFloor(Rule rule) {
        boolean always = false;
        for (Rule other : limits) {
            if (!mayMeet(rule, other)) {
                continue;
            }
            Limits bounds = (Limits) other.effect();
            if (bounds.floor() == null) {
                return false;
            }
            always |= covers(other, rule);
        }
        return always;
    }

    /** Returns whether a rule holds and fits wherever another one does; certain cases only. */
    private static boolean covers(Rule wide, Rule rule) {
        Scope a = wide.scope();
        Scope b = rule.scope();
        return wide.period().covers(rule.period())
                && coversNames(a.productIds(), b.productIds())
                && coversNames(a.categories(), b.categories())
                && coversNames(a.tiers(), b.tiers())
                && coversNames(a.warehouseIds(), b.warehouseIds())
                && coversNames(a.regions(), b.regions());
    }

    private static boolean coversNames(Set<String> wide, Set<String> names) {
        return wide.isEmpty() || (!names.isEmpty() && wide.containsAll(names));
    }

    private boolean mayMeet(Rule one, Rule other) {
        Scope a = one.scope();
        Scope b = other.scope();
        return !one.period().intersect(other.period()).isEmpty()
                && share(a.productIds(), b.productIds())
                && share(a.categories(), b.categories())
                && share(a.tiers(), b.tiers())
                && share(a.warehouseIds(), b.warehouseIds())
                && placesMeet(a, b, book.regions())
                && placesMeet(b, a, book.regions());
    }

    /**
     * Returns whether some one thing may have a name of both; a side without names has them all.
     */
    private static boolean share(Set<String> a, Set<String> b) {
        return a.isEmpty() || b.isEmpty() || !Collections.disjoint(a, b);
    }

    /**
     * Returns whether a warehouse of one scope, or of its regions, may lie in the other's regions.
     */
    private static boolean placesMeet(Scope a, Scope b, Map<String, Set<String>> regions) {
        if (b.regions().isEmpty() || !Collections.disjoint(a.regions(), b.regions())) {
            return true;
        }
        if (!a.warehouseIds().isEmpty()) {
            return b.regions().stream()
                    .anyMatch(
                            region -> !Collections.disjoint(a.warehouseIds(), regions.get(region)));
        }
        return a.regions().isEmpty()
                || a.regions().stream()
                        .anyMatch(
                                mine ->
                                        b.regions().stream()
                                                .anyMatch(
                                                        theirs ->
                                                                !Collections.disjoint(
                                                                        regions.get(mine),
                                                                        regions.get(theirs))));
    }
}
