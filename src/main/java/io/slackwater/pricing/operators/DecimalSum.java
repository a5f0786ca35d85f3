package io.slackwater.pricing.operators;

import java.math.BigDecimal;

/**
 * An exact sum of decimals. It is kept as a long of the smallest unit while it fits into one, and
 * as a {@link BigDecimal} from then on; it equals, scale included, what {@link BigDecimal#add}
 * makes of the same amounts beginning with zero. Adding to it allocates nothing in the usual case,
 * and money is added for every stock level.
 */
final class DecimalSum {

    private static final int MOST_DIGITS = 18;
    private static final long[] POWERS_OF_TEN = powersOfTen();

    private long unscaled;
    private int scale;

    /** Null while the sum fits into {@code unscaled}. */
    private BigDecimal wide;

    /** Adds an amount. */
    void add(BigDecimal amount) {
        addProduct(amount, 1);
    }

    /** Adds an amount so many times; a negative factor takes it away. */
    void addProduct(BigDecimal amount, long factor) {
        if (amount.precision() <= MOST_DIGITS) {
            long each = amount.unscaledValue().longValue();
            long product = each * factor;
            if (Math.multiplyHigh(each, factor) == product >> 63) {
                add(product, amount.scale());
                return;
            }
        }
        addWide(amount.multiply(BigDecimal.valueOf(factor)));
    }

    /** Adds another sum. */
    void add(DecimalSum other) {
        if (other.wide == null) {
            add(other.unscaled, other.scale);
        } else {
            addWide(other.wide);
        }
    }

    private void add(long amount, int amountScale) {
        if (wide == null && amountScale == scale) {
            long sum = unscaled + amount;
            if (((unscaled ^ sum) & (amount ^ sum)) >= 0) {
                unscaled = sum;
                return;
            }
        } else if (wide == null && amountScale > scale && rescale(amountScale)) {
            add(amount, amountScale);
            return;
        }
        addWide(BigDecimal.valueOf(amount, amountScale));
    }

    /** Gives the sum more digits after the point; false where it would not fit any more. */
    private boolean rescale(int newScale) {
        long digits = (long) newScale - scale;
        if (digits > MOST_DIGITS) {
            return false;
        }
        long factor = POWERS_OF_TEN[(int) digits];
        long product = unscaled * factor;
        if (Math.multiplyHigh(unscaled, factor) != product >> 63) {
            return false;
        }
        unscaled = product;
        scale = newScale;
        return true;
    }

    private void addWide(BigDecimal amount) {
        BigDecimal sum = value().add(amount);
        if (sum.precision() <= MOST_DIGITS) {
            wide = null;
            unscaled = sum.unscaledValue().longValue();
            scale = sum.scale();
        } else {
            wide = sum;
        }
    }

    /** Becomes zero again. */
    void clear() {
        unscaled = 0;
        scale = 0;
        wide = null;
    }

    BigDecimal value() {
        return wide == null ? BigDecimal.valueOf(unscaled, scale) : wide;
    }

    private static long[] powersOfTen() {
        long[] powers = new long[MOST_DIGITS + 1];
        powers[0] = 1;
        for (int i = 1; i < powers.length; i++) {
            powers[i] = 10 * powers[i - 1];
        }
        return powers;
    }
}
