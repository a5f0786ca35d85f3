package io.slackwater.pricing.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * An exact number.
 *
 * @param over the numerator
 * @param under the denominator, above zero
 */
record Fraction(BigInteger over, BigInteger under) {
    static final Fraction HUNDREDTH = new Fraction(BigInteger.ONE, BigInteger.valueOf(100));

    static Fraction of(long whole) {
        return of(BigInteger.valueOf(whole));
    }

    static Fraction of(BigInteger whole) {
        return new Fraction(whole, BigInteger.ONE);
    }

    static Fraction of(JsonNode number) {
        return of(number.decimalValue());
    }

    static Fraction of(BigDecimal number) {
        return number.scale() < 0
                ? of(number.toBigIntegerExact())
                : new Fraction(number.unscaledValue(), BigInteger.TEN.pow(number.scale()));
    }

    Fraction times(Fraction other) {
        return new Fraction(over.multiply(other.over), under.multiply(other.under));
    }

    Fraction minus(Fraction other) {
        return new Fraction(
                over.multiply(other.under).subtract(other.over.multiply(under)),
                under.multiply(other.under));
    }

    Fraction distance(BigInteger whole) {
        Fraction difference = minus(of(whole));
        return new Fraction(difference.over.abs(), difference.under);
    }

    int compareTo(Fraction other) {
        return minus(other).over.signum();
    }

    boolean isAbove(Fraction other) {
        return compareTo(other) > 0;
    }

    BigInteger wholeBelow() {
        BigInteger[] parts = over.divideAndRemainder(under);
        return parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
    }

    BigInteger wholeAbove() {
        return new Fraction(over.negate(), under).wholeBelow().negate();
    }
}
