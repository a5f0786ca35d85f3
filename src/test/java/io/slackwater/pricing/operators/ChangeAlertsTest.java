package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.StockShift;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.testing.Books;
import io.slackwater.pricing.testing.PricingFlow;
import io.slackwater.pricing.testing.Stock;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Alerts tell what an input changed in the end, in one currency, and for every segment. */
class ChangeAlertsTest {

    private PricingFlow flow;

    @BeforeEach
    void start() throws Exception {
        flow = new PricingFlow(PricingFlow.settings(), 2);
    }

    @AfterEach
    void stop() throws Exception {
        flow.close();
    }

    // ---------------------------------------------------------------- late levels

    @Test
    void raisesNoJumpOnTheWayOfALateLevel() throws Exception {
        flow.book(Books.book(1).rule(Books.percentOff("half", "50").from(5000)))
                .stock(Stock.level("P", "W", 20, 1000, 0))
                .watermark(5000);
        assertEquals(List.of("PRICE_JUMP 10.00 to 5.00"), told());
        flow.alerts().clear();
        flow.stock(Stock.level("P", "W", 21, 4700, 1)).stock(Stock.level("P", "W", 22, 4900, 2));
        assertEquals("5.00", flow.priceList().get("P|W").price().toPlainString());
        assertEquals(List.of(), told());
    }

    @Test
    void raisesTheJumpThatALateLevelMakesInTheEnd() throws Exception {
        flow.book(
                        Books.book(1)
                                .rule(Books.SCARCITY)
                                .rule(Books.percentOff("tenth", "10").from(5000)))
                .stock(Stock.level("P", "W", 60, 1000, 0))
                .watermark(5000)
                .stock(Stock.level("P", "W", 5, 4000, 1));
        assertEquals(List.of("LOW_STOCK", "PRICE_JUMP 7.20 to 10.80"), told());
    }

    @Test
    void raisesNothingForAGapThatALateLevelPasses() throws Exception {
        flow.book(Books.book(1).to(3000L))
                .book(Books.book(2).from(5000L))
                .stock(Stock.level("P", "W", 20, 1000, 0))
                .watermark(6000);
        flow.alerts().clear();
        flow.stock(Stock.level("P", "W", 21, 4000, 1));
        assertEquals("10.00", flow.priceList().get("P|W").price().toPlainString());
        assertEquals(List.of(), told());
    }

    // ---------------------------------------------------------------- currencies

    @Test
    void neverComparesPricesOfTwoCurrencies() throws Exception {
        flow.book(Books.book(1))
                .stock(Stock.of(20))
                .book(Books.book(2).currency("JPY").standardCosts("1600"));
        Alert alert = flow.alerts().get(0);
        assertEquals(Alert.Kind.CURRENCY_CHANGED, alert.kind());
        assertEquals(
                Map.of(
                        "previous_currency", "EUR",
                        "currency", "JPY",
                        "previous_price", "10.00",
                        "price", "1600"),
                alert.details());
        assertEquals(1, flow.alerts().size());
        PricingEvent event = flow.priceList().get("P|W");
        assertEquals("EUR", event.previousCurrency());
        flow.stock(Stock.level("P", "W", 21, 2000, 1));
        assertEquals(1, flow.alerts().size(), "once");
    }

    @Test
    void saysThatTheCurrencyChangesAlsoWhereTheNumberStays() throws Exception {
        flow.book(Books.book(1))
                .stock(Stock.of(20))
                .book(Books.book(2).currency("HUF").standardCosts("10"));
        assertEquals(List.of("CURRENCY_CHANGED 10.00 to 10.00"), told());
        StockShift shift = flow.shifts().get(flow.shifts().size() - 1);
        assertEquals("EUR", shift.before().currency());
        assertEquals("HUF", shift.after().currency());
        assertEquals(1, shift.priceChanges());
    }

    // ---------------------------------------------------------------- segments

