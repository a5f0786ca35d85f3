package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sums that are kept in a long, beside the same sums of BigDecimal. A failure names its seed. */
class DecimalSumTest {

    private static final long FIRST_SEED = Long.getLong("seed", 1);
    private static final long SEEDS = Long.getLong("seeds", 20_000);

    @Test
    void isWhatBigDecimalMakesOfTheSameAmounts() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            Random random = new Random(seed);
            DecimalSum sum = new DecimalSum();
            DecimalSum sumOfSums = new DecimalSum();
            BigDecimal expected = BigDecimal.ZERO;
            for (int i = 0; i < 20; i++) {
                BigDecimal amount = amount(random);
                long factor = factor(random);
                sum.addProduct(amount, factor);
                DecimalSum one = new DecimalSum();
                one.addProduct(amount, factor);
                sumOfSums.add(one);
                expected = expected.add(amount.multiply(BigDecimal.valueOf(factor)));
                // Equal with its scale, which is what is written.
                assertEquals(expected, sum.value(), "seed " + seed);
                if (amount.scale() >= 0) {
                    assertEquals(expected, sumOfSums.value(), "sum of sums, seed " + seed);
                }
            }
            sum.clear();
            assertEquals(BigDecimal.ZERO, sum.value());
        }
    }

    @Test
    void passesTheEndsOfALongAndComesBack() {
        DecimalSum sum = new DecimalSum();
        BigDecimal most = BigDecimal.valueOf(Long.MAX_VALUE, 2);
        BigDecimal least = BigDecimal.valueOf(Long.MIN_VALUE, 2);
        sum.add(most);
        sum.add(most);
        assertEquals(most.add(most), sum.value());
        sum.addProduct(most, -1);
        sum.add(least);
        assertEquals(new BigDecimal("-0.01"), sum.value());
        sum.add(least);
        sum.addProduct(least, -1);
        assertEquals(new BigDecimal("-0.01"), sum.value());
    }

    private static BigDecimal amount(Random random) {
        int scale = random.nextInt(10) == 0 ? random.nextInt(30) - 3 : 2;
        return switch (random.nextInt(8)) {
            case 0 -> BigDecimal.valueOf(random.nextLong(), scale);
            case 1 -> new BigDecimal(new BigInteger(100, random), scale);
            case 2 -> BigDecimal.valueOf(0, scale);
            case 3 -> BigDecimal.valueOf(random.nextBoolean() ? Long.MAX_VALUE : Long.MIN_VALUE, 2);
            default -> BigDecimal.valueOf(random.nextInt(1_000_000), scale);
        };
    }

    private static long factor(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextBoolean() ? 1 : -1;
            default -> random.nextInt(100_000) - 50_000;
        };
    }
}
