package io.slackwater.pricing.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.slackwater.pricing.model.PricedStock.SegmentMark;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.model.TraceStep.Step;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The contract's promotions: stacking, exclusive, segments. Everything costs 10 before them. */
class PromotionsTest {

    @Test
    void takesAPercentageOff() {
        assertEquals("9.00", Draft.book(Draft.percentOff("a", "10")).amount());
        assertEquals("0.01", Draft.book(Draft.percentOff("a", "99.9")).amount());
    }

    @Test
    void takesAnAmountOff() {
        assertEquals("7.50", Draft.book(Draft.amountOff("a", "2.5")).amount());
    }

    @Test
    void multipliesPercentagesAndTakesAmountsOffAfterThemWhateverTheirOrder() {
        // 10 x 0.9 x 0.8 - 1 - 0.20
        Draft[] rules = {
            Draft.amountOff("a", "1").priority(9),
            Draft.percentOff("b", "10"),
            Draft.amountOff("c", "0.20"),
            Draft.percentOff("d", "20").priority(-3)
        };
        assertEquals("6.00", Draft.book(rules).amount());
        assertEquals(
                List.of("base", "promotion b", "promotion d", "promotion a", "promotion c"),
                names(Draft.book(rules).price()));
    }

    @Test
    void countsPromotionsOfEverySpecificityTogether() {
        assertEquals(
                "7.29",
                Draft.book(
                                Draft.percentOff("a", "10").products("P"),
                                Draft.percentOff("b", "10").warehouses("W"),
                                Draft.percentOff("c", "10"),
                                Draft.percentOff("d", "10").products("Q"))
                        .amount());
    }

    @Test
    void shutsOutAllOthersByAnExclusiveOneEvenIfTheyTakeMoreOff() {
        Price price =
                Draft.book(
                                Draft.percentOff("half", "50").priority(100).products("P"),
                                Draft.amountOff("five", "5"),
                                Draft.percentOff("only", "5").exclusive())
                        .price();
        assertEquals(new BigDecimal("9.50"), price.amount());
        assertEquals(List.of("base", "promotion only"), names(price));
        assertEquals(
                "half: shut out by exclusive only; five: shut out by exclusive only",
                step(price, Step.PROMOTION).lost());
    }

    @Test
    void letsPriorityDecideBetweenExclusivesBeforeSpecificityBeforeTheSmallerId() {
        assertEquals(
                "9.00",
                Draft.book(
                                Draft.percentOff("wide", "10").exclusive().priority(1),
                                Draft.percentOff("narrow", "20").exclusive().products("P"))
                        .amount());
        assertEquals(
                "8.00",
                Draft.book(
                                Draft.percentOff("a-wide", "10").exclusive(),
                                Draft.percentOff("narrow", "20").exclusive().products("P"))
                        .amount());
        assertEquals(
                "9.00",
                Draft.book(
                                Draft.percentOff("b", "20").exclusive().products("P"),
                                Draft.percentOff("a", "10").exclusive().products("P"))
                        .amount());
    }

    @Test
    void letsAnExclusivePromotionThatDoesNotHoldShutOutNothing() {
        Draft[] rules = {
            Draft.percentOff("only", "5").exclusive().from(1L), Draft.percentOff("half", "50")
        };
        assertEquals("5.00", Draft.book(rules).amount());
    }

    @Test
    void givesEverySegmentOfTheBookAPriceOfItsOwn() {
        Price price =
                Draft.book(
                                Draft.percentOff("sale", "10"),
                                Draft.percentOff("loyal-20", "20").segment("loyal"),
                                Draft.amountOff("staff-3", "3").segment("staff"),
                                // Named by the book, though not for this product, nor now.
                                Draft.amountOff("far", "1").segment("far").products("Q"),
                                Draft.amountOff("late", "1").segment("late").from(1L))
                        .price();
        assertEquals(new BigDecimal("9.00"), price.amount());
        assertEquals(
                Map.of(
                        "loyal", new BigDecimal("7.20"),
                        "staff", new BigDecimal("6.00"),
                        "far", new BigDecimal("9.00"),
                        "late", new BigDecimal("9.00")),
                price.segments());
        assertEquals(
                List.of("far", "late", "loyal", "staff"),
                new ArrayList<>(price.segments().keySet()));
    }

    @Test
    void keepsASegmentsPromotionOutOfEverybodysPrice() {
        Price price = Draft.book(Draft.percentOff("x", "50").segment("loyal").exclusive()).price();
        assertEquals(new BigDecimal("10.00"), price.amount());
        assertEquals(Map.of("loyal", new BigDecimal("5.00")), price.segments());
    }

    @Test
    void decidesExclusivityWithinWhatIsForTheSegment() {
        Price price =
                Draft.book(
                                Draft.percentOff("sale", "10"),
                                Draft.percentOff("loyal-30", "30").segment("loyal").exclusive())
                        .price();
        assertEquals(new BigDecimal("9.00"), price.amount());
        assertEquals(Map.of("loyal", new BigDecimal("7.00")), price.segments());
        TraceStep loyal = step(price, Step.SEGMENT);
        assertEquals("loyal-30: - 30 %", loyal.detail());
        assertEquals("sale: shut out by exclusive loyal-30", loyal.lost());
        assertEquals("", step(price, Step.PROMOTION).lost());
    }

