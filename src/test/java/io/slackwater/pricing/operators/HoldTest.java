package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.model.TraceStep.Step;
import io.slackwater.pricing.testing.Books;
import io.slackwater.pricing.testing.PricingFlow;
import io.slackwater.pricing.testing.Stock;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A price that was changed a short while ago stays, and what is due comes by itself. */
class HoldTest {

    private static final String HOLD = "{\"rule_id\":\"calm\",\"kind\":\"hold\",\"min_seconds\":5}";

    private PricingFlow flow;

    /** 10.00 for 20 pieces since 1000, by a book with a hold of 5 seconds. */
    @BeforeEach
    void start() throws Exception {
        flow = new PricingFlow(PricingFlow.settings(), 2);
        flow.book(Books.book(1).rule(Books.SCARCITY).rule(HOLD))
                .stock(Stock.of(20))
                .watermark(1500);
    }

    @AfterEach
    void stop() throws Exception {
        flow.close();
    }

    @Test
    void keepsThePriceAndPublishesTheQuantity() throws Exception {
        flow.stock(Stock.level("P", "W", 5, 2000, 1));
        PricingEvent kept = last();
        assertEquals("10.00", kept.price().toPlainString());
        assertEquals(5, kept.stock().quantity());
        assertEquals(2, kept.priceVersion());
        TraceStep step = kept.trace().get(kept.trace().size() - 1);
        assertEquals(
                TraceStep.of(
                        Step.HOLD,
                        "calm",
                        "until 1970-01-01T00:00:06.000Z",
                        new BigDecimal("12.00"),
                        new BigDecimal("10.00"),
                        ""),
                step);
        assertEquals(1, flow.count("held"));
        assertEquals(0, priceChanges());
    }

    @Test
    void releasesByItselfInASilentNight() throws Exception {
        flow.stock(Stock.level("P", "W", 5, 2000, 1)).watermark(5999);
        assertEquals("10.00", last().price().toPlainString());
        flow.watermark(6000);
        PricingEvent released = last();
        assertEquals("12.00", released.price().toPlainString());
        assertEquals("10.00", released.previousPrice().toPlainString());
        assertEquals(6000, released.effectiveAt());
        assertEquals(Cause.SCHEDULE, released.cause());
        assertEquals(3, released.priceVersion());
        assertEquals(1, priceChanges());
    }

    @Test
    void countsFromTheLastChangeAndNotFromTheFirstOneKept() throws Exception {
        flow.stock(Stock.level("P", "W", 5, 2000, 1))
                .stock(Stock.level("P", "W", 70, 4000, 2))
                .watermark(6000);
        assertEquals("8.00", last().price().toPlainString());
        assertEquals(6000, last().effectiveAt());
        assertEquals(3, last().priceVersion() - 1, "two quantities, then one price");
    }

    @Test
    void releasesAtTheEndOfABoundedRunWhatIsOverByThen() throws Exception {
        flow.book(Books.book(2).rule(HOLD).from(3000L).standardCosts("20")).end(6000);
        assertEquals("20.00", price());
        assertEquals(6000, last().effectiveAt());
    }

    @Test
    void keepsAtTheEndOfABoundedRunWhatIsNotOverByThen() throws Exception {
        flow.book(Books.book(2).rule(HOLD).from(3000L).standardCosts("20")).end(5999);
        assertEquals("10.00", price());
    }

    @Test
    void publishesNothingWhereTheDuePriceCameBack() throws Exception {
        flow.stock(Stock.level("P", "W", 5, 2000, 1)).stock(Stock.level("P", "W", 20, 3000, 2));
        int events = flow.events().size();
        flow.watermark(60_000);
        assertEquals(events, flow.events().size());
        assertEquals("10.00", last().price().toPlainString());
    }

    @Test
    void changesAtOnceWhenTheLastChangeIsLongAgo() throws Exception {
        flow.stock(Stock.level("P", "W", 5, 6000, 1));
        assertEquals("12.00", last().price().toPlainString());
        flow.stock(Stock.level("P", "W", 20, 10_999, 2));
        assertEquals("12.00", last().price().toPlainString());
    }

