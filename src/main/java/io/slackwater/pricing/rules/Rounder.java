package io.slackwater.pricing.rules;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * A way of rounding, made ready: to a multiple of an increment, or to the nearest amount with an
 * ending.
 *
 * <p>The amounts with an ending are {@code ending + k * M}, k = 0, 1, 2, ..., where M is the
 * smallest power of ten that is greater than the ending and at least 1: 0.99 gives 0.99, 1.99,
 * 2.99; 9.90 gives 9.90, 19.90, 29.90. Of two that are equally near the lower is taken.
 */
final class Rounder {

    private final int digits;
    private final RoundingMode mode;

    /** Null: the minor unit, which is plain rounding to the digits. */
    private final BigDecimal increment;

    /** Null: none. */
    private final BigDecimal ending;

    private final BigDecimal endingEvery;
    private final String detail;

    /**
     * @param rounding its increment is a multiple of the minor unit, its ending has at most the
     *     currency's digits
     * @param digits of the currency
     */
    Rounder(Rounding rounding, int digits) {
        BigDecimal minorUnit = BigDecimal.ONE.movePointLeft(digits);
        this.digits = digits;
        mode = rounding.mode();
        BigDecimal named = rounding.increment();
        increment = named == null || named.compareTo(minorUnit) == 0 ? null : named;
        ending = rounding.ending();
        BigDecimal every = BigDecimal.ONE;
        while (ending != null && every.compareTo(ending) <= 0) {
            every = every.multiply(BigDecimal.TEN);
        }
        endingEvery = every;
        if (ending != null) {
            detail = "ending " + ReadyRule.money(ending, digits);
        } else {
            detail =
                    "to "
                            + ReadyRule.money(increment == null ? minorUnit : increment, digits)
                            + (mode == RoundingMode.HALF_UP ? "" : " " + mode);
        }
    }

    /** With the currency's digits. */
    BigDecimal round(BigDecimal exact) {
        if (ending != null) {
            BigDecimal times =
                    exact.subtract(ending)
                            .divide(endingEvery, 0, RoundingMode.HALF_DOWN)
                            .max(BigDecimal.ZERO);
            return times.multiply(endingEvery).add(ending).setScale(digits);
        }
        if (increment == null) {
            return exact.setScale(digits, mode);
        }
        return exact.divide(increment, 0, mode).multiply(increment).setScale(digits);
    }

    /** How a trace says it: {@code to 0.01}, {@code to 0.05 UP}, {@code ending 0.99}. */
    String detail() {
        return detail;
    }
}
