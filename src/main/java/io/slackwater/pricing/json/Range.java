package io.slackwater.pricing.json;

import java.math.BigDecimal;

/** What a number of a book may be. */
enum Range {
    /** An amount of money. */
    AMOUNT(false, null, false),
    MULTIPLIER(false, BigDecimal.valueOf(1_000), true),
    /** A percentage off: with 100 nothing would be left to pay. */
    PERCENT(false, BigDecimal.valueOf(100), false),
    /** The ending of an amount, such as 0.99. */
    ENDING(true, null, false);

    private static final BigDecimal TOO_LARGE = BigDecimal.TEN.pow(Amounts.MAX_DIGITS_BEFORE_POINT);

    /** True where zero is allowed. */
    final boolean zero;

    /** Null: none but that of all amounts. */
    final BigDecimal max;

    /** True where the maximum itself is allowed. */
    final boolean maxAllowed;

    Range(boolean zero, BigDecimal max, boolean maxAllowed) {
        this.zero = zero;
        this.max = max;
        this.maxAllowed = maxAllowed;
    }

    boolean holds(BigDecimal number) {
        // Compared before any arithmetic: comparing is cheap whatever the exponent is.
        int aboveMax = number.compareTo(max == null ? TOO_LARGE : max);
        return (zero ? number.signum() >= 0 : number.signum() > 0)
                && (aboveMax < 0 || (maxAllowed && aboveMax == 0));
    }

    String allowed() {
        String text = zero ? Amounts.ALLOWED.replace("above 0", "of 0 or more") : Amounts.ALLOWED;
        return max == null
                ? text
                : text + ", " + (maxAllowed ? "at most " : "below ") + max.toPlainString();
    }
}