    @Test
    void catchesUpWithAHoldThatALateLevelMissed() throws Exception {
        // The boundary, which touches another product only, makes known what time it is.
        flow.book(
                        Books.book(2)
                                .rule(Books.SCARCITY)
                                .rule(HOLD)
                                .rule(
                                        """
                                        {"rule_id":"q","kind":"regional","multiplier":2,"scope":{"product_ids":["Q"]},
                                         "effective_from":9000}"""))
                .watermark(9500)
                .stock(Stock.level("P", "W", 5, 2000, 1));
        assertEquals("12.00", price());
        assertEquals(6000, last().effectiveAt());
        assertEquals(3, last().priceVersion());
    }

    @Test
    void keepsAPriceThatChangedAfterALateLevel() throws Exception {
        flow.book(Books.book(2).rule(Books.SCARCITY).rule(HOLD).from(9000L).standardCosts("11"))
                .watermark(9500)
                .stock(Stock.level("P", "W", 5, 2000, 1));
        assertEquals("11.00", price());
        flow.watermark(14_000);
        assertEquals("13.20", price());
        assertEquals(14_000, last().effectiveAt());
    }

    @Test
    void holdsAgainstANewBookToo() throws Exception {
        flow.book(Books.book(2).rule(Books.SCARCITY).rule(HOLD).standardCosts("20"));
        assertEquals("10.00", price());
        flow.watermark(6000);
        assertEquals("20.00", price());
        assertEquals("default@2", last().ruleBook());
    }

    @Test
    void isOverWhenTheRuleIsTakenBack() throws Exception {
        flow.stock(Stock.level("P", "W", 5, 2000, 1)).watermark(2500);
        flow.book(Books.book(2).rule(Books.SCARCITY));
        assertEquals("12.00", price());
        int events = flow.events().size();
        flow.watermark(60_000);
        assertEquals(events, flow.events().size());
    }

    @Test
    void neverKeepsAnAmountInAnotherCurrency() throws Exception {
        flow.book(Books.book(2).rule(Books.SCARCITY).rule(HOLD).currency("USD"));
        assertEquals("USD", last().currency());
    }

    @Test
    void neverKeepsAPriceThatIsNoneAnyMore() throws Exception {
        flow.book(Books.book(2).rule(HOLD).defaultTier(null));
        assertEquals(null, last().price());
    }

    @Test
    void doesNotReleaseAfterTheEndOfABoundedRun() throws Exception {
        flow.stock(Stock.level("P", "W", 5, 2000, 1)).end(2000);
        assertEquals("10.00", price());
    }

    @Test
    void releasesWhatTheEndOfABoundedRunHasPassed() throws Exception {
        flow.stock(Stock.level("P", "W", 5, 2000, 1))
                .stock(Stock.level("Q", "W", 5, 7000, 2))
                .end(7000);
        assertEquals("12.00", flow.priceList().get("P|W").price().toPlainString());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void releasesAfterARestart(int subtasks) throws Exception {
        flow.stock(Stock.level("P", "W", 5, 2000, 1)).watermark(2500);
        PricingFlow.Snapshot snapshot = flow.snapshot();
        try (PricingFlow restored =
                new PricingFlow(PricingFlow.settings(), subtasks, snapshot, null)) {
            restored.watermark(600_000);
            PricingEvent released = restored.events().get(0);
            assertEquals("12.00", released.price().toPlainString());
            assertEquals(6000, released.effectiveAt());
            assertEquals(List.of(released), restored.events());
        }
    }

    private String price() {
        return last().price().toPlainString();
    }

    private PricingEvent last() {
        return flow.priceList().get("P|W");
    }

    private long priceChanges() {
        return flow.shifts().stream().mapToLong(shift -> shift.priceChanges()).sum();
    }
}
