package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.TraceStep.Step;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * An amount after the promotions that count for a customer segment: those without a segment and its
 * own.
 *
 * <p>If one of them is exclusive it alone counts; of several the one with the higher priority, then
 * the more specific, then the smaller rule id. Else percentages come first, multiplied, then
 * amounts off.
 *
 * @param amount exact; may be zero or less
 * @param isAsForEverybody whether everybody's price counts for the segment
 * @param counted the promotions that count, as a trace names them; empty: none
 * @param lost the promotions that apply and do not count, each with the reason; empty: none
 * @param last the id of the promotion that was applied last; null: none was
 */
record Promoted(
        BigDecimal amount, boolean isAsForEverybody, String counted, String lost, String last) {

    /** Applies the promotions for everybody, a step each. */
    static void everybody(Calculation price) {
        List<ReadyRule<Promotion.Ready>> applicable = price.promotions;
        ReadyRule<Promotion.Ready> exclusive = exclusive(applicable, null);
        String lost = exclusive == null ? "" : shutOut(applicable, null, exclusive);
        List<ReadyRule<Promotion.Ready>> counting = counting(applicable, null, exclusive);
        for (int i = 0; i < counting.size(); i++) {
            ReadyRule<Promotion.Ready> rule = counting.get(i);
            price.add(
                    Step.PROMOTION,
                    rule.id(),
                    rule.ready.detail,
                    rule.ready.apply(price.amount),
                    lost);
        }
        price.culprit = lastOf(counting);
    }

    /** What a segment pays after promotions: never more than everybody. */
    static Promoted segment(String segment, Calculation price) {
        List<ReadyRule<Promotion.Ready>> applicable = price.promotions;
        ReadyRule<Promotion.Ready> exclusive = exclusive(applicable, segment);
        BigDecimal after = price.beforePromotions;
        List<ReadyRule<Promotion.Ready>> counting = counting(applicable, segment, exclusive);
        boolean own = false;
        for (int i = 0; i < counting.size(); i++) {
            Promotion.Ready promotion = counting.get(i).ready;
            after = promotion.apply(after);
            own |= promotion.segment() != null;
        }
        if (after.compareTo(price.promoted) > 0) {
            // Only an exclusive promotion of its own can do that, by what it shuts out.
            List<ReadyRule<Promotion.Ready>> forEverybody =
                    counting(applicable, null, exclusive(applicable, null));
            return new Promoted(
                    price.promoted,
                    true,
                    named(forEverybody),
                    exclusive.id() + ": dearer than for everybody",
                    lastOf(forEverybody));
        }
        return new Promoted(
                after,
                !own,
                named(counting),
                exclusive == null ? "" : shutOut(applicable, segment, exclusive),
                lastOf(counting));
    }

    private static String lastOf(List<ReadyRule<Promotion.Ready>> counting) {
        return counting.isEmpty() ? null : counting.get(counting.size() - 1).id();
    }

    /** The one exclusive promotion that counts; null: none applies. */
    private static ReadyRule<Promotion.Ready> exclusive(
            List<ReadyRule<Promotion.Ready>> applicable, String segment) {
        for (int i = 0; i < applicable.size(); i++) {
            ReadyRule<Promotion.Ready> rule = applicable.get(i);
            if (rule.ready.isExclusive() && rule.ready.isFor(segment)) {
                return rule;
            }
        }
        return null;
    }

    /** In the order in which they are applied. */
    private static List<ReadyRule<Promotion.Ready>> counting(
            List<ReadyRule<Promotion.Ready>> applicable,
            String segment,
            ReadyRule<Promotion.Ready> exclusive) {
        if (exclusive != null) {
            return exclusive.alone;
        }
        if (applicable.isEmpty()) {
            return applicable;
        }
        List<ReadyRule<Promotion.Ready>> counting = new ArrayList<>(applicable.size());
        addCounting(applicable, segment, true, counting);
        addCounting(applicable, segment, false, counting);
        return counting;
    }

    private static void addCounting(
            List<ReadyRule<Promotion.Ready>> applicable,
            String segment,
            boolean percentages,
            List<ReadyRule<Promotion.Ready>> counting) {
        for (int i = 0; i < applicable.size(); i++) {
            ReadyRule<Promotion.Ready> rule = applicable.get(i);
            if (rule.ready.isPercentage() == percentages && rule.ready.isFor(segment)) {
                counting.add(rule);
            }
        }
    }

    private static String named(List<ReadyRule<Promotion.Ready>> counting) {
        Listing named = new Listing();
        for (int i = 0; i < counting.size(); i++) {
            named.add(counting.get(i).ready.named);
        }
        return named.toString();
    }

    private static String shutOut(
            List<ReadyRule<Promotion.Ready>> applicable,
            String segment,
            ReadyRule<Promotion.Ready> exclusive) {
        Listing losers = new Listing();
        for (int i = 0; i < applicable.size(); i++) {
            ReadyRule<Promotion.Ready> rule = applicable.get(i);
            if (rule != exclusive && rule.ready.isFor(segment)) {
                losers.add(rule.id() + ": shut out by exclusive " + exclusive.id());
            }
        }
        return losers.toString();
    }
}