    @Test
    void keepsEverybodysPriceWhereASegmentHasNone() throws Exception {
        flow.catalog("P", new CatalogEntry(null, new BigDecimal("9.00"), null, 1));
        flow.book(Books.book(1).rule(Books.amountOff("staff-10", "10").segment("staff")))
                .stock(Stock.of(20));
        PricingEvent event = flow.priceList().get("P|W");
        assertEquals("9.00", event.price().toPlainString());
        assertEquals(Map.of(), event.segmentPrices());
        assertEquals(List.of("UNPRICED staff by staff-10"), told());
        flow.stock(Stock.level("P", "W", 21, 2000, 1));
        assertEquals(1, flow.alerts().size(), "it is told when it begins");
    }

    @Test
    void comparesNothingWithASegmentThatHadNoPrice() throws Exception {
        flow.book(Books.book(1).rule(Books.amountOff("staff-10", "10").segment("staff")))
                .stock(Stock.of(20));
        flow.alerts().clear();
        flow.book(Books.book(2).rule(Books.amountOff("staff-10", "9").segment("staff")));
        assertEquals(
                Map.of("staff", new BigDecimal("1.00")),
                flow.priceList().get("P|W").segmentPrices());
        assertEquals(List.of(), told());
    }

    @Test
    void namesTheRuleThatLeavesNothingOfAPrice() throws Exception {
        flow.book(Books.book(1).rule(Books.amountOff("too-much", "10"))).stock(Stock.of(20));
        assertEquals(
                Map.of("why", "NOT_POSITIVE", "rule", "too-much"), flow.alerts().get(0).details());
    }

    @Test
    void watchesThePricesOfSegments() throws Exception {
        flow.book(Books.book(1).rule(Books.percentOff("loyal", "10").segment("loyal")))
                .stock(Stock.of(20))
                .book(Books.book(2).rule(Books.percentOff("loyal", "95").segment("loyal")));
        assertEquals(List.of("PRICE_JUMP 9.00 to 0.50 loyal"), told());
        assertEquals(1, flow.shifts().get(flow.shifts().size() - 1).priceChanges());
    }

    @Test
    void comparesANewSegmentWithWhatItPaidBefore() throws Exception {
        flow.book(Books.book(1))
                .stock(Stock.of(20))
                .book(Books.book(2).rule(Books.percentOff("loyal", "50").segment("loyal")))
                .book(Books.book(3));
        assertEquals(
                List.of("PRICE_JUMP 10.00 to 5.00 loyal", "PRICE_JUMP 5.00 to 10.00 loyal"),
                told());
    }

    @Test
    void saysThatASegmentsPriceStandsAtALimit() throws Exception {
        flow.book(
                        Books.book(1)
                                .rule(Books.percentOff("loyal", "20").segment("loyal"))
                                .rule(Books.limits("floor", "9.00", null)))
                .stock(Stock.of(20))
                .stock(Stock.level("P", "W", 21, 2000, 1));
        assertEquals(List.of("LIMIT_HIT 9.00 loyal"), told());
    }

    // ---------------------------------------------------------------- holds

    @Test
    void neverHoldsAPriceOutsideTheLimits() throws Exception {
        flow.book(Books.book(1).rule(Books.hold("calm", 3600)))
                .stock(Stock.of(20))
                .book(
                        Books.book(2)
                                .rule(Books.hold("calm", 3600))
                                .rule(Books.limits("floor", "12.00", null)));
        assertEquals("12.00", flow.priceList().get("P|W").price().toPlainString());
    }

    @Test
    void neverHoldsASegmentThatTheBookNoLongerKnows() throws Exception {
        flow.book(
                        Books.book(1)
                                .rule(Books.hold("calm", 3600))
                                .rule(Books.percentOff("loyal", "10").segment("loyal")))
                .stock(Stock.of(20))
                .book(Books.book(2).standardCosts("11.00").rule(Books.hold("calm", 3600)));
        PricingEvent held = flow.priceList().get("P|W");
        assertEquals("10.00", held.price().toPlainString());
        assertEquals(Map.of(), held.segmentPrices());
        flow.watermark(3_601_000);
        assertEquals("11.00", flow.priceList().get("P|W").price().toPlainString());
    }

