package io.slackwater.pricing.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.model.TraceStep.Step;
import io.slackwater.pricing.rules.Effect.Kind;
import io.slackwater.pricing.rules.RuleBook.Rule;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * What is true of every price, tried on random books and stock levels. A failure names its seed;
 * {@code mvn test -Dtest=PricePropertiesTest -Dseed=N -Dseeds=1} replays it.
 */
class PricePropertiesTest {

    private static final long FIRST_SEED = Long.getLong("seed", 1);
    private static final long SEEDS = Long.getLong("seeds", 20_000);

    /** One book, one stock level, one moment, and its price. */
    private record Case(
            RandomRules rules,
            Random random,
            RuleBook book,
            StockLevel level,
            CatalogEntry catalog,
            long at) {

        Price price() {
            return priceBy(book);
        }

        Price priceBy(RuleBook other) {
            return RandomRules.compile(other).price(level, catalog, at);
        }

        Price priceBy(List<Rule> others) {
            return priceBy(RandomRules.with(book, others));
        }

        Rule winner(Kind kind) {
            return RandomRules.winner(kind, book, level, catalog, at);
        }

        int digits() {
            return RandomRules.digits(book.currency());
        }

        List<BigDecimal> allPrices() {
            Price price = price();
            if (price.amount() == null) {
                return List.of();
            }
            List<BigDecimal> all = new ArrayList<>(price.segments().values());
            all.add(price.amount());
            return all;
        }
    }

    private interface Property {
        void holdsFor(Case one);
    }

