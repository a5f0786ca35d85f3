package io.slackwater.pricing.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.demo.ContractPrice.Amounts;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AuditedKeyTest {

    private final AuditedKey key = new AuditedKey("A", "W");

    @Test
    void itsNewestLevelIsTheOneWithTheNewestEventTime() {
        assertTrue(key.add(level(10, 5), 0));
        assertFalse(key.add(level(9, 6), 1));
        assertEquals(5, key.newest().level().quantity());
    }

    @Test
    void theLevelBeforeIsTheNewestAgainWhenTheNewestIsRefused() {
        key.add(level(9, 6), 0);
        key.add(level(10, 5), 1);

        assertFalse(key.remove(level(8, 0).version()));
        assertTrue(key.remove(level(10, 5).version()));
        assertEquals(6, key.newest().level().quantity());
        assertTrue(key.remove(level(9, 6).version()));
        assertNull(key.newest());
    }

    @Test
    void theFirstLevelThatChangedTheQuantityIsTheFirstUnpriced() {
        key.add(level(1, 5), 100);
        assertEquals(100, key.firstUnpriced().readAt());

        key.price(price(1, 5, "8.00", 1));
        key.add(level(2, 5), 200);
        key.add(level(3, 4), 300);
        key.add(level(4, 3), 400);
        assertEquals(300, key.firstUnpriced().readAt());
    }

    @Test
    void itsPriceChangesWithItsAmountsOnly() {
        key.price(price(1, 5, "8.00", 1));
        key.price(price(2, 4, "8.00", 2));
        assertEquals(1, key.changedAt());
        key.price(price(3, 4, "9.00", 3));
        assertEquals(3, key.changedAt());
        key.withdraw();
        key.price(price(4, 4, "9.00", 4));
        assertEquals(4, key.changedAt());
    }

    private static StockLevel level(long eventTime, long quantity) {
        return new StockLevel("A", "W", quantity, -1, -1, new StockVersion(eventTime, 0, 0), 0);
    }

    private static PriceRecord price(long version, long quantity, String price, long time) {
        return new PriceRecord(
                version,
                quantity,
                "standard",
                new Amounts(new BigDecimal(price), "EUR", Map.of()),
                time,
                time,
                "default@1");
    }
}
