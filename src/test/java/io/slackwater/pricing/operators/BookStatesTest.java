package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.testing.Books;
import io.slackwater.pricing.testing.PricingFlow;
import io.slackwater.pricing.testing.Stock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which version of the book decides, and what is told of each, at every moment. */
class BookStatesTest {

    private PricingFlow flow;

    /** Version 1 decides; 20 pieces cost 10.00 since 1000. */
    @BeforeEach
    void start() throws Exception {
        flow = new PricingFlow(PricingFlow.settings(), 2);
        begin();
    }

    private void begin() throws Exception {
        flow.book(Books.book(1).standardCosts("10.00")).stock(Stock.of(20)).watermark(1500);
        flow.statuses().clear();
    }

    private void keeping(int versions) throws Exception {
        flow.close();
        flow = new PricingFlow(keptVersions(versions), 2);
        begin();
    }

    @AfterEach
    void stop() throws Exception {
        flow.close();
    }

    // ---------------------------------------------------------------- what is forgotten

    @Test
    void keepsTheBookInForceHoweverOftenALaterOneIsCorrected() throws Exception {
        for (int version = 2; version <= 45; version++) {
            flow.book(Books.book(version).from(9000L).standardCosts("7.%02d".formatted(version)));
        }
        flow.stock(Stock.level("P", "W", 21, 2000, 1)).watermark(8999);
        assertPrice("10.00", "default@1");
        flow.watermark(9000);
        assertPrice("7.45", "default@45");
        assertEquals("45 ACTIVE by 45", told().get(told().size() - 1));
    }

    @Test
    void keepsItAlsoWhereOneVersionIsToBeKept() throws Exception {
        keeping(1);
        flow.book(Books.book(2).from(9000L).standardCosts("7.00"));
        flow.book(Books.book(3).from(9000L).standardCosts("6.00"));
        flow.stock(Stock.level("P", "W", 21, 2000, 1));
        assertPrice("10.00", "default@1");
        flow.watermark(9000);
        assertPrice("6.00", "default@3");
    }

    @Test
    void saysThatAForgottenVersionWasOvertaken() throws Exception {
        keeping(2);
        flow.book(Books.book(2).from(9000L)).book(Books.book(3).from(9000L));
        assertEquals(List.of("2 SCHEDULED by 1", "2 OVERTAKEN by 3", "3 SCHEDULED by 1"), told());
    }

    @Test
    void refusesABookForWhichTooManyWouldHaveToBeKept() throws Exception {
        keeping(3);
        flow.book(Books.book(2).from(3000L).to(4000L));
        flow.book(Books.book(3).from(5000L).to(6000L));
        flow.book(Books.book(4).from(7000L).to(8000L));
        assertEquals(List.of("2 SCHEDULED by 1", "3 SCHEDULED by 1", "4 REJECTED by 1"), told());
        RuleStatus.Reason reason = flow.statuses().get(2).reasons().get(0);
        assertEquals("TOO_MANY_VERSIONS", reason.reason());
        assertTrue(reason.message().contains("allowed: 3 (pricing.kept.versions)"));
        // Once the first weekend is over there is room again.
        flow.watermark(4500).book(Books.book(4).from(7000L).to(8000L));
        assertEquals("4 SCHEDULED by 1", told().get(told().size() - 1));
    }

    @Test
    void keepsTheBookThatDecidesAgainAfterDozensOfWeekends() throws Exception {
        for (int i = 0; i < 30; i++) {
            long from = 2000 + 100L * i;
            flow.book(Books.book(2 + i).from(from).to(from + 50).standardCosts("8.00"));
            flow.watermark(from);
            assertPrice("8.00", "default@" + (2 + i));
            flow.watermark(from + 50);
            assertPrice("10.00", "default@1");
        }
    }

    // ---------------------------------------------------------------- what is told

    @Test
    void neverCallsABookActiveThatANewerOneOvertakes() throws Exception {
        flow.book(Books.book(2).from(5000L).to(8000L).standardCosts("5.00"));
        flow.book(Books.book(3).from(1500L).standardCosts("11.00"));
        flow.watermark(5000).watermark(9000);
        assertEquals(List.of("2 SCHEDULED by 1", "3 ACTIVE by 3", "2 OVERTAKEN by 3"), told());
        assertPrice("11.00", "default@3");
    }

