package io.slackwater.pricing.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.slackwater.pricing.model.CatalogEntry;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CatalogHistoryTest {

    private static final long TIME = 1_795_824_000_000L;

    private static final CatalogEntry PREMIUM = new CatalogEntry("premium", null, null, TIME);
    private static final CatalogEntry BASIC = new CatalogEntry("basic", null, null, TIME + 1);

    private final CatalogHistory catalog = new CatalogHistory();
    private long offset;

    @Test
    void knowsTheNewestEntryInWhateverOrderTheyAreRead() {
        assertEquals("A", add(TIME + 1, "{\"product_id\":\"A\",\"price_tier\":\"basic\"}"));
        assertNull(add(TIME, "{\"product_id\":\"A\",\"price_tier\":\"premium\"}"));

        assertEquals(BASIC, catalog.newest("A"));
        assertEquals(Arrays.asList(null, BASIC, PREMIUM, BASIC), catalog.candidates("A"));
    }

    @Test
    void aTombstoneLeavesNoEntry() {
        add(TIME, "{\"product_id\":\"A\",\"price_tier\":\"premium\"}");
        assertEquals("A", add(TIME + 1, null));

        assertNull(catalog.newest("A"));
        assertEquals(Arrays.asList(null, PREMIUM, null, null), catalog.candidates("A"));
    }

    @Test
    void theUpdateTimeOfTheEntryCountsAndNotThatOfTheRecord() {
        add(
                TIME + 9,
                "{\"product_id\":\"A\",\"price_tier\":\"basic\",\"updated_at\":" + TIME + "}");
        add(TIME, "{\"product_id\":\"A\",\"updated_at\":" + (TIME - 1) + "}");

        assertEquals("basic", catalog.newest("A").priceTier());
    }

    @Test
    void leavesOutWhatCannotBeUsed() {
        assertNull(add(TIME, "{"));
        assertNull(add(TIME, "{\"price_tier\":\"basic\"}"));
        assertNull(add(TIME, "{\"product_id\":\"A\",\"updated_at\":\"yesterday\"}"));

        assertNull(catalog.newest("A"));
    }

    private String add(long timestamp, String entry) {
        return catalog.add(0, offset++, timestamp, utf8("A"), entry == null ? null : utf8(entry));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
