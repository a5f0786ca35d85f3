package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Outcome;
import io.slackwater.pricing.model.PricingEvent.Published;
import io.slackwater.pricing.model.StockShift;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.model.SweepReport;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.testing.Books;
import io.slackwater.pricing.testing.PricingFlow;
import io.slackwater.pricing.testing.Stock;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ApplyPricingRulesTest {

    private static final Books V1 = Books.book(1).rule(Books.SCARCITY);

    private PricingFlow flow;

    @BeforeEach
    void start() throws Exception {
        flow = new PricingFlow(PricingFlow.settings(), 2);
    }

    @AfterEach
    void stop() throws Exception {
        flow.close();
    }

    @Test
    void pricesAStockLevelByTheBookThatHolds() throws Exception {
        flow.book(V1).stock(Stock.of(5));
        PricingEvent event = only(flow.events());
        assertEquals(new BigDecimal("12.00"), event.price());
        assertEquals("default@1", event.ruleBook());
        assertEquals("EUR", event.currency());
        assertEquals("standard", event.priceTier());
        assertEquals(1, event.priceVersion());
        assertNull(event.previousPrice());
        assertEquals(Cause.INVENTORY, event.cause());
        assertEquals(1000, event.effectiveAt());
        assertEquals(Published.PRICE, event.published());
    }

    @Test
    void letsStockWaitForTheFirstBook() throws Exception {
        flow.stock(Stock.of(5)).stock(Stock.level("P", "W", 60, 2000, 1));
        assertTrue(flow.events().isEmpty());
        assertTrue(flow.alerts().stream().noneMatch(a -> a.kind() == Alert.Kind.UNPRICED));
        assertEquals(2, flow.count("waiting"));
        flow.book(V1);
        PricingEvent event = only(flow.events());
        assertEquals(new BigDecimal("8.00"), event.price());
        assertEquals(Cause.RULE_BOOK, event.cause());
        assertEquals(2000, event.effectiveAt());
    }

    @Test
    void releasesWaitingStockIntoTheWindowOfItsOwnEventTime() throws Exception {
        // Broadcast elements carry the rules' time; the level counts where it belongs.
        flow.stock(Stock.level("P", "W", 60, 5000, 0)).book(V1);
        StockShift release = flow.shifts().get(1);
        assertEquals(5000, release.at());
        assertEquals(new BigDecimal("8.00"), release.updatePrice());
        assertEquals(0, release.updates(), "it was counted when it came");
    }

    @Test
    void neverLetsAnOlderLevelOverwriteANewerOne() throws Exception {
        flow.book(V1)
                .stock(Stock.level("P", "W", 60, 2000, 0))
                .stock(Stock.level("P", "W", 5, 1999, 1));
        assertEquals(new BigDecimal("8.00"), flow.priceList().get("P|W").price());
        PricingEvent late = flow.events().get(1);
        assertEquals(Outcome.SUPERSEDED, late.outcome());
        assertEquals(Published.NOTHING, late.published());
        assertEquals(1, flow.count("superseded"));
        assertEquals(1, flow.count("priced"));
    }

    @Test
    void breaksEqualEventTimesByTheHigherOffset() throws Exception {
        flow.book(V1)
                .stock(Stock.level("P", "W", 5, 1000, 8))
                .stock(Stock.level("P", "W", 60, 1000, 7));
        assertEquals(5, flow.priceList().get("P|W").stock().quantity());
        flow.stock(Stock.level("P", "W", 60, 1000, 9));
        assertEquals(60, flow.priceList().get("P|W").stock().quantity());
    }

    @Test
    void changesNothingWhenTheSameMessageComesTwice() throws Exception {
        flow.book(V1).stock(Stock.level("P", "W", 5, 1000, 0));
        int events = flow.events().size();
        int shifts = flow.shifts().size();
        flow.stock(Stock.level("P", "W", 5, 1000, 1));
        assertEquals(events, flow.events().size());
        assertEquals(shifts, flow.shifts().size());
        assertEquals(1, flow.count("unchanged"));
        assertEquals(1, flow.priceList().get("P|W").priceVersion());
    }

    @Test
    void recordsButDoesNotPublishALevelThatChangesNothing() throws Exception {
        flow.book(V1)
                .stock(Stock.level("P", "W", 5, 1000, 0))
                .stock(Stock.level("P", "W", 5, 2000, 1));
        PricingEvent second = flow.events().get(1);
        assertEquals(Published.NOTHING, second.published());
        assertEquals(Outcome.PRICED, second.outcome());
        assertEquals(1, second.priceVersion());
        assertEquals(1, flow.count("unchanged"));
    }

    @Test
    void publishesEveryNewestLevelWhereTheSettingSaysAll() throws Exception {
        try (PricingFlow all = new PricingFlow(PricingFlow.settings(Settings.Publish.ALL), 1)) {
            all.book(V1)
                    .stock(Stock.level("P", "W", 5, 1000, 0))
                    .stock(Stock.level("P", "W", 5, 2000, 1));
            assertEquals(2, all.priceList().get("P|W").priceVersion());
            assertEquals(2, all.count("priced"));
        }
    }

    @Test
    void publishesAChangedQuantityAtTheSamePriceWithoutCallingItAPriceChange() throws Exception {
        flow.book(V1)
                .stock(Stock.level("P", "W", 60, 1000, 0))
                .stock(Stock.level("P", "W", 61, 2000, 1));
        assertEquals(2, flow.priceList().get("P|W").priceVersion());
        assertEquals(0, flow.shifts().get(1).priceChanges());
        flow.stock(Stock.level("P", "W", 5, 3000, 2));
        assertEquals(1, flow.shifts().get(2).priceChanges());
    }

    @Test
    void doesNotCallTenAndTenPointZeroAPriceChange() throws Exception {
        flow.book(Books.book(1).standardCosts("10"))
                .stock(Stock.of(5))
                .book(Books.book(2).standardCosts("10.0000"));
        assertEquals(1, flow.priceList().get("P|W").priceVersion());
    }

    @Test
    void repricesIdleStockWhenANewBookComes() throws Exception {
        flow.book(V1).stock(Stock.of(5)).watermark(5000).book(Books.book(2).standardCosts("20"));
        PricingEvent event = flow.priceList().get("P|W");
        assertEquals(new BigDecimal("20.00"), event.price());
        assertEquals(new BigDecimal("12.00"), event.previousPrice());
        assertEquals(Cause.RULE_BOOK, event.cause());
        assertEquals(5000, event.effectiveAt(), "as of the event time reached");
        assertEquals(1000, event.stock().version().eventTime());
    }

    @Test
    void ignoresStaleAndRefusedBooks() throws Exception {
        flow.book(Books.book(5).standardCosts("5")).stock(Stock.of(5));
        flow.book(Books.book(5).standardCosts("6"))
                .book(Books.book(4).standardCosts("7"))
                .book(Books.book(6).standardCosts("-1"))
                .book(Books.book(7).id("other").standardCosts("9"));
        assertEquals(new BigDecimal("5.00"), flow.priceList().get("P|W").price());
        flow.book(Books.book(6).standardCosts("8"));
        assertEquals(new BigDecimal("8.00"), flow.priceList().get("P|W").price());
    }

    @Test
    void pricesByAFutureBookFromItsFirstMillisecondOn() throws Exception {
        flow.book(Books.book(1).standardCosts("10").from(0L))
                .book(Books.book(2).standardCosts("20").from(5000L))
                .stock(Stock.level("A", "W", 1, 4999, 0))
                .stock(Stock.level("B", "W", 1, 5000, 1));
        assertEquals(new BigDecimal("10.00"), flow.priceList().get("A|W").price());
        assertEquals(new BigDecimal("20.00"), flow.priceList().get("B|W").price());
        flow.watermark(4999);
        assertEquals(new BigDecimal("10.00"), flow.priceList().get("A|W").price());
        flow.watermark(5000);
        PricingEvent begun = flow.priceList().get("A|W");
        assertEquals(new BigDecimal("20.00"), begun.price());
        assertEquals(Cause.SCHEDULE, begun.cause());
        assertEquals(5000, begun.effectiveAt());
    }

    @Test
    void returnsToTheBookBeforeWhenABookEnds() throws Exception {
        flow.book(Books.book(1).standardCosts("10").from(0L))
                .book(Books.book(2).standardCosts("7").from(2000L).to(3000L))
                .stock(Stock.level("P", "W", 1, 1000, 0))
                .watermark(2500);
        assertEquals(new BigDecimal("7.00"), flow.priceList().get("P|W").price());
        flow.watermark(3500);
        PricingEvent ended = flow.priceList().get("P|W");
        assertEquals(new BigDecimal("10.00"), ended.price());
        assertEquals(3000, ended.effectiveAt());
    }

    @Test
    void pricesALateLevelAsOfItsOwnTimeAndThenAsOfEveryMomentThatPassedSince() throws Exception {
        flow.book(Books.book(1).standardCosts("10").from(0L))
                .book(Books.book(2).standardCosts("20").from(2000L))
                .book(Books.book(3).standardCosts("30").from(3000L))
                .watermark(4000)
                .stock(Stock.level("P", "W", 1, 1000, 0));
        assertEquals(
                List.of("10.00@1000", "20.00@2000", "30.00@3000"),
                flow.events().stream().map(e -> e.price() + "@" + e.effectiveAt()).toList());
    }

    @Test
    void pricesHistoryByTheOldestBook() throws Exception {
        flow.book(Books.book(3).standardCosts("3").from(50_000L))
                .stock(Stock.level("P", "W", 1, 1000, 0));
        assertEquals(new BigDecimal("3.00"), flow.priceList().get("P|W").price());
    }

    @Test
    void doesNotFireTheYearsToComeAtTheEndOfABoundedRun() throws Exception {
        flow.book(Books.book(1).standardCosts("10").from(0L))
                .book(Books.book(2).standardCosts("20").from(5000L))
                .book(Books.book(3).standardCosts("30").from(4_000_000_000_000L))
                .stock(Stock.level("P", "W", 1, 4000, 0))
                .end(6000);
        assertEquals(new BigDecimal("20.00"), flow.priceList().get("P|W").price());
    }

    @Test
    void repricesWhenTheCatalogComesLate() throws Exception {
        flow.book(V1)
                .stock(Stock.of(5))
                .catalog("P", new CatalogEntry("premium", null, null, 2000));
        PricingEvent event = flow.priceList().get("P|W");
        assertEquals(new BigDecimal("18.00"), event.price());
        assertEquals("premium", event.priceTier());
        assertEquals(Cause.CATALOG, event.cause());
        flow.catalog("P", new CatalogEntry("basic", null, null, 1999));
        assertEquals("premium", flow.priceList().get("P|W").priceTier(), "newest updated_at wins");
        flow.catalog("P", null);
        assertEquals("standard", flow.priceList().get("P|W").priceTier(), "the default again");
    }

    @Test
    void withdrawsEveryPriceOfADelistedProduct() throws Exception {
        flow.book(V1)
                .stock(Stock.level("P", "W1", 5, 1000, 0))
                .stock(Stock.level("P", "W2", 5, 1000, 1))
                .withdraw("P", new StockVersion(2000, 0, 2));
        for (String key : List.of("P|W1", "P|W2")) {
            PricingEvent last = flow.priceList().get(key);
            assertEquals(Published.TOMBSTONE, last.published());
            assertNull(last.price());
        }
        assertEquals(2, flow.count("withdrawn"));
        StockShift shift = flow.shifts().get(3);
        assertNull(shift.after(), "its stock counts no more");
    }

    @Test
    void doesNotResurrectADelistedProductByALevelFromBefore() throws Exception {
        flow.book(V1)
                .withdraw("P", new StockVersion(2000, 0, 2))
                .stock(Stock.level("P", "never heard of", 5, 1999, 0));
        assertTrue(flow.priceList().isEmpty());
        assertEquals(1, flow.count("superseded"));
    }

    @Test
    void goesOnCountingPriceVersionsWhenAProductComesBack() throws Exception {
        flow.book(V1)
                .stock(Stock.level("P", "W", 5, 1000, 0))
                .withdraw("P", new StockVersion(2000, 0, 1))
                .stock(Stock.level("P", "W", 5, 3000, 2));
        PricingEvent back = flow.priceList().get("P|W");
        assertEquals(2, back.priceVersion());
        assertNull(back.previousPrice());
    }

    @Test
    void withdrawsOnlyTheWarehousesThatACompleteMessageDoesNotName() throws Exception {
        StockVersion message = new StockVersion(2000, 0, 5);
        flow.book(V1)
                .stock(Stock.level("P", "gone", 5, 1000, 0))
                .stock(Stock.level("P", "stays", 6, 2000, 5))
                .withdraw("P", message);
        assertEquals(Published.TOMBSTONE, flow.priceList().get("P|gone").published());
        assertEquals(Published.PRICE, flow.priceList().get("P|stays").published());
    }

    @Test
    void leavesEverythingUnpricedWhenTheBookIsRetired() throws Exception {
        flow.book(V1).stock(Stock.of(60));
        flow.publish("default", null, 0);
        flow.deliver();
        PricingEvent last = flow.priceList().get("P|W");
        assertEquals(Published.TOMBSTONE, last.published());
        assertEquals(Cause.RULE_BOOK, last.cause());
        assertEquals(1, alerts(Alert.Kind.UNPRICED));
        flow.stock(Stock.level("P", "W", 70, 2000, 1));
        assertEquals(1, alerts(Alert.Kind.UNPRICED), "told when it begins, not while it lasts");
        flow.book(Books.book(2).standardCosts("4"));
        assertEquals(new BigDecimal("4.00"), flow.priceList().get("P|W").price());
        assertEquals(2, flow.priceList().get("P|W").priceVersion());
    }

    @Test
    void alertsWhereNoTierIsKnownInsteadOfGuessing() throws Exception {
        flow.book(Books.book(1).defaultTier(null)).stock(Stock.of(60));
        assertTrue(flow.priceList().isEmpty());
        assertEquals(1, alerts(Alert.Kind.UNPRICED));
        assertEquals(1, flow.count("waiting"));
        flow.catalog("P", new CatalogEntry("basic", null, null, 1));
        assertEquals(new BigDecimal("5.00"), flow.priceList().get("P|W").price());
    }

    @Test
    void alertsWhenAConditionBeginsAndNotWhileItLasts() throws Exception {
        flow.book(V1);
        long[] quantities = {60, 9, 8, 0, 0, -3, -4, 5, 60, 59};
        for (int i = 0; i < quantities.length; i++) {
            flow.stock(Stock.level("P", "W", quantities[i], 1000 + i, i));
        }
        assertEquals(
                List.of(
                        Alert.Kind.LOW_STOCK,
                        Alert.Kind.OUT_OF_STOCK,
                        Alert.Kind.OVERSOLD,
                        Alert.Kind.BACK_IN_STOCK,
                        Alert.Kind.LOW_STOCK),
                flow.alerts().stream()
                        .map(Alert::kind)
                        .filter(kind -> kind != Alert.Kind.PRICE_JUMP)
                        .toList());
    }

    @Test
    void alertsAPriceJumpBothWays() throws Exception {
        flow.book(Books.book(1).standardCosts("100"))
                .stock(Stock.of(60))
                .book(Books.book(2).standardCosts("130"))
                .book(Books.book(3).standardCosts("170"))
                .book(Books.book(4).standardCosts("0.50"));
        List<Map<String, String>> jumps =
                flow.alerts().stream()
                        .filter(a -> a.kind() == Alert.Kind.PRICE_JUMP)
                        .map(Alert::details)
                        .toList();
        assertEquals(2, jumps.size(), "30 % is not above 30 %");
        assertEquals("30.8", jumps.get(0).get("change_percent"));
        assertEquals("-99.7", jumps.get(1).get("change_percent"));
    }

    @Test
    void keepsALateLevelOutOfClosedWindowsButNotOutOfTheStock() throws Exception {
        flow.book(V1).watermark(5000).stock(Stock.level("P", "W", 60, 1000, 0));
        StockShift shift = only(flow.shifts());
        assertEquals(5001, shift.at(), "the first moment still open");
        assertEquals(0, shift.updates());
        assertNull(shift.updatePrice());
        assertEquals(60, shift.after().quantity());
        assertEquals(1, flow.count("lateForWindow"));
    }

    @Test
    void reportsASweepFromEverySubtaskWithWhatItChanged() throws Exception {
        flow.book(V1);
        for (int i = 0; i < 10; i++) {
            flow.stock(Stock.level("P" + i, "W", i, 1000, i));
        }
        flow.book(Books.book(2).standardCosts("12"));
        List<SweepReport> second =
                flow.sweeps().stream().filter(report -> report.version() == 2).toList();
        assertEquals(2, second.size());
        assertEquals(10, second.stream().mapToLong(SweepReport::examined).sum());
        // Below ten pieces 10.00 x 1.2 was 12.00 already.
        assertEquals(0, second.stream().mapToLong(SweepReport::changed).sum());
    }

    @Test
    void goesOnAfterARestoreInTheMiddleAtAnotherParallelism() throws Exception {
        flow.book(Books.book(1).standardCosts("10").from(0L))
                .book(Books.book(2).standardCosts("20").from(9000L));
        for (int i = 0; i < 50; i++) {
            flow.stock(Stock.level("P" + i, "W", 60, 1000, i));
        }
        flow.watermark(3000);
        PricingFlow.Snapshot snapshot = flow.snapshot();
        for (int subtasks : new int[] {1, 3}) {
            try (PricingFlow restored =
                    new PricingFlow(PricingFlow.settings(), subtasks, snapshot, null)) {
                assertEquals(50, restored.count("priced"), "the tally is part of the state");
                restored.stock(Stock.level("P7", "W", 61, 2000, 100));
                assertEquals(2, restored.priceList().get("P7|W").priceVersion());
                assertEquals(new BigDecimal("10.00"), restored.priceList().get("P7|W").price());
                // The clock was asleep through the moment: the schedule is part of the state.
                restored.watermark(20_000);
                assertEquals(50, restored.priceList().size());
                assertTrue(
                        restored.priceList().values().stream()
                                .allMatch(e -> e.price().equals(new BigDecimal("20.00"))));
            }
        }
    }

    @Test
    void doesTheSameOnRocksDb() throws Exception {
        try (PricingFlow rocks =
                new PricingFlow(
                        PricingFlow.settings(), 2, null, new EmbeddedRocksDBStateBackend())) {
            rocks.stock(Stock.level("P", "W1", 5, 1000, 0))
                    .stock(Stock.level("P", "W2", 60, 1000, 1))
                    .book(V1)
                    .catalog("P", new CatalogEntry("premium", null, null, 1))
                    .book(
                            Books.book(2)
                                    .rule(Books.SCARCITY)
                                    .tiers(
                                            "\"premium\":{\"base_price\":30},\"standard\":{\"base_price\":1}"))
                    .withdraw("P", new StockVersion(2000, 0, 2))
                    .stock(Stock.level("P", "W2", 60, 3000, 3));
            assertEquals(Published.TOMBSTONE, rocks.priceList().get("P|W1").published());
            assertEquals(new BigDecimal("24.00"), rocks.priceList().get("P|W2").price());
            assertEquals(4, rocks.priceList().get("P|W2").priceVersion());
        }
    }

    private long alerts(Alert.Kind kind) {
        return flow.alerts().stream().filter(alert -> alert.kind() == kind).count();
    }

    private static <T> T only(List<T> list) {
        assertEquals(1, list.size(), list::toString);
        return list.get(0);
    }
}
