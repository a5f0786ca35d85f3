package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.testing.Books;
import io.slackwater.pricing.testing.PricingFlow;
import io.slackwater.pricing.testing.Stock;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AcceptRuleBooksTest {

    private PricingFlow flow;

    @BeforeEach
    void start() throws Exception {
        // Four subtasks apply the rules; every book still gets one answer.
        flow = new PricingFlow(PricingFlow.settings(), 4);
    }

    @AfterEach
    void stop() throws Exception {
        flow.close();
    }

    @Test
    void answersOnceAVersionWhateverTheParallelism() throws Exception {
        flow.book(Books.book(1));
        assertEquals(List.of("1 ACTIVE"), answers());
        assertEquals(4, flow.sweeps().size());
    }

    @Test
    void announcesAFutureBookAndItsBegin() throws Exception {
        flow.book(Books.book(1)).watermark(1000).book(Books.book(2).from(5000L)).watermark(4999);
        assertEquals(List.of("1 ACTIVE", "2 SCHEDULED"), answers());
        assertEquals(4, flow.sweeps().size(), "it has not converged yet");
        flow.watermark(5000).watermark(9000);
        assertEquals(List.of("1 ACTIVE", "2 SCHEDULED", "2 ACTIVE"), answers());
        assertEquals(8, flow.sweeps().size());
    }

    @Test
    void calculatesABookWithoutABeginFromItsKafkaTimestamp() throws Exception {
        flow.watermark(1000);
        flow.publish("default", Books.book(1).from(null).bytes(), 7000);
        assertEquals(List.of("1 SCHEDULED"), answers());
        assertEquals(7000, flow.statuses().get(0).effectiveFrom());
    }

    @Test
    void refusesWithEveryReasonAndKeepsTheBookInForce() throws Exception {
        flow.book(Books.book(1));
        flow.publish(
                "default",
                """
                {"book_id":"default","version":2,"currency":"XXXX","default_tier":"gone",
                 "tiers":{"standard":{"base_price":0}},"rules":[{"rule_id":"r","kind":"magic"}]}"""
                        .getBytes(StandardCharsets.UTF_8),
                0);
        RuleStatus refused = flow.statuses().get(1);
        assertEquals(State.REJECTED, refused.state());
        assertEquals(2, refused.version());
        assertTrue(refused.reasons().size() >= 4, () -> refused.reasons().toString());
        assertTrue(flow.deadLetters().isEmpty(), "it has its answer");
    }

    @Test
    void acceptsTheCorrectedVersionAfterARefusal() throws Exception {
        flow.book(Books.book(1).standardCosts("-1")).book(Books.book(1).standardCosts("1"));
        assertEquals(List.of("1 REJECTED", "1 ACTIVE"), answers());
    }

    @Test
    void callsAVersionStaleThatIsNotAboveTheNewest() throws Exception {
        flow.book(Books.book(3)).book(Books.book(3)).book(Books.book(2));
        assertEquals(List.of("3 ACTIVE", "3 STALE", "2 STALE"), answers());
    }

    @Test
    void staysStaleAfterTheBookWasRetired() throws Exception {
        flow.book(Books.book(3));
        flow.publish("default", null, 0);
        flow.book(Books.book(3)).book(Books.book(4));
        assertEquals(List.of("3 ACTIVE", "3 RETIRED", "3 STALE", "4 ACTIVE"), answers());
    }

    @Test
    void ignoresOtherBooksWithAnAnswer() throws Exception {
        flow.publish("summer", Books.book(1).id("summer").bytes(), 0);
        assertEquals(List.of("1 IGNORED"), answers());
        assertEquals("summer", flow.statuses().get(0).bookId());
    }

    @Test
    void refusesABookUnderAnothersKey() throws Exception {
        flow.publish("summer", Books.book(1).bytes(), 0);
        assertEquals("KEY_MISMATCH", flow.statuses().get(0).reasons().get(0).reason());
    }

    @Test
    void sendsWhatNamesNoBookToTheDeadLetters() throws Exception {
        flow.publish(null, "not a book".getBytes(StandardCharsets.UTF_8), 0);
        flow.publish(null, null, 0);
        assertEquals(2, flow.deadLetters().size());
        assertTrue(flow.statuses().isEmpty());
    }

    @Test
    void refusesTextThatIsNoBookUnderTheNameOfItsKey() throws Exception {
        flow.publish("default", "not a book".getBytes(StandardCharsets.UTF_8), 0);
        RuleStatus status = flow.statuses().get(0);
        assertEquals(State.REJECTED, status.state());
        assertNull(status.version());
    }

    // ---------------------------------------------------------------- the circuit breaker

    @Test
    void refusesABookThatMovesTooManyPricesTooFarAndMovesNone() throws Exception {
        breaker(50);
        shop(10, 10).deliverSample();
        flow.book(Books.book(2).standardCosts("1.00")).watermark(9000);
        assertEquals(List.of("1 ACTIVE", "2 REJECTED"), answers());
        RuleStatus refused = flow.statuses().get(1);
        assertEquals(
                List.of(
                        new Reason(
                                "CIRCUIT_BREAKER",
                                "",
                                "It would move 100.0 % of all prices by more than 50 %, or end"
                                        + " them; allowed: at most 50 % of them, or \"force\": true"
                                        + " in the book. Counted over all 10 prices.")),
                refused.reasons());
        assertNull(refused.effectiveFrom());
        flow.priceList().values().forEach(e -> assertEquals("default@1", e.ruleBook()));
        assertEquals(10, flow.events().size());
    }

    @Test
    void takesWhatTheLakeTellsAgainAsItWasTaken() throws Exception {
        breaker(50);
        shop(10, 10).deliverSample();
        flow.publishAgain("default", Books.book(2).standardCosts("1.00").bytes(), 0);
        assertEquals(List.of("1 ACTIVE", "2 ACTIVE"), answers());
    }

    @Test
    void acceptsWithForceWhatTheBreakerRefused() throws Exception {
        breaker(50);
        shop(10, 10).deliverSample();
        flow.book(Books.book(2).standardCosts("1.00"));
        flow.book(Books.book(2).standardCosts("1.00").force());
        assertEquals(List.of("1 ACTIVE", "2 REJECTED", "2 ACTIVE"), answers());
        flow.priceList().values().forEach(e -> assertEquals("default@2", e.ruleBook()));
        // The one after it is measured against the forced one.
        flow.book(Books.book(3).standardCosts("1.40"));
        assertEquals("3 ACTIVE", answers().get(3));
    }

    @Test
    void refusesABookThatMovesOnlyThePricesOfASegment() throws Exception {
        breaker(50);
        shop(10, 0).deliverSample();
        flow.book(
                Books.book(2)
                        .standardCosts("10.00")
                        .rule(
                                """
                                {"rule_id":"typo","kind":"promotion","percent_off":90,
                                 "segment":"loyal"}"""));
        assertEquals(List.of("1 ACTIVE", "2 REJECTED"), answers());
    }

    @Test
    void acceptsACorrectedBookOfTheVersionThatTheBreakerRefused() throws Exception {
        breaker(50);
        shop(10, 10).deliverSample();
        flow.book(Books.book(2).standardCosts("1.00")).book(Books.book(2).standardCosts("9.00"));
        assertEquals(List.of("1 ACTIVE", "2 REJECTED", "2 ACTIVE"), answers());
        // What the refused one said of version 2 is forgotten: 1.00 to 9.00 would be too far.
        flow.book(Books.book(3).standardCosts("10.00"));
        assertEquals("3 ACTIVE", answers().get(3));
    }

    @Test
    void letsExactlyTheShareMove() throws Exception {
        breaker(50);
        shop(10, 5).deliverSample();
        String scarceIsDear =
                """
                {"rule_id":"scarce","kind":"quantity_bands","bands":[
                  {"below":10,"multiplier":10},{"multiplier":1}]}""";
        flow.book(Books.book(2).rule(scarceIsDear));
        assertEquals(List.of("1 ACTIVE", "2 ACTIVE"), answers());
    }

    @Test
    void refusesWhatMovesMoreThanTheShare() throws Exception {
        breaker(50);
        shop(10, 6).deliverSample();
        String scarceIsDear =
                """
                {"rule_id":"scarce","kind":"quantity_bands","bands":[
                  {"below":10,"multiplier":10},{"multiplier":1}]}""";
        flow.book(Books.book(2).rule(scarceIsDear));
        assertEquals(List.of("1 ACTIVE", "2 REJECTED"), answers());
    }

    @Test
    void refusesABookThatWouldLeaveProductsWithoutAPrice() throws Exception {
        breaker(50);
        shop(10, 0).deliverSample();
        flow.book(Books.book(2).defaultTier(null));
        assertEquals(List.of("1 ACTIVE", "2 REJECTED"), answers());
    }

    @Test
    void knowsTheCatalogOfTheProductsThatItTriesABookOn() throws Exception {
        breaker(50);
        shop(10, 0);
        for (int i = 0; i < 10; i++) {
            flow.catalog("P" + i, new CatalogEntry(null, new BigDecimal("24.90"), null, 1));
        }
        flow.deliverSample().book(Books.book(2).standardCosts("1.00"));
        assertEquals(List.of("1 ACTIVE", "2 ACTIVE"), answers(), "list prices do not move");
    }

    @Test
    void neverRefusesAFirstBookForItsPrices() throws Exception {
        breaker(0);
        for (int i = 0; i < 10; i++) {
            flow.stock(Stock.level("P" + i, "W", 5, 1000, i));
        }
        flow.watermark(2000).book(Books.book(1));
        assertEquals(List.of("1 ACTIVE"), answers());
        flow.publish("default", null, 0);
        flow.deliver().book(Books.book(2).standardCosts("999"));
        assertEquals("2 ACTIVE", answers().get(2), "nor one after the book was retired");
    }

    @Test
    void triesAScheduledBookAtTheMomentWhenItBegins() throws Exception {
        breaker(50);
        shop(10, 0).watermark(2000);
        // To 20 is too far from 10, at 3000, but not from 14, at 6000.
        flow.book(Books.book(2).from(5000L).standardCosts("14.00"));
        flow.book(Books.book(3).from(6000L).standardCosts("20.00"));
        flow.book(Books.book(4).from(3000L).to(4000L).standardCosts("20.00"));
        flow.book(Books.book(5).from(7000L).standardCosts("10.00"));
        assertEquals(
                List.of("1 ACTIVE", "2 SCHEDULED", "3 SCHEDULED", "4 REJECTED", "5 SCHEDULED"),
                answers());
    }

    @Test
    void remembersTheSampleOverARestart() throws Exception {
        breaker(50);
        shop(10, 0); // Sampled, and still waiting when the checkpoint comes.
        PricingFlow.Snapshot snapshot = flow.snapshot();
        flow.close();
        flow = new PricingFlow(settings(50), 2, snapshot, null);
        flow.book(Books.book(2).standardCosts("1.00"));
        assertEquals(List.of("2 REJECTED"), answers());
        String reason = flow.statuses().get(0).reasons().get(0).message();
        assertTrue(reason.endsWith("Counted over all 10 prices."), reason);
    }

    @Test
    void estimatesFromASampleInALargeShop() throws Exception {
        breaker(50);
        shop(6_000, 0).deliverSample();
        flow.book(Books.book(2).standardCosts("1.00"));
        String reason = flow.statuses().get(1).reasons().get(0).message();
        assertTrue(reason.endsWith("Estimated from 4096 prices of 4096 products."), reason);
    }

    @Test
    void letsEveryBookPassWhereTheBreakerIsOff() throws Exception {
        shop(10, 0).deliverSample();
        flow.book(Books.book(2).standardCosts("0.01"));
        assertEquals(List.of("1 ACTIVE", "2 ACTIVE"), answers());
    }

    private void breaker(int sharePercent) throws Exception {
        flow.close();
        flow = new PricingFlow(settings(sharePercent), 4);
    }

    private static Settings.Pricing settings(int sharePercent) {
        Settings.Pricing off = PricingFlow.settings();
        return new Settings.Pricing(
                off.book(),
                off.keptVersions(),
                off.publish(),
                off.window(),
                off.lowStock(),
                off.priceJumpPercent(),
                sharePercent,
                50,
                true);
    }

    /** Products at 10.00, so many of them with little stock. */
    private PricingFlow shop(int products, int scarce) throws Exception {
        flow.book(Books.book(1).standardCosts("10.00"));
        for (int i = 0; i < products; i++) {
            flow.stock(Stock.level("P" + i, "W", i < scarce ? 1 : 100, 1000, i));
        }
        return flow;
    }

    private List<String> answers() {
        return flow.statuses().stream().map(s -> s.version() + " " + s.state()).toList();
    }
}
