package io.slackwater.pricing.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.Map;

/** The rule book as a contestant of an afternoon reads it. Flink may take it for a POJO. */
public final class TierBook {

    private static final BigDecimal SCARCE = new BigDecimal("1.2");
    private static final BigDecimal PLENTY = new BigDecimal("0.8");

    public String defaultTier;
    public Map<String, BigDecimal> basePrices = new HashMap<>();
    public Map<String, String> assignments = new HashMap<>();

    /** Reads the message on {@code pricing_rules}. */
    static TierBook read(byte[] message) {
        try {
            JsonNode json = new ObjectMapper().readTree(message);
            TierBook book = new TierBook();
            book.defaultTier = json.get("default_tier").asText();
            json.get("tiers")
                    .properties()
                    .forEach(
                            tier ->
                                    book.basePrices.put(
                                            tier.getKey(),
                                            new BigDecimal(
                                                    tier.getValue().get("base_price").asText())));
            json.get("assignments")
                    .properties()
                    .forEach(each -> book.assignments.put(each.getKey(), each.getValue().asText()));
            return book;
        } catch (IOException e) {
            throw new IllegalArgumentException("not a rule book", e);
        }
    }

    String tier(String productId) {
        return assignments.getOrDefault(productId, defaultTier);
    }

    BigDecimal price(String tier, long quantity) {
        BigDecimal base = basePrices.get(tier);
        BigDecimal price =
                quantity < 10
                        ? base.multiply(SCARCE)
                        : quantity < 50 ? base : base.multiply(PLENTY);
        return price.setScale(2, RoundingMode.HALF_UP);
    }
}
