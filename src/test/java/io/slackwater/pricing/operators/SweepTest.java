package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.SweepReport.Stage;
import io.slackwater.pricing.testing.Books;
import io.slackwater.pricing.testing.PricingFlow;
import io.slackwater.pricing.testing.Stock;
import java.math.BigDecimal;
import java.util.List;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a change of the rules re-examines the stock that it touches: slice by slice. */
class SweepTest {

    private static final int PRODUCTS = 20;

    private PricingFlow flow;

    @BeforeEach
    void start() throws Exception {
        flow = stocked(new PricingFlow(PricingFlow.settings(), 1));
    }

    @AfterEach
    void stop() throws Exception {
        flow.close();
    }

    /** Twenty products at 10.00 by book 1, event time 2000. */
    private static PricingFlow stocked(PricingFlow flow) throws Exception {
        flow.book(Books.book(1));
        for (int i = 0; i < PRODUCTS; i++) {
            flow.stock(Stock.level("P" + i, "W", 60, 1000, i));
        }
        return flow.watermark(2000);
    }

    @Test
    void letsStockLevelsThroughBetweenTwoSlices() throws Exception {
        flow.sweepByHand().book(Books.book(2).standardCosts("20"));
        int before = flow.events().size();
        slices(3);
        int swept = flow.events().size() - before;
        assertTrue(swept > 0 && swept < PRODUCTS, "it is under way: " + swept);

        flow.stock(Stock.level("NEW", "W", 1, 2500, 100));
        assertEquals(new BigDecimal("20.00"), flow.priceList().get("NEW|W").price());

        finish();
        assertTrue(allCost("20.00"));
        assertEquals(PRODUCTS, flow.events().size() - before - 1, "each once");
    }

    @Test
    void keepsTheWindowsOpenUntilTheSweepIsOver() throws Exception {
        flow.sweepByHand().book(Books.book(2).standardCosts("20").from(3000L));
        flow.watermark(60_000);
        assertEquals(2000, last(flow.watermarks()));
        finish();
        assertEquals(60_000, last(flow.watermarks()));
        List<PricingEvent> changed =
                flow.events().stream().filter(e -> e.cause() == Cause.SCHEDULE).toList();
        assertEquals(PRODUCTS, changed.size());
        assertTrue(changed.stream().allMatch(e -> e.effectiveAt() == 3000));
        assertEquals(
                PRODUCTS,
                flow.shifts().stream().filter(s -> s.at() == 3000 && s.priceChanges() == 1).count(),
                "a change counts in the window in which it takes effect");
    }

    @Test
    void aNewerBookTakesThePlaceOfAnUnfinishedSweep() throws Exception {
        flow.sweepByHand().book(Books.book(2).standardCosts("20"));
        slices(5);
        // The third book is like the first: what the second changed already must change back.
        flow.book(Books.book(3).rule(productPrice("only-p3", "P3", "7")));
        finish();
        assertEquals(new BigDecimal("7.00"), flow.priceList().get("P3|W").price());
        flow.priceList().remove("P3|W");
        assertTrue(allCost("10.00"));
        assertEquals(1, flow.count("sweepsCancelled"));
        assertEquals(List.of(Stage.CANCELLED), stages(2));
        assertEquals(List.of(Stage.DONE), stages(3));
    }

