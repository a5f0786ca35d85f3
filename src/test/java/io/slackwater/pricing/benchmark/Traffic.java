package io.slackwater.pricing.benchmark;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;

/**
 * Inventory messages of some 600 bytes for the end to end benchmark: the same ones for the same
 * seed. Each message has five warehouses of one product, and every quantity differs from the one
 * before of its product and warehouse, so that every stock level is published.
 */
final class Traffic {

    static final int WAREHOUSES_OF_A_MESSAGE = 5;

    /** The book of every run. */
    static final byte[] RULE_BOOK =
            """
            {"book_id":"default","version":1,"currency":"EUR","effective_from":"2025-01-01T00:00:00Z",
             "default_tier":"standard",
             "tiers":{"premium":{"base_price":15.00},"standard":{"base_price":10.00}},
             "rules":[
              {"rule_id":"scarcity","kind":"quantity_bands","bands":[
               {"below":10,"multiplier":1.2},{"below":50,"restocking_over":14,"multiplier":1.1},
               {"below":50,"multiplier":1.0},{"multiplier":0.8}]},
              {"rule_id":"harbour","kind":"quantity_bands","scope":{"warehouse_ids":["WH-107"]},"bands":[
               {"below":20,"price":12.50},{"multiplier":0.9}]}]}
            """
                    .getBytes(StandardCharsets.UTF_8);

    private static final int PRODUCTS = 20_000;
    private static final int WAREHOUSES = 40;
    private static final long MILLIS_BETWEEN_MESSAGES = 10;

    private final Random random;
    private final int[] quantities = new int[PRODUCTS * WAREHOUSES_OF_A_MESSAGE];
    private final StringBuilder text = new StringBuilder(700);
    private long eventTime = Instant.parse("2026-11-20T08:00:00Z").toEpochMilli();
    private int product;

    Traffic(long seed) {
        random = new Random(seed);
    }

    /** The next message. */
    byte[] next() {
        product = random.nextInt(PRODUCTS);
        eventTime += MILLIS_BETWEEN_MESSAGES;
        text.setLength(0);
        text.append("{\"product_id\":\"").append(productId());
        text.append("\",\"name\":\"HANGING LANTERN, WHITE, NO. ").append(product);
        text.append("\",\"event_time\":\"").append(Instant.ofEpochMilli(eventTime));
        text.append("\",\"inventory\":[");
        for (int line = 0; line < WAREHOUSES_OF_A_MESSAGE; line++) {
            int key = product * WAREHOUSES_OF_A_MESSAGE + line;
            // Any quantity below 200 but the one before.
            quantities[key] = (quantities[key] + 1 + random.nextInt(199)) % 200;
            text.append(line == 0 ? "" : ",").append("{\"warehouse_id\":\"WH-");
            text.append(100 + (product + line) % WAREHOUSES);
            text.append("\",\"quantity\":").append(quantities[key]);
            text.append(",\"delivery_time\":").append(1 + random.nextInt(9));
            text.append(",\"restocking_time\":").append(1 + random.nextInt(30)).append('}');
        }
        text.append("],\"physical_characteristics\":{\"weight\":").append(random.nextInt(900));
        text.append(",\"length\":").append(random.nextInt(90));
        text.append(",\"width\":").append(random.nextInt(90));
        text.append(",\"height\":").append(random.nextInt(90)).append("}}");
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The product of the message that came last: its key. */
    String productId() {
        return "P" + (100_000 + product);
    }
}
