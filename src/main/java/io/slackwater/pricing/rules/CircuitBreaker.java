package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.rules.PriceSample.Moves;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;

/**
 * Keeps a slip of the pen out of the price list: a rule book that would move more than a share of
 * all prices by more than a percentage is refused before any price moves.
 *
 * <p>It looks at every moment from now on at which prices change. A book without another before it
 * moves nothing, so a first book is never refused.
 */
public final class CircuitBreaker {

    /**
     * The most work for one book, in {@link SampledMoves#work()}, so that it is answered within
     * seconds: a full sample at some 250 moments at which everything changes, or at any number of
     * moments that touch few products each. A book that needs more is refused, for what nobody has
     * looked at may be a slip.
     */
    private static final long MOST_WORK = 4_000_000;

    private final int sharePercent;
    private final int movePercent;
    private final long mostWork;

    /**
     * @param sharePercent the share of all prices that may move too far, 0 to 100; 100: all may
     * @param movePercent too far is more than this, up or down; 1 or more
     */
    public CircuitBreaker(int sharePercent, int movePercent) {
        this(sharePercent, movePercent, MOST_WORK);
    }

    CircuitBreaker(int sharePercent, int movePercent, long mostWork) {
        this.sharePercent = sharePercent;
        this.movePercent = movePercent;
        this.mostWork = mostWork;
    }

    /** Returns whether any book can be refused. */
    public boolean isOn() {
        return sharePercent < 100;
    }

    /**
     * Returns whether more than a share of all prices moves too far: then a book is refused.
     *
     * @param moved the prices that move too far
     * @param priced all prices that there are before
     * @param sharePercent the share that may move, 0 to 100
     */
    public static boolean isMoreThan(long moved, long priced, int sharePercent) {
        return moved * 100 > priced * sharePercent;
    }

    /**
     * Why the step from one set of books to another goes too far; null where it does not. They are
     * compared now and at every later moment at which prices change by the new set.
     *
     * @param now the event time reached, epoch milliseconds
     */
    public Reason refusal(PriceSample sample, PriceBooks before, PriceBooks after, long now) {
        SampledMoves sampled = new SampledMoves(sample, before, after, movePercent);
        for (long moment = now; moment != Long.MAX_VALUE; moment = after.nextChange(moment)) {
            if (sampled.work() > mostWork) {
                return unexamined(moment);
            }
            sampled.goTo(moment);
            if (sampled.isMoreThan(sharePercent)) {
                return refusal(sampled.moves(), moment == now ? null : moment);
            }
        }
        return null;
    }

    private static Reason unexamined(long from) {
        return new Reason(
                "CIRCUIT_BREAKER_UNFINISHED",
                "",
                "Prices change so often by it that the circuit breaker could only look until %s; allowed: fewer rules for all products that begin and end, or \"force\": true in the book."
                        .formatted(Instant.ofEpochMilli(from)));
    }

    private Reason refusal(Moves moves, Long later) {
        // Rounded up: a share that is too high never reads like one that is allowed.
        BigDecimal share =
                BigDecimal.valueOf(moves.moved() * 100)
                        .divide(BigDecimal.valueOf(moves.priced()), 1, RoundingMode.UP);
        String source =
                moves.complete()
                        ? "Counted over all %d prices.".formatted(moves.priced())
                        : "Estimated from %d prices of %d products."
                                .formatted(moves.priced(), moves.products());
        return new Reason(
                "CIRCUIT_BREAKER",
                "",
                "%s would move %s %% of all prices by more than %d %%, or end them; allowed: at most %d %% of them, or \"force\": true in the book. %s"
                        .formatted(
                                later == null ? "It" : "At " + Instant.ofEpochMilli(later) + " it",
                                share.toPlainString(),
                                movePercent,
                                sharePercent,
                                source));
    }
}
