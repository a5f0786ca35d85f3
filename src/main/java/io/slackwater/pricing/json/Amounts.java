package io.slackwater.pricing.json;

import java.math.BigDecimal;

/**
 * Exact amounts and multipliers from outside. {@code 1e999999999} is a short text that explodes in
 * {@code setScale} and {@code toPlainString}: the exponent is bounded before any arithmetic.
 */
final class Amounts {

    static final int MAX_DIGITS_BEFORE_POINT = 18;
    static final int MAX_DIGITS_AFTER_POINT = 8;

    static final String ALLOWED =
            "a JSON number above 0 with at most "
                    + MAX_DIGITS_BEFORE_POINT
                    + " digits before and "
                    + MAX_DIGITS_AFTER_POINT
                    + " after the point";

    private Amounts() {}

    /**
     * The number that a JSON number's text spells, without trailing zeros after the point, so that
     * equal amounts are also {@code equals}. Null when it has too many digits.
     *
     * @param text of bounded length (see {@link Documents#MAX_NUMBER})
     */
    static BigDecimal read(String text) {
        try {
            return normalise(new BigDecimal(text));
        } catch (NumberFormatException exponentTooLarge) {
            return null;
        }
    }

    /** Like {@link #read}, of a number of bounded precision. */
    static BigDecimal normalise(BigDecimal number) {
        // Cheap whatever the exponent is: it only divides the (short) unscaled value.
        BigDecimal stripped = number.stripTrailingZeros();
        if ((long) stripped.precision() - stripped.scale() > MAX_DIGITS_BEFORE_POINT
                || stripped.scale() > MAX_DIGITS_AFTER_POINT) {
            return null;
        }
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}
