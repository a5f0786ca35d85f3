package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.PricedStock.Limit;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Objects;

/**
 * A floor, a ceiling or both, made ready: applied to the exact amount before it is rounded, and
 * once more after it, in whole minor units, for a charm price can break the floor.
 */
final class Bounds {

    private final BigDecimal floor;
    private final BigDecimal ceiling;
    private final BigDecimal wholeFloor;
    private final BigDecimal wholeCeiling;
    private final String atFloor;
    private final String atCeiling;
    private final String within;

    /**
     * @param digits of the currency
     */
    Bounds(Limits limits, int digits) {
        floor = limits.floor();
        ceiling = limits.ceiling();
        wholeFloor = floor == null ? null : floor.setScale(digits, RoundingMode.CEILING);
        wholeCeiling = ceiling == null ? null : ceiling.setScale(digits, RoundingMode.FLOOR);
        atFloor = floor == null ? "" : "floor " + ReadyRule.money(floor, digits);
        atCeiling = ceiling == null ? "" : "ceiling " + ReadyRule.money(ceiling, digits);
        if (ceiling == null) {
            within = "from " + ReadyRule.money(floor, digits);
        } else if (floor == null) {
            within = "up to " + ReadyRule.money(ceiling, digits);
        } else {
            within =
                    "within "
                            + ReadyRule.money(floor, digits)
                            + " to "
                            + ReadyRule.money(ceiling, digits);
        }
    }

    /** The amount, cut; the very same object where nothing had to be cut. */
    BigDecimal cut(BigDecimal exact) {
        return cut(exact, floor, ceiling);
    }

    /** Likewise of a rounded amount: the floor rounded up, the ceiling down to the minor unit. */
    BigDecimal cutRounded(BigDecimal rounded) {
        return cut(rounded, wholeFloor, wholeCeiling);
    }

    private static BigDecimal cut(BigDecimal amount, BigDecimal floor, BigDecimal ceiling) {
        if (floor != null && amount.compareTo(floor) < 0) {
            return floor;
        }
        return ceiling != null && amount.compareTo(ceiling) > 0 ? ceiling : amount;
    }

    /** Returns whether both have the same floor and the same ceiling. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Bounds that
                && Objects.equals(floor, that.floor)
                && Objects.equals(ceiling, that.ceiling);
    }

    @Override
    public int hashCode() {
        return Objects.hash(floor, ceiling);
    }

    /** Which limit made one amount of the other. */
    static Limit between(BigDecimal before, BigDecimal after) {
        int moved = after.compareTo(before);
        if (moved == 0) {
            return Limit.NONE;
        }
        return moved > 0 ? Limit.FLOOR : Limit.CEILING;
    }

    /** How a trace says it: {@code floor 5.00}, or {@code within 5.00 to 9.00}. */
    String detail(Limit cutBy) {
        return switch (cutBy) {
            case FLOOR -> atFloor;
            case CEILING -> atCeiling;
            case NONE -> within;
        };
    }
}
