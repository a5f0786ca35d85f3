package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.testing.Books;
import io.slackwater.pricing.testing.PricingFlow;
import io.slackwater.pricing.testing.Stock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules begin and end at their moment, with nobody sending anything. */
class RuleTimesTest {

    private PricingFlow flow;

    @BeforeEach
    void start() throws Exception {
        flow = new PricingFlow(PricingFlow.settings(), 2);
    }

    @AfterEach
    void stop() throws Exception {
        flow.close();
    }

    /** Half price for one product from 3000 to so long. */
    private static Books bookWithPromotion(long version, long until) {
        return Books.book(version)
                .rule(
                        """
                        {"rule_id":"half","kind":"promotion","percent_off":50,"scope":{"product_ids":["P"]},
                         "effective_from":3000,"effective_to":%d}"""
                                .formatted(until));
    }

    private void stocked(Books book) throws Exception {
        flow.book(book)
                .stock(Stock.of(20))
                .stock(Stock.level("Q", "W", 20, 1000, 1))
                .watermark(1500);
    }

    @Test
    void beginsAndEndsAtItsMomentInASilentNight() throws Exception {
        stocked(bookWithPromotion(1, 5000));
        assertEquals("10.00", price());
        flow.watermark(2999);
        assertEquals("10.00", price());
        flow.watermark(3000);
        assertEquals("5.00", price());
        assertEquals(3000, last().effectiveAt());
        assertEquals(Cause.SCHEDULE, last().cause());
        flow.watermark(4999);
        assertEquals("5.00", price());
        flow.watermark(5000);
        assertEquals("10.00", price());
        assertEquals(5000, last().effectiveAt());
        assertEquals(2, flow.count("reexamined"), "P twice and Q never");
    }

    @Test
    void passesEveryMomentThatTheJobSleptThrough() throws Exception {
        stocked(bookWithPromotion(1, 5000));
        PricingFlow.Snapshot snapshot = flow.snapshot();
        try (PricingFlow restored = new PricingFlow(PricingFlow.settings(), 3, snapshot, null)) {
            restored.watermark(60_000);
            assertEquals(
                    List.of("5.00@3000", "10.00@5000"),
                    restored.events().stream()
                            .map(e -> e.price().toPlainString() + "@" + e.effectiveAt())
                            .toList());
        }
    }

    @Test
    void endsEarlierWhenItIsShortenedWhileItIsActive() throws Exception {
        stocked(bookWithPromotion(1, 9000));
        flow.watermark(3500).book(bookWithPromotion(2, 4000));
        assertEquals("5.00", price());
        flow.watermark(4000);
        assertEquals("10.00", price());
        int events = flow.events().size();
        flow.watermark(60_000);
        assertEquals(events, flow.events().size(), "the old end is forgotten");
    }

    @Test
    void endsAtOnceWhenItIsShortenedToAMomentThatHasPassed() throws Exception {
        stocked(bookWithPromotion(1, 9000));
        flow.watermark(5000).book(bookWithPromotion(2, 4000));
        assertEquals("10.00", price());
        assertEquals(Cause.RULE_BOOK, last().cause());
        assertEquals(5000, last().effectiveAt());
    }

    @Test
    void endsAtOnceWhenItIsDeletedWhileItIsActive() throws Exception {
        stocked(bookWithPromotion(1, 9000));
        flow.watermark(5000).book(Books.book(2));
        assertEquals("10.00", price());
        flow.watermark(60_000);
        assertEquals(3, last().priceVersion());
    }

    @Test
    void changesAtOnceWhenItIsEditedWhileItIsActive() throws Exception {
        stocked(bookWithPromotion(1, 9000));
        flow.watermark(5000)
                .book(
                        Books.book(2)
                                .rule(
                                        """
                                        {"rule_id":"half","kind":"promotion","percent_off":20,
                                         "scope":{"product_ids":["P"]},"effective_from":3000,"effective_to":9000}"""));
        assertEquals("8.00", price());
        flow.watermark(9000);
        assertEquals("10.00", price());
    }

    @Test
    void pricesALateLevelAsIfItHadComeInTime() throws Exception {
        stocked(bookWithPromotion(1, 5000));
        flow.watermark(7000).stock(Stock.level("P", "W", 30, 4000, 5));
        assertEquals(
                List.of("5.00@4000 inventory", "10.00@5000 schedule"),
                flow.events().stream()
                        .filter(e -> e.stock().quantity() == 30)
                        .map(e -> e.price() + "@" + e.effectiveAt() + " " + e.cause().text())
                        .toList());
    }

    @Test
    void doesNotEndWithABoundedRunThatEndsBefore() throws Exception {
        stocked(bookWithPromotion(1, 5000));
        flow.stock(Stock.level("P", "W", 30, 4000, 5)).end(4000);
        assertEquals("5.00", price());
    }

    @ParameterizedTest
    @ValueSource(strings = {"floor", "ceiling"})
    void alertsWhenALimitIsHitAndNotWhileItLasts(String limit) throws Exception {
        String amount = limit.equals("floor") ? "11.50" : "9.10";
        stocked(
                Books.book(1)
                        .rule(
                                "{\"rule_id\":\"limit\",\"kind\":\"limits\",\"%s\":%s}"
                                        .formatted(limit, amount)));
        assertEquals(amount, price());
        flow.stock(Stock.level("P", "W", 21, 2000, 5));
        List<Alert> hits =
                flow.alerts().stream().filter(a -> a.kind() == Alert.Kind.LIMIT_HIT).toList();
        assertEquals(2, hits.size(), "P and Q, once each");
        assertEquals(limit.toUpperCase(java.util.Locale.ROOT), hits.get(0).details().get("limit"));
        assertEquals(amount, hits.get(0).details().get("price"));
    }

    @Test
    void publishesSegmentPricesAndTheirChanges() throws Exception {
        stocked(
                Books.book(1)
                        .rule(
                                """
                                {"rule_id":"club","kind":"promotion","percent_off":10,"segment":"loyal",
                                 "effective_to":5000}"""));
        assertEquals("{loyal=9.00}", last().segmentPrices().toString());
        flow.watermark(5000);
        assertEquals("{loyal=10.00}", last().segmentPrices().toString());
        assertEquals("10.00", price());
        assertEquals(2, last().priceVersion());
    }

    private String price() {
        return last().price().toPlainString();
    }

    private PricingEvent last() {
        return flow.priceList().get("P|W");
    }
}
