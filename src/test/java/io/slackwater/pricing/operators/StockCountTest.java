package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.testing.Books;
import io.slackwater.pricing.testing.Catalog;
import io.slackwater.pricing.testing.PricingFlow;
import io.slackwater.pricing.testing.Stock;
import java.util.List;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many stock levels there are, and how many of them have no price. */
class StockCountTest {

    private PricingFlow flow;

    @BeforeEach
    void start() throws Exception {
        flow = new PricingFlow(PricingFlow.settings(), 2, null, new EmbeddedRocksDBStateBackend());
    }

    @AfterEach
    void stop() throws Exception {
        flow.close();
    }

    @Test
    void countsStockThatWaitsForABookAsUnpricedUntilItComes() throws Exception {
        flow.stock(Stock.level("A", "W1", 5, 1000, 0)).stock(Stock.level("A", "W2", 5, 1000, 1));
        assertCounts(flow, 2, 2);
        flow.book(Books.book(1));
        assertCounts(flow, 2, 0);
        flow.stock(Stock.level("A", "W1", 6, 2000, 2)).stock(Stock.level("A", "W1", 6, 1500, 3));
        assertCounts(flow, 2, 0);
    }

    @Test
    void followsTheCatalogTheBooksAndDelistings() throws Exception {
        flow.book(Books.book(1)).stock(Stock.level("A", "W", 5, 1000, 0));
        flow.stock(Stock.level("B", "W", 5, 1000, 1));
        flow.catalog("A", new CatalogEntry("unheard-of", null, null, 1));
        assertCounts(flow, 2, 1);
        flow.publish("default", null, 0);
        flow.deliver();
        assertCounts(flow, 2, 2);
        flow.book(Books.book(2));
        assertCounts(flow, 2, 1);
        flow.withdraw("A", new StockVersion(3000, 0, 5));
        assertCounts(flow, 1, 0);
        flow.withdraw("B", new StockVersion(3000, 0, 6));
        assertCounts(flow, 0, 0);
        flow.stock(Stock.level("B", "W", 5, 4000, 7));
        assertCounts(flow, 1, 0);
    }

    @Test
    void countsRightAtEveryParallelismAfterARestart() throws Exception {
        for (int i = 0; i < 40; i++) {
            flow.stock(Stock.level("P" + i, "W", 5, 1000, i));
        }
        flow.book(Books.book(1));
        for (int i = 0; i < 7; i++) {
            flow.catalog("P" + i, new CatalogEntry("unheard-of", null, null, 1));
        }
        PricingFlow.Snapshot snapshot = flow.snapshot();
        long updated = 100;
        for (int subtasks : List.of(5, 1, 3)) {
            try (PricingFlow restored =
                    new PricingFlow(
                            PricingFlow.settings(),
                            subtasks,
                            snapshot,
                            new EmbeddedRocksDBStateBackend())) {
                assertCounts(restored, 40, 7);
                restored.change(Catalog.removal("P3", ++updated))
                        .stock(Stock.level("N" + subtasks, "W", 5, 2000, 99));
                assertCounts(restored, 41, 6);
                snapshot = restored.snapshot();
                restored.withdraw("P3", new StockVersion(3000, 0, 100));
                assertCounts(restored, 40, 6);
            }
            try (PricingFlow again =
                    new PricingFlow(
                            PricingFlow.settings(),
                            2,
                            snapshot,
                            new EmbeddedRocksDBStateBackend())) {
                assertCounts(again, 41, 6);
                again.catalog("P3", new CatalogEntry("unheard-of", null, null, ++updated));
                again.withdraw("N" + subtasks, new StockVersion(3000, 0, 101));
                assertCounts(again, 40, 7);
                snapshot = again.snapshot();
            }
        }
    }

    private static void assertCounts(PricingFlow flow, long levels, long unpriced) {
        assertEquals(levels, flow.count("stockLevels"), "stockLevels");
        assertEquals(unpriced, flow.count("unpricedLevels"), "unpricedLevels");
    }
}