    @Test
    void saysWhatDecidesAfterABookHasEnded() throws Exception {
        flow.book(Books.book(2).from(3000L).to(4000L).standardCosts("9.00"));
        flow.watermark(3000).watermark(4000);
        assertEquals(
                List.of("2 SCHEDULED by 1", "2 ACTIVE by 2", "2 ENDED by 1", "1 ACTIVE by 1"),
                told());
        assertEquals(4000, flow.statuses().get(3).effectiveFrom());
        assertPrice("10.00", "default@1");
    }

    @Test
    void saysThatNothingDecidesAfterTheLastBookHasEnded() throws Exception {
        flow.close();
        flow = new PricingFlow(PricingFlow.settings(), 2);
        flow.book(Books.book(1).to(3000L)).stock(Stock.of(20)).watermark(3000);
        assertEquals(List.of("1 ACTIVE by 1", "1 ENDED by null"), told());
        assertNull(flow.priceList().get("P|W").price());
    }

    @Test
    void saysThatOneBookEndsWhereAnotherBegins() throws Exception {
        flow.book(Books.book(2).from(3000L).to(4000L)).book(Books.book(3).from(4000L));
        flow.watermark(9000);
        assertEquals(
                List.of("2 ACTIVE by 2", "2 ENDED by 3", "3 ACTIVE by 3"), told().subList(2, 5));
    }

    @Test
    void refusesABookWhoseTimeIsOverWhenItComes() throws Exception {
        flow.publish("default", Books.book(2).from(100L).to(900L).bytes(), 1600);
        assertEquals(List.of("2 REJECTED by 1"), told());
        assertEquals("BOOK_IS_OVER", flow.statuses().get(0).reasons().get(0).reason());
        flow.deliver().book(Books.book(2).standardCosts("9.00"));
        assertPrice("9.00", "default@2");
    }

    @Test
    void refusesItAlsoBeforeTheFirstInventoryMessage() throws Exception {
        flow.close();
        flow = new PricingFlow(PricingFlow.settings(), 2);
        flow.publish("default", Books.book(2).from(100L).to(900L).bytes(), 1600);
        assertEquals(List.of("2 REJECTED by null"), told());
    }

    @Test
    void refusesABookThatEndsBeforeTheRecordThatItBeginsWithAlsoInABoundedRun() throws Exception {
        flow.close();
        flow = new PricingFlow(PricingFlow.settings().forHistory(), 2);
        flow.publish("default", Books.book(2).from(null).to(4000L).bytes(), 8000);
        assertEquals(List.of("2 REJECTED by null"), told());
        assertEquals("BOOK_IS_OVER", flow.statuses().get(0).reasons().get(0).reason());
    }

    @Test
    void forgetsNoVersionBeforeEventTimeIsKnown() throws Exception {
        flow.close();
        flow = new PricingFlow(keptVersions(2), 2);
        // A start without state reads all books before the first stock level.
        for (long version = 1; version <= 6; version++) {
            Books book = Books.book(version).from(1000 * version).standardCosts(version + ".00");
            flow.publish("default", book.bytes(), 1000 * version);
        }
        flow.deliver().stock(Stock.level("P", "W", 20, 1500, 0)).watermark(1500);
        assertPrice("1.00", "default@1");
        flow.watermark(4000);
        assertPrice("4.00", "default@4");
        flow.publish("default", Books.book(7).from(7000L).standardCosts("7.00").bytes(), 6500);
        flow.deliver().watermark(5500);
        assertPrice("5.00", "default@5");
        flow.watermark(7000);
        assertPrice("7.00", "default@7");
    }

    @Test
    void takesABookThatWasNotOverWhenItWasPublishedForHistory() throws Exception {
        // A start without state reads it again from the topic.
        flow.publish("default", Books.book(2).from(100L).to(900L).bytes(), 200);
        assertEquals(List.of("2 ENDED by 1"), told());
    }

