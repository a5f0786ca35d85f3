package io.slackwater.pricing.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PriceTagTest {

    private static final PriceTag TEN = tag("10.00", "EUR", Map.of("loyal", "9.00"));

    @Test
    void comparesAmountsAndNotTheirDigits() {
        assertTrue(TEN.sameAs(tag("10", "EUR", Map.of("loyal", "9"))));
        assertFalse(TEN.sameAs(tag("10.01", "EUR", Map.of("loyal", "9"))));
    }

    @Test
    void tellsCurrenciesApart() {
        assertFalse(TEN.sameAs(tag("10.00", "USD", Map.of("loyal", "9.00"))));
    }

    @Test
    void tellsSegmentsApart() {
        assertFalse(TEN.sameAs(tag("10.00", "EUR", Map.of("loyal", "9.01"))));
        assertFalse(TEN.sameAs(tag("10.00", "EUR", Map.of("staff", "9.00"))));
        assertFalse(TEN.sameAs(tag("10.00", "EUR", Map.of())));
        assertFalse(TEN.sameAs(tag("10.00", "EUR", Map.of("loyal", "9", "staff", "8"))));
    }

    @Test
    void differsFromNoPrice() {
        assertFalse(TEN.sameAs(null));
    }

    @Test
    void chargesASegmentWithoutItsOwnPriceLikeEverybody() {
        assertEquals(new BigDecimal("9.00"), TEN.paidBy("loyal"));
        assertEquals(new BigDecimal("10.00"), TEN.paidBy("staff"));
    }

    private static PriceTag tag(String amount, String currency, Map<String, String> segments) {
        Map<String, BigDecimal> prices = new HashMap<>();
        segments.forEach((segment, price) -> prices.put(segment, new BigDecimal(price)));
        return new PriceTag(new BigDecimal(amount), currency, prices);
    }
}
