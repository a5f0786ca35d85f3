package io.slackwater.pricing.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.model.TraceStep.Step;
import io.slackwater.pricing.rules.QuantityBands.Band;
import io.slackwater.pricing.testing.Stock;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which rule applies: scopes with regions, times, specificity; and what the trace says of it. */
class RuleChoiceTest {

    private static final CatalogEntry GARDEN = new CatalogEntry(null, null, "garden", 0);

    @Test
    void multipliesByTheRegionOfTheWarehouse() {
        PriceBook book =
                Draft.book(
                                Draft.regional("north", "1.1").regions("north"),
                                Draft.regional("south", "0.9").regions("south"))
                        .region("north", "A", "B")
                        .region("south", "C")
                        .compile();
        assertEquals("11.00", in("A", book));
        assertEquals("11.00", in("B", book));
        assertEquals("9.00", in("C", book));
        assertEquals("10.00", in("D", book));
    }

    @Test
    void prefersTheWarehouseToItsRegionAndTheRegionToNone() {
        PriceBook book =
                Draft.book(
                                Draft.regional("a-all", "2").priority(9),
                                Draft.regional("b-region", "3").regions("north").priority(5),
                                Draft.regional("c-warehouse", "4").warehouses("A"))
                        .region("north", "A", "B")
                        .compile();
        assertEquals("40.00", in("A", book));
        assertEquals("30.00", in("B", book));
        assertEquals("20.00", in("C", book));
    }

    @Test
    void prefersTheThingToThePlace() {
        // A category anywhere is more specific than a tier in this very warehouse.
        PriceBook book =
                Draft.book(
                                Draft.regional("tier", "2").tiers("standard").warehouses("W"),
                                Draft.regional("category", "3").categories("garden"))
                        .compile();
        assertEquals("30.00", amount(book, GARDEN, 0));
    }

    @Test
    void letsAWarehouseLieInSeveralRegions() {
        PriceBook book =
                Draft.book(
                                Draft.regional("b", "2").regions("north"),
                                Draft.regional("a", "3").regions("coast"),
                                Draft.regional("c", "4").regions("coast", "north").priority(-1))
                        .region("north", "A", "B")
                        .region("coast", "A", "C")
                        .compile();
        assertEquals("30.00", in("A", book));
        assertEquals("20.00", in("B", book));
        assertEquals("30.00", in("C", book));
        Price price = book.price(Stock.level("P", "A", 1, 0, 0), null, 0);
        assertEquals("b: larger rule_id; c: lower priority", price.trace().get(1).lost());
    }

    @Test
    void appliesARuleThatNamesWarehousesAndRegionsWhereBothFit() {
        PriceBook book =
                Draft.book(
                                Draft.regional("both", "2").regions("north").warehouses("A", "C"),
                                Draft.regional("region", "3").regions("north").priority(9),
                                Draft.regional("no-common", "5").regions("north").warehouses("C"),
                                Draft.regional("no-region", "5").regions("nowhere"))
                        .region("north", "A", "B")
                        .compile();
        // As specific as its warehouse: it beats the region in spite of its priority.
        assertEquals("20.00", in("A", book));
        assertEquals("30.00", in("B", book));
        assertEquals("10.00", in("C", book));
    }

    @Test
    void appliesARuleFromItsFirstMillisecondToTheOneBeforeItsLast() {
        PriceBook book = Draft.book(Draft.costs("r", "5").from(100L).to(200L)).compile();
        assertEquals("10.00", amount(book, null, 99));
        assertEquals("5.00", amount(book, null, 100));
        assertEquals("5.00", amount(book, null, 199));
        assertEquals("10.00", amount(book, null, 200));
        PriceBook open =
                Draft.book(
                                Draft.percentOff("ends", "10").to(100L),
                                Draft.amountOff("begins", "1").from(100L))
                        .compile();
        assertEquals("9.00", amount(open, null, Long.MIN_VALUE));
        assertEquals("9.00", amount(open, null, 99));
        assertEquals("9.00", amount(open, null, 100));
        assertEquals("begins", open.price(Stock.of(1), null, 100).trace().get(1).source());
    }

    @Test
    void fallsBackToTheNextRuleOfTheSamePlaceWhenTheWinnerHasEnded() {
        PriceBook book =
                Draft.book(
                                Draft.costs("week", "5")
                                        .products("P")
                                        .from(0L)
                                        .to(100L)
                                        .priority(1),
                                Draft.costs("season", "7").products("P"),
                                Draft.costs("next-week", "6")
                                        .products("P")
                                        .from(100L)
                                        .to(200L)
                                        .priority(1))
                        .compile();
        assertEquals("5.00", amount(book, null, 50));
        assertEquals("6.00", amount(book, null, 150));
        assertEquals("7.00", amount(book, null, 250));
    }

    @Test
    void doesNotNameARuleThatDoesNotHoldAmongTheLosers() {
        PriceBook book =
                Draft.book(
                                Draft.costs("now", "5").products("P"),
                                Draft.costs("later", "6").from(100L))
                        .compile();
        assertEquals("", book.price(Stock.of(1), null, 99).trace().get(1).lost());
        assertEquals(
                "later: less specific", book.price(Stock.of(1), null, 100).trace().get(1).lost());
    }