    private static void forAll(Property property) {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            Random random = new Random(seed);
            RandomRules rules = new RandomRules(random);
            Case one =
                    new Case(
                            rules,
                            random,
                            rules.book(1, random.nextInt(25)),
                            rules.level(),
                            rules.catalog(),
                            rules.moment());
            try {
                property.holdsFor(one);
            } catch (AssertionError | RuntimeException failure) {
                throw new AssertionError("seed " + seed + ": " + failure + " in " + one, failure);
            }
        }
    }

    @Test
    void neverGoesBelowTheFloorNorAboveTheCeiling() {
        int[] limited = new int[1];
        forAll(
                one -> {
                    Rule rule = one.winner(Kind.LIMITS);
                    if (rule == null) {
                        return;
                    }
                    Limits limits = (Limits) rule.effect();
                    for (BigDecimal price : one.allPrices()) {
                        limited[0]++;
                        assertTrue(
                                limits.floor() == null || price.compareTo(limits.floor()) >= 0,
                                () -> price + " is below the floor of " + rule);
                        assertTrue(
                                limits.ceiling() == null || price.compareTo(limits.ceiling()) <= 0,
                                () -> price + " is above the ceiling of " + rule);
                    }
                });
        assertTrue(SEEDS < 1_000 || limited[0] > SEEDS / 10, "only " + limited[0] + " had limits");
    }

    @Test
    void isNeverZeroOrLessAndHasTheCurrencysDigits() {
        int[] priced = new int[1];
        forAll(
                one -> {
                    for (BigDecimal price : one.allPrices()) {
                        priced[0]++;
                        assertTrue(price.signum() > 0, () -> "the price is " + price);
                        assertEquals(one.digits(), price.scale());
                    }
                });
        assertTrue(SEEDS < 1_000 || priced[0] > SEEDS / 2, "only " + priced[0] + " were priced");
    }

    @Test
    void doesNotDependOnTheOrderOfTheRulesInTheBook() {
        forAll(
                one -> {
                    List<Rule> shuffled = new ArrayList<>(one.book().rules());
                    Collections.shuffle(shuffled, one.random());
                    assertEquals(one.price(), one.priceBy(shuffled));
                });
    }

    @Test
    void isNotChangedByRulesThatDoNotConcernIt() {
        forAll(
                one -> {
                    List<Rule> all = new ArrayList<>(one.book().rules());
                    for (int i = 0; i < 20; i++) {
                        Kind kind = one.rules().kind();
                        Rule other = one.rules().rule("x" + i, kind, one.book().currency());
                        boolean newSegment = other.effect().segment() != null;
                        if (!newSegment
                                && !RandomRules.applies(
                                        other, one.book(), one.level(), one.catalog(), one.at())) {
                            all.add(one.random().nextInt(all.size() + 1), other);
                        }
                    }
                    assertEquals(one.price(), one.priceBy(all));
                });
    }

    @Test
    void isNeverDearerForASegmentThanForEverybodyNorThanWithoutAnyPromotion() {
        int[] cheaper = new int[1];
        forAll(
                one -> {
                    Price price = one.price();
                    if (price.amount() == null) {
                        return;
                    }
                    List<Rule> noPromotions = new ArrayList<>(one.book().rules());
                    noPromotions.removeIf(rule -> rule.kind() == Kind.PROMOTION);
                    BigDecimal without = one.priceBy(noPromotions).amount();
                    assertTrue(
                            price.amount().compareTo(without) <= 0,
                            () -> price.amount() + " with promotions, " + without + " without");
                    price.segments()
                            .forEach(
                                    (segment, amount) -> {
                                        assertTrue(
                                                amount.compareTo(price.amount()) <= 0,
                                                () -> segment + " pays more: " + price);
                                        cheaper[0] += amount.compareTo(price.amount()) < 0 ? 1 : 0;
                                    });
                });
        assertTrue(SEEDS < 1_000 || cheaper[0] > SEEDS / 50, "only " + cheaper[0] + " paid less");
    }

    @Test
    void letsNoSegmentMoveThePriceOfEverybodyOrOfAnother() {
        int[] unpriced = new int[1];
        forAll(
                one -> {
                    Price price = one.price();
                    Set<String> segments = new TreeSet<>();
                    for (Rule rule : one.book().rules()) {
                        if (rule.effect().segment() != null) {
                            segments.add(rule.effect().segment());
                        }
                    }
                    for (String left : segments) {
                        List<Rule> others = new ArrayList<>(one.book().rules());
                        others.removeIf(
                                rule ->
                                        rule.effect().segment() != null
                                                && !rule.effect().segment().equals(left));
                        Price alone = one.priceBy(others);
                        assertEquals(price.amount(), alone.amount());
                        assertEquals(price.segments().get(left), alone.segments().get(left));
                        unpriced[0] +=
                                price.amount() != null && !price.segments().containsKey(left)
                                        ? 1
                                        : 0;
                    }
                });
        assertTrue(SEEDS < 1_000 || unpriced[0] > SEEDS / 200, "only " + unpriced[0] + " had none");
    }

    @Test
    void roundsARoundedAmountToItself() {
        forAll(
                one -> {
                    Rounder rounder = new Rounder(one.rules().rounding(one.digits()), one.digits());
                    BigDecimal rounded = rounder.round(one.rules().amount(0, 2_000));
                    assertEquals(rounded, rounder.round(rounded), rounder::detail);
                });
    }

    @Test
    void roundsToNothingNearer() {
        forAll(
                one -> {
                    Rounding rounding = one.rules().rounding(one.digits());
                    BigDecimal ending = rounding.ending();
                    if (ending == null) {
                        return;
                    }
                    BigDecimal exact = one.rules().amount(0, 50);
                    BigDecimal every = BigDecimal.ONE;
                    while (every.compareTo(ending) <= 0) {
                        every = every.movePointRight(1);
                    }
                    // One candidate after the other, from below: only a nearer one takes over.
                    BigDecimal nearest = ending;
                    for (int k = 1; k <= 60; k++) {
                        BigDecimal next = ending.add(every.multiply(BigDecimal.valueOf(k)));
                        if (next.subtract(exact).abs().compareTo(nearest.subtract(exact).abs())
                                < 0) {
                            nearest = next;
                        }
                    }
                    BigDecimal rounded = new Rounder(rounding, one.digits()).round(exact);
                    assertEquals(
                            0, nearest.compareTo(rounded), exact + " to " + rounding + rounded);
                });
    }

    @Test
    void findsTheRulesThatALookAtEveryRuleFinds() {
        Map<Step, Kind> onceByStep =
                Map.of(
                        Step.QUANTITY_BANDS, Kind.QUANTITY_BANDS,
                        Step.REGIONAL, Kind.REGIONAL,
                        Step.LIMITS, Kind.LIMITS);
        forAll(
                one -> {
                    Price price = one.price();
                    if (price.amount() == null) {
                        return;
                    }
                    onceByStep.forEach(
                            (step, kind) ->
                                    assertEquals(idOf(one.winner(kind)), find(price, step)));
                    Rule rounding = one.winner(Kind.ROUNDING);
                    assertEquals(
                            rounding == null ? "HALF_UP" : rounding.ruleId(),
                            find(price, Step.ROUNDING));
                    assertEquals(
                            idOf(one.winner(Kind.HOLD)),
                            price.hold() == null ? null : price.hold().ruleId());
                });
    }

    @Test
    void calculatesInExactDecimalsFromStepToStep() {
        forAll(
                one -> {
                    Price price = one.price();
                    for (TraceStep step : price.trace()) {
                        Rule rule = ruleOf(one.book(), step.source());
                        if (step.step() == Step.REGIONAL) {
                            assertProduct(step, ((Regional) rule.effect()).multiplier());
                        } else if (step.step() == Step.PROMOTION
                                && ((Promotion) rule.effect()).percentOff() != null) {
                            BigDecimal left =
                                    new BigDecimal(100)
                                            .subtract(((Promotion) rule.effect()).percentOff());
                            assertProduct(step, left.movePointLeft(2));
                        }
                    }
                    for (int i = 1; i < price.trace().size(); i++) {
                        TraceStep step = price.trace().get(i);
                        if (step.step() != Step.SEGMENT) {
                            assertEquals(price.trace().get(i - 1).after(), step.before());
                        }
                    }
                });
    }

    /** In whole numbers, which cannot be inexact. */
    private static void assertProduct(TraceStep step, BigDecimal factor) {
        int scale = 200;
        BigInteger before = step.before().setScale(scale).unscaledValue();
        BigInteger after = step.after().setScale(scale).unscaledValue();
        BigInteger times = factor.setScale(scale).unscaledValue();
        assertEquals(before.multiply(times), after.multiply(BigInteger.TEN.pow(scale)));
    }

    private static Rule ruleOf(RuleBook book, String id) {
        return book.rules().stream().filter(r -> r.ruleId().equals(id)).findFirst().orElse(null);
    }

    private static String idOf(Rule rule) {
        return rule == null ? null : rule.ruleId();
    }

    /** What decided a step; null: there is no such step. */
    private static String find(Price price, Step name) {
        for (TraceStep step : price.trace()) {
            if (step.step() == name) {
                return step.source();
            }
        }
        return null;
    }
}
