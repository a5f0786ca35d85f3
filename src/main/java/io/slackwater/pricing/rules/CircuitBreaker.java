package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.rules.PriceSample.Moves;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Keeps a slip of the pen out of the price list: a rule book that would move more than a share of
 * all prices by more than a percentage is refused before any price moves.
 *
 * <p>It looks at one moment, that at which the book would take effect: a rule of the book that
 * begins later does not count. A book without another before it moves nothing, so a first book is
 * never refused.
 */
public final class CircuitBreaker {

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
     * Why the step from one set of books to another goes too far; null where it does not.
     *
     * @param at when the new book takes effect, epoch milliseconds
     */
    public Reason refusal(PriceSample sample, PriceBooks before, PriceBooks after, long at) {
        Moves moves = sample.moves(before, after, at, movePercent);
        if (moves.moved() * 100 <= moves.priced() * sharePercent) {
            return null;
        }
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
                "It would move %s %% of all prices by more than %d %%, or end them; allowed: at most %d %% of them, or \"force\": true in the book. %s"
                        .formatted(share.toPlainString(), movePercent, sharePercent, source));
    }
}
