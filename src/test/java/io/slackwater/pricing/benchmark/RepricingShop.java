package io.slackwater.pricing.benchmark;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.InventoryMessage;
import io.slackwater.pricing.model.Source;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The stock, the catalog and the rule books of {@link RepricingBenchmark}.
 *
 * @param products how many products, in categories of {@value #CATEGORY} and in three tiers
 * @param warehouses how many warehouses have each of them, and so the lines of a message
 */
record RepricingShop(int products, int warehouses) {

    /** The products of a category. */
    static final int CATEGORY = 100;

    /** Rules of the book that concern one category each, as a book has them. */
    private static final int RULES_FOR_OTHERS = 300;

    private static final String[] TIERS = {"premium", "standard", "basic"};

    /** Everything before {@code rules}. */
    private static final String HEAD =
            """
            {"book_id":"default","version":%d,"currency":"EUR","effective_from":"2000-01-01T00:00:00Z",
             "default_tier":"standard",
             "tiers":{"premium":{"base_price":15.00},"standard":{"base_price":10.00},
                      "basic":{"base_price":5.00}},
             "rules":[%s]}""";

    private static final String BANDS =
            "{\"rule_id\":\"%s\",\"kind\":\"quantity_bands\"%s,\"bands\":[{\"below\":10,\"multiplier\":%s},"
                    + "{\"below\":50,\"multiplier\":%s},{\"multiplier\":%s}]}";

    /** One change of the rules, as a manager would make it. */
    enum Change {
        ALL("every price changes"),
        NONE("every price is touched, none changes"),
        NAMED("100 products, by id"),
        CATEGORY_OF_100("one category of 100 products"),
        BEGINS("a promotion begins: every price changes");

        final String title;

        Change(String title) {
            this.title = title;
        }
    }

    int pairs() {
        return products * warehouses;
    }

    String productId(int product) {
        return "P%07d".formatted(product);
    }

    private String category(int product) {
        return "category-%05d".formatted(product / CATEGORY);
    }

    CatalogEntry entry(int product, long updatedAt) {
        return new CatalogEntry(TIERS[product % TIERS.length], null, category(product), updatedAt);
    }

    /**
     * What is said of a product: another quantity each time, so that every line is published.
     *
     * @param number counts the messages of a reader
     */
    InventoryMessage message(int product, int reader, long number, long eventTime) {
        StockVersion version = new StockVersion(eventTime, reader, number);
        String id = productId(product);
        List<StockLevel> levels = new ArrayList<>(warehouses);
        for (int line = 0; line < warehouses; line++) {
            int warehouse = 100 + (product + line) % 40;
            levels.add(
                    new StockLevel(
                            id,
                            "WH-" + warehouse,
                            (number * 7 + line) % 1_000,
                            3,
                            7,
                            version,
                            eventTime));
        }
        return new InventoryMessage(
                new Source("inventory_raw", reader, number, eventTime),
                id,
                version,
                InventoryMessage.Kind.PARTIAL,
                levels,
                List.of(),
                levels.size());
    }

    /** The same as JSON. */
    byte[] json(InventoryMessage message) {
        StringBuilder text = new StringBuilder(500);
        text.append("{\"product_id\":\"").append(message.productId());
        text.append("\",\"name\":\"HANGING LANTERN, WHITE\",\"event_time\":");
        text.append(message.version().eventTime()).append(",\"inventory\":[");
        String comma = "";
        for (StockLevel level : message.stockLevels()) {
            text.append(comma).append("{\"warehouse_id\":\"").append(level.warehouseId());
            text.append("\",\"quantity\":").append(level.quantity());
            text.append(",\"delivery_time\":3,\"restocking_time\":7}");
            comma = ",";
        }
        return text.append("]}").toString().getBytes(StandardCharsets.UTF_8);
    }

    byte[] json(int product, CatalogEntry entry) {
        return "{\"product_id\":\"%s\",\"price_tier\":\"%s\",\"category\":\"%s\",\"updated_at\":%d}"
                .formatted(
                        productId(product), entry.priceTier(), entry.category(), entry.updatedAt())
                .getBytes(StandardCharsets.UTF_8);
    }

    /** The first book. */
    byte[] book() {
        return book(1, 0, List.of());
    }

    /**
     * The book with one change more than the one before: all changes until this one are in it.
     *
     * @param from since when the promotion of {@link Change#BEGINS} holds, epoch milliseconds
     */
    byte[] book(Change change, long from) {
        List<Change> changes = List.of(Change.values()).subList(0, change.ordinal() + 1);
        return book(version(change), from, changes);
    }

    static long version(Change change) {
        return change.ordinal() + 2;
    }

    private byte[] book(long version, long from, List<Change> changes) {
        List<String> rules = new ArrayList<>();
        rules.add(
                changes.contains(Change.ALL)
                        ? BANDS.formatted("scarcity", "", "1.3", "1.05", "0.85")
                        : BANDS.formatted("scarcity", "", "1.2", "1.0", "0.8"));
        for (int i = 0; i < RULES_FOR_OTHERS; i++) {
            String scope = scope("categories", List.of("elsewhere-" + i));
            rules.add(BANDS.formatted("other-" + i, scope, "1.2", "1.1", "0.95"));
        }
        if (changes.contains(Change.NONE)) {
            rules.add(
                    "{\"rule_id\":\"sane\",\"kind\":\"limits\",\"floor\":0.10,\"ceiling\":9999.00}");
        }
        if (changes.contains(Change.NAMED)) {
            // Spread over all of them.
            List<String> ids =
                    IntStream.range(0, 100).mapToObj(i -> productId(i * (products / 100))).toList();
            rules.add(BANDS.formatted("named", scope("product_ids", ids), "2.2", "2.1", "2"));
        }
        if (changes.contains(Change.CATEGORY_OF_100)) {
            List<String> categories = List.of(category(products / 2));
            rules.add(
                    BANDS.formatted("season", scope("categories", categories), "3.2", "3.1", "3"));
        }
        if (changes.contains(Change.BEGINS)) {
            rules.add(
                    "{\"rule_id\":\"sale\",\"kind\":\"promotion\",\"percent_off\":10,\"effective_from\":%d}"
                            .formatted(from));
        }
        return HEAD.formatted(version, String.join(",\n", rules)).getBytes(StandardCharsets.UTF_8);
    }

    private static String scope(String dimension, List<String> names) {
        return ",\"scope\":{\"%s\":[%s]}"
                .formatted(
                        dimension,
                        names.stream()
                                .map(name -> '"' + name + '"')
                                .collect(Collectors.joining(",")));
    }
}