    @Test
    void namesTheLosersWithTheReasonsInTheOrderInWhichTheyWouldWin() {
        PriceBook book =
                Draft.book(
                                Draft.costs("d", "1").priority(9),
                                Draft.costs("c", "2").products("P"),
                                Draft.costs("b", "3").products("P").priority(2),
                                Draft.costs("a", "4").products("P").priority(1),
                                Draft.costs("bb", "5").products("P").priority(2))
                        .compile();
        TraceStep step = book.price(Stock.of(1), null, 0).trace().get(1);
        assertEquals("b", step.source());
        assertEquals(
                "bb: larger rule_id; a: lower priority; c: lower priority; d: less specific",
                step.lost());
    }

    @Test
    void namesFiveLosersAndCountsTheRest() {
        Draft[] rules = new Draft[9];
        for (int i = 0; i < rules.length; i++) {
            rules[i] = Draft.regional("r" + i, "1");
        }
        assertEquals(
                "r1: larger rule_id; r2: larger rule_id; r3: larger rule_id; r4: larger rule_id;"
                        + " r5: larger rule_id; and 3 more",
                Draft.book(rules).price().trace().get(1).lost());
        Draft[] six = new Draft[6];
        System.arraycopy(rules, 0, six, 0, 6);
        assertEquals(
                "r1: larger rule_id; r2: larger rule_id; r3: larger rule_id; r4: larger rule_id;"
                        + " r5: larger rule_id",
                Draft.book(six).price().trace().get(1).lost());
    }

    @Test
    void neverFitsACategoryOrATierThatTheProductDoesNotHave() {
        PriceBook book =
                Draft.book(
                                Draft.costs("a", "1").categories("garden"),
                                Draft.costs("b", "2").categories("garden").products("P"),
                                Draft.costs("c", "3").tiers("standard"))
                        .defaultTier(null)
                        .compile();
        CatalogEntry listed = new CatalogEntry(null, new BigDecimal("8"), null, 0);
        assertEquals("8.00", amount(book, listed, 0));
    }

    @Test
    void goesThroughAllStepsInTheContractsOrder() {
        PriceBook book =
                Draft.book(
                                Draft.bands(
                                        "scarcity",
                                        new Band(10L, null, null, new BigDecimal("1.2"), null),
                                        new Band(null, null, null, new BigDecimal("0.8"), null)),
                                Draft.regional("tax", "1.19"),
                                Draft.percentOff("sale", "10"),
                                Draft.amountOff("voucher", "0.5"),
                                Draft.percentOff("loyal-10", "10").segment("loyal"),
                                Draft.limits("range", "5", "12"),
                                Draft.rounding("tens", "0.1", RoundingMode.HALF_UP),
                                Draft.hold("calm", 600))
                        .compile();
        Price price = book.price(Stock.of(3), GARDEN, 0);
        assertEquals(
                List.of(
                        step(Step.BASE, "tier:standard", "garden", null, "10"),
                        step(Step.QUANTITY_BANDS, "scarcity", "band 1 x 1.2", "10", "12.0"),
                        step(Step.REGIONAL, "tax", "x 1.19", "12.0", "14.280"),
                        step(Step.PROMOTION, "sale", "- 10 %", "14.280", "12.85200"),
                        step(Step.PROMOTION, "voucher", "- 0.50", "12.85200", "12.35200"),
                        step(Step.LIMITS, "range", "ceiling 12.00", "12.35200", "12"),
                        step(Step.ROUNDING, "tens", "to 0.10", "12", "12.00"),
                        // 12.852 x 0.9 - 0.5 = 11.0668
                        step(
                                Step.SEGMENT,
                                "loyal",
                                "loyal-10: - 10 %; sale: - 10 %; voucher: - 0.50",
                                "14.280",
                                "11.10")),
                price.trace());
        assertEquals("calm", price.hold().ruleId());
    }

    @Test
    void namesTheHoldThatWinsAndHolds() {
        PriceBook book =
                Draft.book(
                                Draft.hold("all", 60),
                                Draft.hold("garden", 600).categories("garden").from(100L))
                        .compile();
        assertEquals("all", book.price(Stock.of(1), GARDEN, 99).hold().ruleId());
        assertEquals("garden", book.price(Stock.of(1), GARDEN, 100).hold().ruleId());
        assertNull(Draft.book(Draft.hold("x", 60).products("Q")).price().hold());
    }

    @Test
    void calculatesExactlyThroughAllSteps() {
        // 19.99 x 1.1 x 0.9 is 19.7901 exactly; binary floating point says 19.790100000000002.
        Price price =
                Draft.book(Draft.regional("r", "1.1"), Draft.percentOff("p", "10"))
                        .costs("19.99")
                        .price();
        assertEquals(0, new BigDecimal("19.7901").compareTo(price.trace().get(2).after()));
    }

    private static String in(String warehouse, PriceBook book) {
        return book.price(Stock.level("P", warehouse, 1, 0, 0), null, 0).amount().toPlainString();
    }

    private static String amount(PriceBook book, CatalogEntry catalog, long at) {
        return book.price(Stock.of(1), catalog, at).amount().toPlainString();
    }

    private static TraceStep step(
            Step step, String source, String detail, String before, String after) {
        return TraceStep.of(
                step,
                source,
                detail,
                before == null ? null : new BigDecimal(before),
                new BigDecimal(after),
                "");
    }
}