    @Test
    void shutsTheSegmentsOwnOutByAnExclusiveForEverybody() {
        Price price =
                Draft.book(
                                Draft.percentOff("only", "10").exclusive(),
                                Draft.percentOff("loyal-30", "30").segment("loyal"))
                        .price();
        assertEquals(Map.of("loyal", new BigDecimal("9.00")), price.segments());
        assertEquals("only: - 10 %", step(price, Step.SEGMENT).detail());
        assertEquals("loyal-30: shut out by exclusive only", step(price, Step.SEGMENT).lost());
    }

    @Test
    void neverMakesASegmentDearerThanEverybody() {
        Price price =
                Draft.book(
                                Draft.percentOff("sale", "10"),
                                Draft.percentOff("loyal-5", "5").segment("loyal").exclusive())
                        .price();
        assertEquals(new BigDecimal("9.00"), price.amount());
        assertEquals(Map.of("loyal", new BigDecimal("9.00")), price.segments());
        assertEquals("sale: - 10 %", step(price, Step.SEGMENT).detail());
        assertEquals("loyal-5: dearer than for everybody", step(price, Step.SEGMENT).lost());
    }

    @Test
    void limitsAndRoundsTheSegmentsPriceByTheSameRules() {
        Price price =
                Draft.book(
                                Draft.percentOff("loyal-60", "60").segment("loyal"),
                                Draft.percentOff("staff-33", "33.3").segment("staff"),
                                Draft.limits("low", "5", null),
                                Draft.ending("charm", "0.99"))
                        .price();
        assertEquals(new BigDecimal("9.99"), price.amount());
        assertEquals(
                Map.of("loyal", new BigDecimal("5.00"), "staff", new BigDecimal("6.99")),
                price.segments());
        assertEquals("loyal-60: - 60 %; floor 5.00", step(price, Step.SEGMENT).detail());
    }

    @Test
    void leavesOnlyTheSegmentUnpricedThatWouldPayNothing() {
        Price price =
                Draft.book(
                                Draft.amountOff("x", "10").segment("loyal"),
                                Draft.percentOff("y", "10").segment("staff"))
                        .price();
        assertEquals(new BigDecimal("10.00"), price.amount());
        assertEquals(Map.of("staff", new BigDecimal("9.00")), price.segments());
        assertEquals(
                List.of(new Price.SegmentNote("loyal", SegmentMark.UNPRICED, "x")), price.notes());
        // A tenth of a cent is above zero, but not when it is rounded.
        Price rounded = Draft.book(Draft.amountOff("x", "9.999").segment("loyal")).price();
        assertEquals(new BigDecimal("10.00"), rounded.amount());
        assertEquals(
                List.of(new Price.SegmentNote("loyal", SegmentMark.UNPRICED, "x")),
                rounded.notes());
    }

    @Test
    void leavesAProductUnpricedThatPromotionsMakeFree() {
        assertNull(Draft.book(Draft.amountOff("x", "10")).amount());
        assertNull(Draft.book(Draft.amountOff("x", "11")).amount());
        assertEquals(
                "1.00",
                Draft.book(Draft.amountOff("x", "11"), Draft.limits("l", "1", null)).amount());
    }

    @Test
    void neverLiftsAPriceOfZeroOrLessByRoundingAlone() {
        Draft charm = Draft.ending("charm", "0.99");
        assertNull(Draft.book(Draft.amountOff("x", "10"), charm).amount());
        assertNull(Draft.book(Draft.amountOff("x", "10.2"), charm).amount());
        assertEquals("0.99", Draft.book(Draft.amountOff("x", "9.999"), charm).amount());
        assertEquals(
                Map.of(),
                Draft.book(Draft.amountOff("x", "10").segment("loyal"), charm).price().segments());
        assertEquals(
                Map.of(),
                Draft.book(Draft.amountOff("x", "10.2").segment("loyal"), charm)
                        .price()
                        .segments());
        assertEquals(
                Map.of("loyal", new BigDecimal("0.99")),
                Draft.book(Draft.amountOff("x", "9.999").segment("loyal"), charm)
                        .price()
                        .segments());
    }

    @Test
    void hasNoSegmentPricesWhereTheBookKnowsNoSegment() {
        assertEquals(Map.of(), Draft.book(Draft.percentOff("a", "10")).price().segments());
    }

    private static List<String> names(Price price) {
        List<String> names = new ArrayList<>();
        for (TraceStep step : price.trace()) {
            if (step.step() == Step.BASE) {
                names.add("base");
            } else if (step.step() == Step.PROMOTION) {
                names.add("promotion " + step.source());
            }
        }
        return names;
    }

    private static TraceStep step(Price price, Step name) {
        return price.trace().stream().filter(s -> s.step() == name).findFirst().orElseThrow();
    }
}