    @Test
    void knowsNoTimeThatIsOverInABoundedRun() throws Exception {
        flow.close();
        flow = new PricingFlow(PricingFlow.settings().forHistory(), 2);
        flow.publish("default", Books.book(2).from(100L).to(5000L).bytes(), 9_999_999);
        flow.deliver().stock(Stock.of(20));
        assertEquals(State.ACTIVE, flow.statuses().get(0).state());
        assertEquals("default@2", flow.priceList().get("P|W").ruleBook());
    }

    @Test
    void refusesATimestampThatIsNoTimeInPlaceOfABegin() throws Exception {
        long microseconds = 1_795_000_000_000_000L;
        flow.publish("default", Books.book(2).from(null).bytes(), microseconds);
        assertEquals(List.of("2 REJECTED by 1"), told());
        assertEquals("RECORD_TIMESTAMP_INVALID", flow.statuses().get(0).reasons().get(0).reason());
        flow.publish("default", Books.book(2).from(1500L).bytes(), microseconds);
        assertEquals("2 ACTIVE by 2", told().get(1), "a begin of its own needs no timestamp");
    }

    // ---------------------------------------------------------------- retirement

    @Test
    void staysUnpricedAfterARetirementUntilALaterBookBegins() throws Exception {
        retire();
        assertNull(flow.priceList().get("P|W").price());
        flow.book(Books.book(2).from(5000L).standardCosts("7.00"));
        flow.stock(Stock.level("P", "W", 21, 2000, 1)).watermark(4999);
        assertNull(flow.priceList().get("P|W").price());
        PricingFlow.Snapshot snapshot = flow.snapshot();
        flow.close();
        flow = new PricingFlow(PricingFlow.settings(), 1, snapshot, null);
        flow.stock(Stock.level("P", "W", 22, 4000, 2));
        assertTrue(flow.events().stream().allMatch(event -> event.price() == null));
        flow.watermark(5000);
        assertPrice("7.00", "default@2");
    }

    @Test
    void tellsTheRetirementOfEveryVersionThatWouldHaveDecided() throws Exception {
        flow.book(Books.book(2).from(5000L)).book(Books.book(3).from(7000L));
        flow.statuses().clear();
        retire();
        assertEquals(
                List.of("1 RETIRED by null", "2 RETIRED by null", "3 RETIRED by null"), told());
        flow.statuses().clear();
        flow.watermark(9000);
        assertEquals(List.of(), told());
    }

    private void retire() throws Exception {
        flow.publish("default", null, 1500);
        flow.deliver();
    }

    // ---------------------------------------------------------------- restarts

    @Test
    void ignoresInSilenceWhatAStartTellsAgain() throws Exception {
        flow.publishAgain("default", Books.book(1).bytes(), 0);
        assertEquals(List.of(), told());
    }

    @Test
    void tellsTheSameAfterARestart() throws Exception {
        flow.book(Books.book(2).from(3000L).to(4000L)).book(Books.book(3).from(3500L).to(6000L));
        PricingFlow.Snapshot snapshot = flow.snapshot();
        flow.close();
        flow = new PricingFlow(PricingFlow.settings(), 3, snapshot, null);
        flow.watermark(3000).watermark(3500).watermark(4000).watermark(6000);
        assertEquals(
                List.of("2 ACTIVE by 2", "3 ACTIVE by 3", "3 ENDED by 1", "1 ACTIVE by 1"), told());
    }

    private void assertPrice(String price, String book) {
        assertEquals(price, flow.priceList().get("P|W").price().toPlainString());
        assertEquals(book, flow.priceList().get("P|W").ruleBook());
    }

    private List<String> told() {
        List<String> told = new ArrayList<>();
        for (RuleStatus status : flow.statuses()) {
            told.add(status.version() + " " + status.state() + " by " + status.deciding());
        }
        return told;
    }

    private static Settings.Pricing keptVersions(int versions) {
        Settings.Pricing usual = PricingFlow.settings();
        return new Settings.Pricing(
                usual.book(),
                versions,
                usual.publish(),
                usual.window(),
                usual.lowStock(),
                usual.priceJumpPercent(),
                usual.breakerSharePercent(),
                usual.breakerMovePercent(),
                true);
    }
}
