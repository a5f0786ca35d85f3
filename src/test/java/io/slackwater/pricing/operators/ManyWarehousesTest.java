package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.testing.Books;
import io.slackwater.pricing.testing.PricingFlow;
import io.slackwater.pricing.testing.Stock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A product in so many warehouses that each has an entry of the state to itself is priced as any
 * other; and so is one that is on the way there.
 */
class ManyWarehousesTest {

    private static final int MOST = ProductStock.MOST_WAREHOUSES;

    @ParameterizedTest
    @CsvSource({
        "-1, false",
        "0, false",
        "1, false",
        "6, false",
        "-1, true",
        "0, true",
        "1, true",
        "6, true"
    })
    void makesNoDifference(int above, boolean rocks) throws Exception {
        int warehouses = MOST + above;
        StateBackend backend = rocks ? new EmbeddedRocksDBStateBackend() : null;
        PricingFlow.Snapshot snapshot;
        try (PricingFlow flow = new PricingFlow(PricingFlow.settings(), 2, null, backend)) {
            flow.book(Books.book(1).rule(Books.SCARCITY));
            // In three messages: the last may be what makes it too many.
            tell(flow, 0, 10, 1000);
            flow.catalog("P", new CatalogEntry("premium", null, "toys", 1));
            tell(flow, 10, MOST - 2, 1100);
            tell(flow, MOST - 2, warehouses, 1200);
            tell(flow, 0, warehouses, 1300);
            // An older level changes nothing anywhere.
            tell(flow, 0, warehouses, 1299);
            assertPrices(flow, warehouses, "18.00", 0);
            assertEquals(warehouses, flow.count("superseded"));
            snapshot = flow.snapshot();
        }
        try (PricingFlow flow = new PricingFlow(PricingFlow.settings(), 3, snapshot, backend)) {
            assertEquals(warehouses, flow.count("stockLevels"));
            flow.catalog("P", new CatalogEntry("basic", null, "toys", 2));
            assertPrices(flow, warehouses, "6.00", 1);
            flow.book(
                    Books.book(2)
                            .tiers("\"standard\":{\"base_price\":9},\"basic\":{\"base_price\":6}")
                            .rule(Books.SCARCITY));
            assertPrices(flow, warehouses, "7.20", 2);
            tell(flow, 3, 5, 1400);
            assertEquals(4, flow.priceList().get("P|W3").priceVersion(), "the very same");
            // A complete message that names one warehouse.
            flow.change(ProductChange.of(level(7, 1500)));
            flow.withdraw("P", new StockVersion(1500, 0, 1500));
            assertEquals(1, flow.count("stockLevels"));
            assertNotNull(flow.priceList().get("P|W7").price());
            assertEquals(
                    warehouses - 1,
                    flow.events().stream()
                            .filter(event -> event.outcome() == PricingEvent.Outcome.WITHDRAWN)
                            .count());
        }
    }

    private static void tell(PricingFlow flow, int from, int to, long time) throws Exception {
        List<StockLevel> levels = new ArrayList<>();
        for (int i = from; i < to; i++) {
            levels.add(level(i, time));
        }
        flow.change(ProductChange.stock("P", levels));
    }

    private static StockLevel level(int warehouse, long time) {
        return Stock.level("P", "W" + warehouse, 5, time, time);
    }

    /** Those told of before the first catalog entry came have changed once more. */
    private static void assertPrices(PricingFlow flow, int warehouses, String price, int changes) {
        Map<String, String> expected = new TreeMap<>();
        for (int i = 0; i < warehouses; i++) {
            expected.put("P|W" + i, price + " v" + ((i < 10 ? 2 : 1) + changes));
        }
        Map<String, String> actual = new TreeMap<>();
        flow.priceList()
                .forEach(
                        (key, event) ->
                                actual.put(key, event.price() + " v" + event.priceVersion()));
        assertEquals(expected, actual);
    }
}
