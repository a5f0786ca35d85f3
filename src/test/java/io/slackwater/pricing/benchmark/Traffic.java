package io.slackwater.pricing.benchmark;

import io.slackwater.pricing.model.CatalogEntry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Inventory messages of some 600 bytes for the end to end benchmarks: the same ones for the same
 * seed. Each message has five warehouses of one product, and every quantity differs from the one
 * before of its product and warehouse, so that every stock level is published. Each product comes
 * once, and then at random.
 *
 * <p>The rules are so simple that a contestant written in an afternoon knows them too: the base
 * price of the product's tier, x 1.2 below 10 pieces, x 0.8 from 50 on.
 */
final class Traffic {

    static final int WAREHOUSES_OF_A_MESSAGE = 5;
    static final int USUAL_PRODUCTS = 20_000;

    /** With more the tiers would not fit into one message. */
    private static final int MOST_PRODUCTS = 4_000_000;

    private static final int WAREHOUSES = 40;

    /** Every so manieth product is of the tier that is not the default. */
    private static final int PREMIUM = 100;

    private static final long MILLIS_BETWEEN_MESSAGES = 10;

    private final Random random;
    private final int products;
    private final int[] quantities;
    private final int[] lines = new int[WAREHOUSES_OF_A_MESSAGE];
    private final StringBuilder text = new StringBuilder(700);
    private long eventTime = Instant.parse("2025-11-20T08:00:00Z").toEpochMilli();
    private int product = -1;
    private boolean allCame;

    /**
     * @param products from 1 to 4 million
     */
    Traffic(long seed, int products) {
        if (products < 1 || products > MOST_PRODUCTS) {
            throw new IllegalArgumentException(products + " products");
        }
        this.random = new Random(seed);
        this.products = products;
        this.quantities = new int[products * WAREHOUSES_OF_A_MESSAGE];
    }

    /** Returns the next message. */
    byte[] next() {
        allCame = allCame || product + 1 == products;
        product = allCame ? random.nextInt(products) : product + 1;
        for (int line = 0; line < lines.length; line++) {
            int key = product * WAREHOUSES_OF_A_MESSAGE + line;
            // Any quantity below 200 but the one before.
            quantities[key] = (quantities[key] + 1 + random.nextInt(199)) % 200;
            lines[line] = quantities[key];
        }
        eventTime += MILLIS_BETWEEN_MESSAGES;
        return message(eventTime);
    }

    /**
     * Returns the next message with the same quantity in all lines, by which its prices are found
     * again.
     *
     * @param moment when it happens, epoch milliseconds
     */
    byte[] next(long moment, int quantity) {
        product = random.nextInt(products);
        Arrays.fill(lines, quantity);
        return message(moment);
    }

    private byte[] message(long moment) {
        text.setLength(0);
        text.append("{\"product_id\":\"").append(productId(product));
        text.append("\",\"name\":\"HANGING LANTERN, WHITE, NO. ").append(product);
        text.append("\",\"event_time\":\"").append(Instant.ofEpochMilli(moment));
        text.append("\",\"inventory\":[");
        for (int line = 0; line < WAREHOUSES_OF_A_MESSAGE; line++) {
            text.append(line == 0 ? "" : ",").append("{\"warehouse_id\":\"WH-");
            text.append(warehouse(product, line));
            text.append("\",\"quantity\":").append(lines[line]);
            text.append(",\"delivery_time\":").append(1 + random.nextInt(9));
            text.append(",\"restocking_time\":").append(1 + random.nextInt(30)).append('}');
        }
        text.append("],\"physical_characteristics\":{\"weight\":").append(random.nextInt(900));
        text.append(",\"length\":").append(random.nextInt(90));
        text.append(",\"width\":").append(random.nextInt(90));
        text.append(",\"height\":").append(random.nextInt(90)).append("}}");
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    int products() {
        return products;
    }

    /** Returns the number of the product of the newest message, from 0. */
    int product() {
        return product;
    }

    /** Returns what the newest message says of a line, from 0 to 4. */
    int quantity(int line) {
        return lines[line];
    }

    /** Returns the product's id, which is also the key of its messages: always nine characters. */
    static String productId(int product) {
        return "P" + (10_000_000 + product);
    }

    /** Returns the number of the product of an id. */
    static int productOf(String productId) {
        return Integer.parseInt(productId, 1, productId.length(), 10) - 10_000_000;
    }

    private static int warehouse(int product, int line) {
        return 100 + (product + line) % WAREHOUSES;
    }

    /**
     * Returns the number of a key, {@code product * 5 + line}.
     *
     * @param product from 0
     * @param warehouse the number in its id, such as 117
     */
    static int keyOf(int product, int warehouse) {
        int line = Math.floorMod(warehouse - 100 - product, WAREHOUSES);
        return product * WAREHOUSES_OF_A_MESSAGE + line;
    }

    static boolean isPremium(int product) {
        return product % PREMIUM == 0;
    }

    /** Returns what the rules say, in cents. */
    static int cents(int product, int quantity) {
        int base = isPremium(product) ? 1_500 : 1_000;
        return quantity < 10 ? base * 12 / 10 : quantity < 50 ? base : base * 8 / 10;
    }

    /** Returns what the catalog knows of a product; null: nothing. */
    static CatalogEntry catalogEntry(int product) {
        return isPremium(product) ? new CatalogEntry("premium", null, null, 0) : null;
    }

    /** Returns the message on {@code product_catalog}; null: there is none. */
    static byte[] catalogMessage(int product) {
        return isPremium(product)
                ? ("{\"product_id\":\""
                                + productId(product)
                                + "\",\"price_tier\":\"premium\",\"updated_at\":\"2025-01-01T00:00:00Z\"}")
                        .getBytes(StandardCharsets.UTF_8)
                : null;
    }

    /**
     * Returns the rule book. It also says the tiers of the catalog, {@code assignments}, for
     * contestants that read no catalog.
     */
    static byte[] ruleBook(int products) {
        String assignments =
                IntStream.range(0, products)
                        .filter(Traffic::isPremium)
                        .mapToObj(product -> '"' + productId(product) + "\":\"premium\"")
                        .collect(Collectors.joining(","));
        return """
            {"book_id":"default","version":1,"currency":"EUR","effective_from":"2025-01-01T00:00:00Z",
             "default_tier":"standard",
             "tiers":{"premium":{"base_price":15.00},"standard":{"base_price":10.00}},
             "rules":[
              {"rule_id":"scarcity","kind":"quantity_bands","bands":[
               {"below":10,"multiplier":1.2},{"below":50,"multiplier":1.0},{"multiplier":0.8}]}],
             "assignments":{%s}}
            """
                .formatted(assignments)
                .getBytes(StandardCharsets.UTF_8);
    }
}