    @Test
    void letsANewSegmentPayTheHeldPrice() throws Exception {
        flow.book(Books.book(1).rule(Books.hold("calm", 3600)))
                .stock(Stock.of(20))
                .book(
                        Books.book(2)
                                .standardCosts("11.00")
                                .rule(Books.hold("calm", 3600))
                                .rule(Books.percentOff("loyal", "10").segment("loyal")));
        PricingEvent held = flow.priceList().get("P|W");
        assertEquals("10.00", held.price().toPlainString());
        assertEquals(Map.of("loyal", new BigDecimal("10.00")), held.segmentPrices());
        flow.watermark(3_601_000);
        assertEquals(
                Map.of("loyal", new BigDecimal("9.90")),
                flow.priceList().get("P|W").segmentPrices());
    }

    // ---------------------------------------------------------------- whole products

    @Test
    void takesTheNewestCatalogEntryWhateverTheOrder() throws Exception {
        CatalogEntry entry = new CatalogEntry(null, new BigDecimal("99.00"), null, 7);
        flow.book(Books.book(1));
        for (String product : List.of("A", "B")) {
            flow.stock(Stock.level(product, "W", 20, 1000, 0));
        }
        var listed = new StockVersion(7, 0, 10);
        var removed = new StockVersion(7, 1, 3);
        flow.change(ProductChange.catalog("A", entry, listed))
                .change(ProductChange.catalog("A", null, removed))
                .change(ProductChange.catalog("B", null, removed))
                .change(ProductChange.catalog("B", entry, listed));
        assertEquals("10.00", flow.priceList().get("A|W").price().toPlainString());
        assertEquals("10.00", flow.priceList().get("B|W").price().toPlainString());
        assertEquals(1, flow.count("catalogSuperseded"));
    }

    @Test
    void countsWhatBecameOfADelisting() throws Exception {
        flow.book(Books.book(1)).stock(Stock.level("P", "W", 20, 1000, 5));
        flow.change(delisting("P", 999)).change(delisting("Q", 2000));
        assertEquals("10.00", flow.priceList().get("P|W").price().toPlainString());
        flow.change(delisting("P", 2000)).change(delisting("P", 2500)).change(delisting("P", 1500));
        assertNull(flow.priceList().get("P|W").price());
        Map<String, Long> counts = new TreeMap<>();
        for (String name :
                List.of(
                        "delisted",
                        "delistingsSuperseded",
                        "delistingsUnchanged",
                        "delistingsUnknown")) {
            counts.put(name, flow.count(name));
        }
        assertEquals(
                Map.of(
                        "delisted", 1L,
                        "delistingsSuperseded", 2L,
                        "delistingsUnchanged", 1L,
                        "delistingsUnknown", 1L),
                counts);
    }

    private static ProductChange delisting(String product, long time) {
        return ProductChange.delisting(product, new StockVersion(time, 0, 0));
    }

    private List<String> told() {
        return flow.alerts().stream().map(ChangeAlertsTest::told).toList();
    }

    private static String told(Alert alert) {
        Map<String, String> details = alert.details();
        String segment = details.containsKey("segment") ? " " + details.get("segment") : "";
        return switch (alert.kind()) {
            case PRICE_JUMP, CURRENCY_CHANGED ->
                    alert.kind()
                            + " "
                            + details.get("previous_price")
                            + " to "
                            + new BigDecimal(details.get("price")).setScale(2)
                            + segment;
            case LIMIT_HIT -> alert.kind() + " " + details.get("price") + segment;
            case UNPRICED -> alert.kind() + segment + " by " + details.get("rule");
            default -> alert.kind().name();
        };
    }
}
