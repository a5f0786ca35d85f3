package io.slackwater.pricing.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.slackwater.pricing.model.PricedStock.Limit;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.model.TraceStep.Step;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitsAndRoundingTest {

    @ParameterizedTest
    @CsvSource({
        // exact, floor, ceiling, price, cut by
        "7, 5, 9, 7.00, NONE",
        "5, 5, 9, 5.00, NONE",
        "9, 5, 9, 9.00, NONE",
        "4.99, 5, 9, 5.00, FLOOR",
        "9.01, 5, 9, 9.00, CEILING",
        "4, 5, , 5.00, FLOOR",
        "400, 5, , 400.00, NONE",
        "400, , 9, 9.00, CEILING",
        "0.01, , 9, 0.01, NONE",
        // A floor between two cents holds too: the next cent above it.
        "4, 5.001, 9, 5.01, FLOOR",
        "5.0012, 5.001, 9, 5.01, FLOOR",
        "5.0052, 5.001, 9, 5.01, NONE",
        "10, 5, 8.999, 8.99, CEILING",
        "8.998, 5, 8.999, 8.99, CEILING",
    })
    void keepsThePriceBetweenFloorAndCeiling(
            String exact, String floor, String ceiling, String price, Limit cutBy) {
        Draft.Book book = Draft.book(Draft.limits("l", floor, ceiling)).costs(exact);
        assertEquals(price, book.amount());
        assertEquals(cutBy, book.price().limit());
    }

    @ParameterizedTest
    @CsvSource({
        // exact, ending, price
        "4.49, 0.99, 3.99",
        "4.4900001, 0.99, 4.99",
        "4.48, 0.99, 3.99",
        "4.50, 0.99, 4.99",
        "4.99, 0.99, 4.99",
        "0.10, 0.99, 0.99",
        "0.000001, 0.99, 0.99",
        "1.49, 0.99, 0.99",
        "1000000.42, 0.99, 999999.99",
        "14.90, 9.90, 9.90",
        "14.91, 9.90, 19.90",
        "24.90, 9.90, 19.90",
        "104.4, 9.90, 99.90",
        "55, 99, 99.00",
        "148.9, 99, 99.00",
        "149, 99, 99.00",
        "149.01, 99, 199.00",
        "4.49, 0.5, 4.50",
        "4, 0.5, 3.50",
        "4.5, 0, 4.00",
        "4.51, 0, 5.00",
        "15.5, 1, 11.00",
        "16.5, 1, 21.00",
        "12, 10, 10.00",
        "61, 10, 110.00",
    })
    void roundsToTheNearestAmountWithTheEndingAndOfTwoEquallyNearTheLower(
            String exact, String ending, String price) {
        assertEquals(price, Draft.book(Draft.ending("e", ending)).costs(exact).amount());
    }

    @Test
    void leavesUnpricedWhatAnEndingRoundsToZeroUnlessAFloorLiftsIt() {
        assertNull(Draft.book(Draft.ending("e", "0")).costs("0.5").amount());
        assertEquals(
                "2.00",
                Draft.book(Draft.ending("e", "0"), Draft.limits("l", "0.3", null))
                        .costs("1.6")
                        .amount());
        assertEquals(
                "0.30",
                Draft.book(Draft.ending("e", "0"), Draft.limits("l", "0.3", null))
                        .costs("0.4")
                        .amount());
    }

    @Test
    void checksTheFloorAgainWhereACharmPriceBreaksIt() {
        Price price =
                Draft.book(Draft.ending("charm", "0.99"), Draft.limits("low", "5", "9"))
                        .costs("4")
                        .price();
        assertEquals(new BigDecimal("5.00"), price.amount());
        assertEquals(Limit.FLOOR, price.limit());
        assertEquals(
                List.of(
                        step(Step.BASE, "tier:standard", "", null, "4", ""),
                        step(Step.LIMITS, "low", "floor 5.00", "4", "5", ""),
                        step(Step.ROUNDING, "charm", "ending 0.99", "5", "4.99", ""),
                        step(Step.LIMITS, "low", "floor 5.00", "4.99", "5.00", "")),
                price.trace());
    }

    @Test
    void checksTheCeilingAgainWhereACharmPriceBreaksIt() {
        Price price =
                Draft.book(Draft.ending("charm", "0.99"), Draft.limits("l", "5", "8.70"))
                        .costs("8.6")
                        .price();
        assertEquals(new BigDecimal("8.70"), price.amount());
        assertEquals(Limit.CEILING, price.limit());
        assertEquals("within 5.00 to 8.70", price.trace().get(1).detail());
        assertEquals("ceiling 8.70", price.trace().get(3).detail());
    }

    @Test
    void namesTheLimitThatThePriceStandsAt() {
        // Cut at the floor first, then rounded over the ceiling.
        Price price =
                Draft.book(Draft.rounding("r", "5", RoundingMode.UP), Draft.limits("l", "6", "9"))
                        .costs("1")
                        .price();
        assertEquals(new BigDecimal("9.00"), price.amount());
        assertEquals(Limit.CEILING, price.limit());
    }

    @Test
    void saysInTheTraceWhatALimitAllowsWhereItDidNotCut() {
        assertEquals("within 5.00 to 12.345", limitsDetail("5", "12.345"));
        assertEquals("from 5.00", limitsDetail("5", null));
        assertEquals("up to 12.00", limitsDetail(null, "12"));
    }

    private static String limitsDetail(String floor, String ceiling) {
        return Draft.book(Draft.limits("l", floor, ceiling)).price().trace().get(1).detail();
    }

    @ParameterizedTest
    @CsvSource({
        // exact, increment, mode, price
        "7.525, 0.05, HALF_UP, 7.55",
        "7.525, 0.05, HALF_EVEN, 7.50",
        "7.575, 0.05, HALF_EVEN, 7.60",
        "7.5249, 0.05, HALF_UP, 7.50",
        "7.501, 0.05, UP, 7.55",
        "7.5499, 0.05, DOWN, 7.50",
        "7.50, 0.05, UP, 7.50",
        "7.50, 0.05, DOWN, 7.50",
        "7.5, 1, HALF_UP, 8.00",
        "6.5, 1, HALF_EVEN, 6.00",
        "14, 5, HALF_UP, 15.00",
        "7.40, 0.25, HALF_UP, 7.50",
        "7.005, , HALF_UP, 7.01",
        "7.005, , HALF_EVEN, 7.00",
        "7.001, , UP, 7.01",
        "7.009, , DOWN, 7.00",
    })
    void roundsToAMultipleOfTheIncrement(
            String exact, String increment, RoundingMode mode, String price) {
        assertEquals(price, Draft.book(Draft.rounding("r", increment, mode)).costs(exact).amount());
    }

    @ParameterizedTest
    @CsvSource({"1234.5, JPY, 1235", "1.2345, KWD, 1.235", "1.235, EUR, 1.24", "7.555, XAU, 8"})
    void roundsHalfUpToTheMinorUnitWithoutARule(String exact, String currency, String price) {
        assertEquals(price, Draft.book().costs(exact).currency(currency).amount());
    }

    @Test
    void roundsInCurrenciesOfNoAndOfThreeDigits() {
        assertEquals(
                "980", Draft.book(Draft.ending("e", "80")).costs("1012").currency("JPY").amount());
        assertEquals(
                "1010",
                Draft.book(Draft.rounding("r", "10", RoundingMode.DOWN))
                        .costs("1019.99")
                        .currency("JPY")
                        .amount());
        assertEquals(
                "1.995",
                Draft.book(Draft.ending("e", "0.995")).costs("2.4").currency("KWD").amount());
        assertEquals(
                "2.405",
                Draft.book(Draft.rounding("r", "0.005", RoundingMode.UP))
                        .costs("2.4001")
                        .currency("KWD")
                        .amount());
        assertEquals(
                "6",
                Draft.book(Draft.limits("l", "5.5", null)).costs("1").currency("JPY").amount());
        assertEquals(
                "5",
                Draft.book(Draft.limits("l", null, "5.5")).costs("7").currency("JPY").amount());
    }

    @Test
    void takesTheMostSpecificRuleOfEachKindAlone() {
        // The floor of the product, not also the ceiling for all: a kind applies once.
        assertEquals(
                "10.00",
                Draft.book(
                                Draft.limits("product", "5", null).products("P"),
                                Draft.limits("all", null, "7"))
                        .amount());
        assertEquals(
                "9.99",
                Draft.book(
                                Draft.ending("product", "0.99").products("P"),
                                Draft.rounding("all", "5", RoundingMode.UP).priority(9))
                        .amount());
    }

    @Test
    void saysInTheTraceHowItRounded() {
        assertEquals("to 0.01", roundingOf(Draft.book()).detail());
        assertEquals("HALF_UP", roundingOf(Draft.book()).source());
        assertEquals("to 1", roundingOf(Draft.book().currency("JPY")).detail());
        TraceStep up = roundingOf(Draft.book(Draft.rounding("r", "0.1", RoundingMode.UP)));
        assertEquals("to 0.10 UP", up.detail());
        assertEquals("r", up.source());
        assertEquals(
                "to 0.01 HALF_EVEN",
                roundingOf(Draft.book(Draft.rounding("r", null, RoundingMode.HALF_EVEN))).detail());
        assertEquals("ending 0.90", roundingOf(Draft.book(Draft.ending("r", "0.9"))).detail());
    }

    private static TraceStep roundingOf(Draft.Book book) {
        List<TraceStep> trace = book.price().trace();
        return trace.get(trace.size() - 1);
    }

    private static TraceStep step(
            Step step, String source, String detail, String before, String after, String lost) {
        return TraceStep.of(
                step,
                source,
                detail,
                before == null ? null : new BigDecimal(before),
                new BigDecimal(after),
                lost);
    }
}
