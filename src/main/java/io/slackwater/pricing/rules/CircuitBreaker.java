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
 * <p>It looks at one moment, that at which the book would take effect: a rule of the book that
 * begins later does not count. A book without another before it moves nothing, so a first book is
 * never refused.
 */
public final class CircuitBreaker {

    /** Of so many moments ahead a book is tried, so that it is answered at once. */
    private static final int MOST_MOMENTS = 16;

    private final int sharePercent;
    private final int movePercent;

    /**
     * @param sharePercent the share of all prices that may move too far, 0 to 100; 100: all may
     * @param movePercent too far is more than this, up or down; 1 or more
     */
    public CircuitBreaker(int sharePercent, int movePercent) {
        this.sharePercent = sharePercent;
        this.movePercent = movePercent;
    }

    /** Whether any book can be refused. */
    public boolean isOn() {
        return sharePercent < 100;
    }

    /**
     * Why the step from one set of books to another goes too far; null where it does not. They are
     * compared at the moment when the new book takes effect and, because its rules may begin later,
     * at the next moments at which prices change by it.
     *
     * @param at when the new book takes effect, epoch milliseconds
     */
    public Reason refusal(PriceSample sample, PriceBooks before, PriceBooks after, long at) {
        long moment = at;
        for (int i = 0; i < MOST_MOMENTS && moment != Long.MAX_VALUE; i++) {
            Moves moves = sample.moves(before, after, moment, movePercent);
            if (moves.moved() * 100 > moves.priced() * sharePercent) {
                return refusal(moves, moment == at ? null : moment);
            }
            moment = after.nextChange(moment);
        }
        return null;
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
