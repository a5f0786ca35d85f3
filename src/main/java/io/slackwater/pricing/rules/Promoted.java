package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.RuleBook.Promotion;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.model.TraceStep.Step;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * An amount after the promotions that count for somebody: for everybody those without a segment,
 * for a customer segment those and its own.
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

    /**
     * @param applicable every promotion that applies, of all segments, the winner first
     * @param amount before any promotion
     * @param trace gets a step for each promotion that counts
     */
    static Promoted everybody(
            List<ReadyRule> applicable, BigDecimal amount, List<TraceStep> trace) {
        ReadyRule exclusive = exclusive(applicable, null);
        String lost = exclusive == null ? "" : shutOut(applicable, null, exclusive);
        BigDecimal after = amount;
        List<ReadyRule> counting = counting(applicable, null, exclusive);
        for (int i = 0; i < counting.size(); i++) {
            ReadyRule ready = counting.get(i);
            BigDecimal before = after;
            after = apply(ready, before);
            trace.add(TraceStep.of(Step.PROMOTION, ready.id(), ready.detail, before, after, lost));
        }
        return new Promoted(after, true, "", lost, lastOf(counting));
    }

    /**
     * @param everybody everybody's amount after promotions: a segment never pays more
     */
    static Promoted segment(
            String segment, List<ReadyRule> applicable, BigDecimal amount, BigDecimal everybody) {
        ReadyRule exclusive = exclusive(applicable, segment);
        BigDecimal after = amount;
        List<ReadyRule> counting = counting(applicable, segment, exclusive);
        boolean own = false;
        for (int i = 0; i < counting.size(); i++) {
            ReadyRule ready = counting.get(i);
            after = apply(ready, after);
            own |= ready.rule.promotion().segment() != null;
        }
        if (after.compareTo(everybody) > 0) {
            // Only an exclusive promotion of its own can do that, by what it shuts out.
            List<ReadyRule> forEverybody = counting(applicable, null, exclusive(applicable, null));
            return new Promoted(
                    everybody,
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

    private static String lastOf(List<ReadyRule> counting) {
        return counting.isEmpty() ? null : counting.get(counting.size() - 1).id();
    }

    private static boolean isFor(ReadyRule ready, String segment) {
        String only = ready.rule.promotion().segment();
        return only == null || only.equals(segment);
    }

    /** The one exclusive promotion that counts; null: none applies. */
    private static ReadyRule exclusive(List<ReadyRule> applicable, String segment) {
        for (int i = 0; i < applicable.size(); i++) {
            ReadyRule ready = applicable.get(i);
            if (ready.rule.promotion().exclusive() && isFor(ready, segment)) {
                return ready;
            }
        }
        return null;
    }

    /** In the order in which they are applied. */
    private static List<ReadyRule> counting(
            List<ReadyRule> applicable, String segment, ReadyRule exclusive) {
        if (exclusive != null) {
            return exclusive.alone;
        }
        if (applicable.isEmpty()) {
            return applicable;
        }
        List<ReadyRule> counting = new ArrayList<>(applicable.size());
        for (int i = 0; i < applicable.size(); i++) {
            ReadyRule ready = applicable.get(i);
            if (ready.left != null && isFor(ready, segment)) {
                counting.add(ready);
            }
        }
        for (int i = 0; i < applicable.size(); i++) {
            ReadyRule ready = applicable.get(i);
            if (ready.left == null && isFor(ready, segment)) {
                counting.add(ready);
            }
        }
        return counting;
    }

    private static BigDecimal apply(ReadyRule ready, BigDecimal amount) {
        Promotion promotion = ready.rule.promotion();
        return ready.left != null
                ? amount.multiply(ready.left)
                : amount.subtract(promotion.amountOff());
    }

    private static String named(List<ReadyRule> counting) {
        Listing named = new Listing();
        for (int i = 0; i < counting.size(); i++) {
            named.add(counting.get(i).idAndDetail());
        }
        return named.toString();
    }

    private static String shutOut(List<ReadyRule> applicable, String segment, ReadyRule exclusive) {
        Listing losers = new Listing();
        for (int i = 0; i < applicable.size(); i++) {
            ReadyRule ready = applicable.get(i);
            if (ready != exclusive && isFor(ready, segment)) {
                losers.add(ready.id() + ": shut out by exclusive " + exclusive.id());
            }
        }
        return losers.toString();
    }
}