    @Test
    void aBookOfTheFutureDoesNotStopASweep() throws Exception {
        flow.sweepByHand().book(Books.book(2).standardCosts("20"));
        slices(2);
        flow.book(Books.book(3).standardCosts("30").from(9000L));
        finish();
        assertTrue(allCost("20.00"));
        assertEquals(List.of(Stage.DONE), stages(2));
        flow.watermark(9000);
        finish();
        assertTrue(allCost("30.00"));
        assertEquals(List.of(Stage.DONE), stages(3));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void goesOnAfterARestoreInTheMiddleOfASweep(int subtasks) throws Exception {
        flow.sweepByHand().book(Books.book(2).standardCosts("20"));
        slices(7);
        long done = changed();
        assertTrue(done > 0 && done < PRODUCTS);
        PricingFlow.Snapshot snapshot = flow.snapshot();
        try (PricingFlow restored =
                new PricingFlow(PricingFlow.settings(), subtasks, snapshot, null)) {
            restored.stock(Stock.level("NEW", "W", 1, 2500, 100)).settle();
            long again = restored.events().stream().filter(e -> e.price() != null).count() - 1;
            assertEquals(PRODUCTS - done, again, "nothing is published twice");
            assertEquals(
                    PRODUCTS,
                    restored.sweeps().stream().mapToLong(report -> report.changed()).sum(),
                    "what was changed before the restart counts");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void looksOnlyAtWhatAChangeTouches(boolean rocks) throws Exception {
        StateBackend backend = rocks ? new EmbeddedRocksDBStateBackend() : null;
        try (PricingFlow shop =
                stocked(new PricingFlow(PricingFlow.settings(), 2, null, backend))) {
            for (int i = 0; i < PRODUCTS; i++) {
                String category = i % 5 == 0 ? "garden" : "kitchen";
                shop.catalog("P" + i, new CatalogEntry(null, null, category, 1));
            }
            long examined = shop.count("reexamined");

            shop.book(Books.book(2).rule(productPrice("p3", "P3", "7")));
            assertEquals(examined + 1, shop.count("reexamined"));
            assertEquals(new BigDecimal("7.00"), shop.priceList().get("P3|W").price());

            shop.book(
                    Books.book(3)
                            .rule(productPrice("p3", "P3", "7"))
                            .rule(categoryPrice("garden", "6")));
            assertEquals(examined + 1 + 4, shop.count("reexamined"));
            assertEquals(new BigDecimal("6.00"), shop.priceList().get("P5|W").price());
            assertEquals(new BigDecimal("10.00"), shop.priceList().get("P6|W").price());

            // The index follows the catalog, and is found again after a restart.
            shop.catalog("P6", new CatalogEntry(null, null, "garden", 2));
            shop.catalog("P5", new CatalogEntry(null, null, "kitchen", 2));
            shop.catalog("P10", null);
            PricingFlow.Snapshot snapshot = shop.snapshot();
            try (PricingFlow restored =
                    new PricingFlow(PricingFlow.settings(), 3, snapshot, backend)) {
                examined = restored.count("reexamined");
                restored.book(Books.book(4).rule(categoryPrice("garden", "5")));
                assertEquals(examined + 3 + 1, restored.count("reexamined"), "P0, P6, P15 and P3");
                assertEquals(new BigDecimal("5.00"), restored.priceList().get("P6|W").price());
                assertEquals(new BigDecimal("10.00"), restored.priceList().get("P3|W").price());
                assertFalse(restored.priceList().containsKey("P5|W"));
            }
        }
    }

    @Test
    void aBookThatSaysTheSameTouchesNothing() throws Exception {
        flow.book(Books.book(2));
        assertEquals(PRODUCTS, flow.events().size());
        assertEquals(List.of(Stage.DONE), stages(2));
        assertEquals(0, flow.sweeps().get(flow.sweeps().size() - 1).examined());
    }

    @Test
    void finishesASweepBeforeABoundedRunEnds() throws Exception {
        flow.sweepByHand().book(Books.book(2).standardCosts("20").from(5000L));
        flow.end(6000);
        assertTrue(allCost("20.00"));
        assertEquals(Long.MAX_VALUE, last(flow.watermarks()));
    }

    private static String productPrice(String id, String product, String price) {
        return """
        {"rule_id":"%s","kind":"quantity_bands","scope":{"product_ids":["%s"]},"bands":[{"price":%s}]}"""
                .formatted(id, product, price);
    }

    private static String categoryPrice(String category, String price) {
        return """
        {"rule_id":"%s","kind":"quantity_bands","scope":{"categories":["%s"]},"bands":[{"price":%s}]}"""
                .formatted(category, category, price);
    }

    private void slices(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            assertTrue(flow.slice(0), "there is a slice to go");
        }
    }

    private void finish() throws Exception {
        while (flow.slice(0)) {
            // Until the sweep is over.
        }
    }

    private long changed() {
        return flow.events().stream().filter(e -> e.cause() == Cause.RULE_BOOK).count();
    }

    private boolean allCost(String price) {
        return flow.priceList().values().stream()
                .allMatch(e -> e.price().equals(new BigDecimal(price)));
    }

    private List<Stage> stages(long version) {
        return flow.sweeps().stream()
                .filter(report -> report.version() == version)
                .map(report -> report.stage())
                .toList();
    }

    private static long last(List<Long> times) {
        return times.get(times.size() - 1);
    }
}
