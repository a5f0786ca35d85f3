package io.slackwater.pricing.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.testing.Books;
import io.slackwater.pricing.testing.Catalog;
import io.slackwater.pricing.testing.Stock;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {

    private static final long FIRST_SEED = Long.getLong("seed", 1);

    private static final PriceBooks TEN =
            new PriceBooks(List.of(Books.book(1).standardCosts("10").compile()));

    /** Stock below 10 costs ten times as much. */
    private static final PriceBooks SCARCE_IS_DEAR =
            new PriceBooks(
                    List.of(
                            Books.book(2)
                                    .standardCosts("10")
                                    .rule(
                                            """
                                            {"rule_id":"scarce","kind":"quantity_bands","bands":[
                                              {"below":10,"multiplier":10},{"multiplier":1}]}""")
                                    .compile()));

    @Test
    void letsTheShareItselfPassAndRefusesMore() {
        CircuitBreaker breaker = new CircuitBreaker(30, 50);
        assertNull(breaker.refusal(shop(1000, i -> i < 300), TEN, SCARCE_IS_DEAR, 5000));
        assertNotNull(breaker.refusal(shop(1000, i -> i < 301), TEN, SCARCE_IS_DEAR, 5000));
        assertNull(new CircuitBreaker(0, 50).refusal(shop(9, i -> false), TEN, SCARCE_IS_DEAR, 0));
        assertNotNull(
                new CircuitBreaker(0, 50).refusal(shop(9, i -> i == 0), TEN, SCARCE_IS_DEAR, 0));
    }

    @Test
    void looksAheadToTheRulesThatBeginLater() {
        CircuitBreaker breaker = new CircuitBreaker(50, 50);
        PriceBooks almostFree = new PriceBooks(List.of(withSaleFrom(9000, 2).compile()));
        Reason reason = breaker.refusal(shop(10, i -> true), TEN, almostFree, 5000);
        assertTrue(
                reason.message()
                        .startsWith("At 1970-01-01T00:00:09Z it would move 100.0 % of all prices"),
                reason.message());
        // What was scheduled already does not move by the new book.
        PriceBooks scheduled = new PriceBooks(List.of(withSaleFrom(9000, 1).compile()));
        assertNull(breaker.refusal(shop(10, i -> true), scheduled, almostFree, 5000));
    }

    @Test
    void looksAtEveryMomentHoweverManyComeBefore() {
        Books planned = Books.book(2).standardCosts("10");
        for (int i = 0; i < 40; i++) {
            planned.rule(Books.percentOff("p" + i, "5").from(6000 + 200 * i).to(6100 + 200 * i));
        }
        CircuitBreaker breaker = new CircuitBreaker(50, 50);
        assertNull(refusal(breaker, planned));
        Reason reason = refusal(breaker, planned.rule(Books.percentOff("typo", "95").from(90_000)));
        assertTrue(reason.message().startsWith("At 1970-01-01T00:01:30Z it"), reason.message());
    }

    private static Reason refusal(CircuitBreaker breaker, Books next) {
        return breaker.refusal(
                shop(10, i -> false), TEN, new PriceBooks(List.of(next.compile())), 5000);
    }

    @Test
    void saysUntilWhenItLookedWhereItCannotLookAtAll() {
        Books planned = Books.book(2).standardCosts("10");
        for (int i = 0; i < 500; i++) {
            planned.rule(Books.percentOff("p" + i, "1").from(6000 + 20 * i).to(6010 + 20 * i));
        }
        Reason reason =
                new CircuitBreaker(50, 50, 10_000)
                        .refusal(
                                shop(40, i -> false),
                                TEN,
                                new PriceBooks(List.of(planned.compile())),
                                5000);
        assertEquals("CIRCUIT_BREAKER_UNFINISHED", reason.reason());
        assertTrue(reason.message().contains("could only look until 1970-01-01T00:00:"));
    }

    @Test
    void looksAtThousandsOfRulesForSingleProducts() {
        Books planned = Books.book(2).standardCosts("10");
        for (int i = 0; i < 4_000; i++) {
            planned.rule(Books.percentOff("p" + i, "60").products("P" + i).from(6000 + i));
        }
        CircuitBreaker breaker = new CircuitBreaker(50, 50);
        PriceBooks next = new PriceBooks(List.of(planned.compile()));
        Reason reason = breaker.refusal(shop(4_000, i -> false), TEN, next, 5000);
        assertTrue(
                reason.message().startsWith("At 1970-01-01T00:00:08Z it would move 50.1 %"),
                reason.message());
    }

    @Test
    void findsTheSameWhereItLooksOnlyAtWhatAChangeTouches() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 300; seed++) {
            Random random = new Random(seed);
            PriceSample sample = new PriceSample();
            for (int i = 0; i < 12; i++) {
                String product = "P" + i;
                sample.take(
                        ProductChange.of(
                                Stock.level(product, "W" + i % 3, 20, random.nextInt(40), i)));
                if (random.nextBoolean()) {
                    sample.take(
                            Catalog.entry(
                                    product,
                                    new CatalogEntry(
                                            i % 2 == 0 ? "basic" : null, null, "c" + i % 4, 1)));
                }
            }
            PriceBooks before = new PriceBooks(List.of(planned(random, 1)));
            PriceBooks after = new PriceBooks(List.of(planned(random, 1), planned(random, 2)));
            SampledMoves moves = new SampledMoves(sample, before, after, 50);
            for (long moment = 5; moment != Long.MAX_VALUE; moment = after.nextChange(moment)) {
                moves.goTo(moment);
                assertEquals(
                        sample.moves(before, after, moment, 50), moves.moves(), "seed " + seed);
            }
        }
    }

    private static PriceBook planned(Random random, long version) {
        Books book = Books.book(version);
        for (int i = 0; i < 8; i++) {
            long from = random.nextInt(60);
            var rule = Books.percentOff("r" + i, "" + (10 + random.nextInt(80)));
            switch (random.nextInt(5)) {
                case 0 -> rule.products("P" + random.nextInt(12));
                case 1 -> rule.categories("c" + random.nextInt(4));
                case 2 -> rule.tiers("basic");
                case 3 -> rule.warehouses("W" + random.nextInt(3));
                default -> {}
            }
            book.rule(rule.from(from).to(from + 1 + random.nextInt(20)));
        }
        return book.compile();
    }

    private static Books withSaleFrom(long from, long version) {
        return Books.book(version)
                .standardCosts("10")
                .rule(
                        """
                        {"rule_id":"sale","kind":"promotion","percent_off":90,"effective_from":%d}"""
                                .formatted(from));
    }

    @Test
    void saysWhatItCountedAndWhatIsAllowed() {
        Reason reason =
                new CircuitBreaker(50, 40)
                        .refusal(shop(1000, i -> i < 501), TEN, SCARCE_IS_DEAR, 5000);
        assertEquals(
                new Reason(
                        "CIRCUIT_BREAKER",
                        "",
                        "It would move 50.1 % of all prices by more than 40 %, or end them; allowed:"
                                + " at most 50 % of them, or \"force\": true in the book. Counted"
                                + " over all 1000 prices."),
                reason);
    }

    @Test
    void neverRoundsAShareThatIsTooHighToOneThatIsAllowed() {
        Reason reason =
                new CircuitBreaker(50, 50)
                        .refusal(shop(3999, i -> i < 2000), TEN, SCARCE_IS_DEAR, 5000);
        assertTrue(reason.message().startsWith("It would move 50.1 % of"), reason.message());
    }

    @Test
    void saysThatItEstimatesWhereItKnowsASample() {
        int products = 20_000;
        int dear = products * 7 / 10;
        Reason reason =
                new CircuitBreaker(50, 50)
                        .refusal(shop(products, i -> i < dear), TEN, SCARCE_IS_DEAR, 5000);
        assertTrue(
                reason.message().endsWith(" Estimated from 4096 prices of 4096 products."),
                reason.message());
        double share =
                Double.parseDouble(reason.message().replaceAll("It would move ([0-9.]+) .*", "$1"));
        // Four standard errors; the products are fixed, so this is the same in every run.
        assertEquals(70, share, 4 * 0.8);
    }

    @Test
    void neverRefusesAFirstBook() {
        PriceBooks none = new PriceBooks(List.of());
        assertNull(new CircuitBreaker(0, 1).refusal(shop(9, i -> true), none, TEN, 5000));
        assertNull(new CircuitBreaker(0, 1).refusal(new PriceSample(), TEN, SCARCE_IS_DEAR, 5000));
    }

    @Test
    void isOffWhereAllPricesMayMove() {
        assertFalse(new CircuitBreaker(100, 1).isOn());
        assertTrue(new CircuitBreaker(99, 1).isOn());
    }

    private static PriceSample shop(int products, IntPredicate scarce) {
        PriceSample sample = new PriceSample();
        for (int i = 0; i < products; i++) {
            sample.take(
                    ProductChange.of(Stock.level("P" + i, "W", scarce.test(i) ? 1 : 100, 1000, i)));
        }
        return sample;
    }
}
