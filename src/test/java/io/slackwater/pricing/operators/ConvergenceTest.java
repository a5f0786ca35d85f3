package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Published;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.RuleBook;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.rules.Price;
import io.slackwater.pricing.rules.PriceBook;
import io.slackwater.pricing.testing.Books;
import io.slackwater.pricing.testing.PricingFlow;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The first promise: whatever the interleaving of the inputs, whatever the parallelism, however
 * often it is restarted, the newest record of every key of the price list is what the rules say of
 * its newest stock level. Each seed is one story; what it must end in, a small model says that
 * knows nothing of the operators: it reads the whole history at once and prices it by brute force.
 *
 * <p>Replay one story: {@code mvn test -Dtest=ConvergenceTest -Dseed=123 -Dseeds=1}.
 */
class ConvergenceTest {

    private static final long FIRST_SEED = Long.getLong("seed", 1);
    private static final long SEEDS = Long.getLong("seeds", 2_000);
    private static final int PRODUCTS = 4;
    private static final int WAREHOUSES = 3;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void endsInWhatTheRulesSayForEveryInterleaving() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            try {
                new Story(seed).play();
            } catch (AssertionError | Exception failure) {
                throw new AssertionError("story of seed " + seed + ": " + failure, failure);
            }
        }
    }

    /** One random history, told once in a random order, with restarts. */
    private static final class Story {
        private final Random random;
        private final long newest = 10_000;

        private final List<ProductChange> inventory = new ArrayList<>();
        private final List<ProductChange> catalog = new ArrayList<>();
        private final List<String> books = new ArrayList<>();

        /** Each partition keeps its order; between them there is none. */
        private final int[] nextInventory = new int[2];

        private final List<List<ProductChange>> partitions =
                List.of(new ArrayList<>(), new ArrayList<>());
        private int nextCatalog;
        private int nextBook;
        private long watermark = Long.MIN_VALUE;

        private PricingFlow flow;
        private final Map<String, PricingEvent> priceList = new HashMap<>();
        private final Map<String, Long> priceVersions = new HashMap<>();
        private final Map<String, PriceBook> compiled = new HashMap<>();
        private long lines;

        Story(long seed) {
            random = new Random(seed);
        }

        void play() throws Exception {
            invent();
            flow = new PricingFlow(PricingFlow.settings(), 1 + random.nextInt(3));
            Checkpoint checkpoint = null;
            try {
                while (nextInventory[0] < partitions.get(0).size()
                        || nextInventory[1] < partitions.get(1).size()
                        || nextCatalog < catalog.size()
                        || nextBook < books.size()) {
                    int dice = random.nextInt(100);
                    if (dice < 2) {
                        checkpoint = commit();
                    } else if (dice < 4 && checkpoint != null) {
                        restart(checkpoint);
                    } else {
                        step();
                    }
                }
                flow.end(newest);
                commit();
                assertConserved();
            } finally {
                flow.close();
            }
            assertEquals(new Model().prices(), published());
        }

        private void invent() {
            for (int offset = 0; offset < 30; offset++) {
                String product = "P" + random.nextInt(PRODUCTS);
                // Few distinct times, so that ties are common.
                long time = offset == 0 ? newest : 1_000 * (1 + random.nextInt(9));
                StockVersion version = new StockVersion(time, random.nextInt(2), offset);
                if (random.nextInt(12) == 0) {
                    inventory.add(ProductChange.withdrawal(product, version));
                } else {
                    int copies = random.nextInt(8) == 0 ? 2 : 1;
                    for (int copy = 0; copy < copies; copy++) {
                        inventory.add(
                                ProductChange.of(
                                        new StockLevel(
                                                product,
                                                "W" + random.nextInt(WAREHOUSES),
                                                random.nextInt(70) - 5,
                                                StockLevel.ABSENT,
                                                random.nextInt(3) == 0
                                                        ? StockLevel.ABSENT
                                                        : random.nextInt(20),
                                                version,
                                                time)));
                    }
                }
            }
            for (ProductChange change : inventory) {
                StockVersion version =
                        change.withdrawal() != null
                                ? change.withdrawal()
                                : change.stockLevel().version();
                partitions.get(version.partition()).add(change);
            }
            for (int i = 0; i < 8; i++) {
                String product = "P" + random.nextInt(PRODUCTS);
                catalog.add(
                        ProductChange.catalog(
                                product,
                                random.nextInt(4) == 0
                                        ? null
                                        : new CatalogEntry(
                                                any("premium", "basic", "gold", null),
                                                random.nextInt(3) == 0
                                                        ? new BigDecimal(random.nextInt(5000) + 1)
                                                                .movePointLeft(2)
                                                        : null,
                                                any("garden", "toys", null),
                                                random.nextInt(5))));
            }
            for (int i = 0; i < 5; i++) {
                int dice = random.nextInt(12);
                if (dice == 0 && i > 0) {
                    books.add(null);
                } else if (dice == 1) {
                    books.add(Books.book(1 + random.nextInt(9)).standardCosts("-3").json());
                } else {
                    books.add(book());
                }
            }
        }

        private String book() {
            long from = 500L * random.nextInt(24);
            Books book =
                    Books.book(1 + random.nextInt(9))
                            .from(from)
                            .to(random.nextInt(4) == 0 ? from + 500 + random.nextInt(4000) : null)
                            .defaultTier(any("standard", "basic", null))
                            .currency(any("EUR", "JPY", "EUR"))
                            .tiers(
                                    "\"premium\":{\"base_price\":%d.%02d},\"standard\":{\"base_price\":%d},\"basic\":{\"base_price\":0.%03d}"
                                            .formatted(
                                                    1 + random.nextInt(90),
                                                    random.nextInt(100),
                                                    1 + random.nextInt(50),
                                                    1 + random.nextInt(900)));
            for (int i = random.nextInt(5); i > 0; i--) {
                List<String> scope = new ArrayList<>();
                if (random.nextInt(3) == 0) {
                    scope.add("\"product_ids\":[\"P0\",\"P" + (1 + random.nextInt(3)) + "\"]");
                }
                if (random.nextInt(3) == 0) {
                    scope.add("\"categories\":[\"" + any("garden", "toys") + "\"]");
                }
                if (random.nextInt(3) == 0) {
                    scope.add("\"tiers\":[\"" + any("premium", "basic", "standard") + "\"]");
                }
                if (random.nextInt(3) == 0) {
                    scope.add("\"warehouse_ids\":[\"W" + random.nextInt(WAREHOUSES) + "\"]");
                }
                book.rule(
                        """
                        {"rule_id":"r%d","kind":"quantity_bands","priority":%d,%s"bands":[
                          {"below":%d,"restocking_over":%d,"multiplier":1.%d},
                          {"below":50,"price":%d.5},
                          {"multiplier":0.%d}]}"""
                                .formatted(
                                        i,
                                        random.nextInt(3),
                                        scope.isEmpty()
                                                ? ""
                                                : "\"scope\":{" + String.join(",", scope) + "},",
                                        1 + random.nextInt(40),
                                        random.nextInt(15),
                                        random.nextInt(99),
                                        random.nextInt(30),
                                        1 + random.nextInt(98)));
            }
            // A book with a rule that another hides is refused: one without is drawn instead.
            return RuleBookReader.read(book.bytes()).book() == null ? book() : book.json();
        }

        @SafeVarargs
        private <T> T any(T... values) {
            return values[random.nextInt(values.length)];
        }

        /** Something happens: each input keeps its own order, and none waits for another. */
        private void step() throws Exception {
            switch (random.nextInt(12)) {
                case 0 -> {
                    if (nextBook < books.size()) {
                        String book = books.get(nextBook++);
                        flow.publish(
                                "default",
                                book == null ? null : book.getBytes(StandardCharsets.UTF_8),
                                0);
                    }
                }
                case 1, 2 -> {
                    if (nextCatalog < catalog.size()) {
                        flow.change(catalog.get(nextCatalog++));
                    }
                }
                case 3 -> {
                    long next = random.nextInt((int) newest);
                    if (next > watermark) {
                        watermark = next;
                        flow.announceWatermark(next);
                    }
                }
                case 4, 5 -> flow.deliver();
                default -> {
                    int partition = random.nextInt(2);
                    List<ProductChange> messages = partitions.get(partition);
                    if (nextInventory[partition] < messages.size()) {
                        ProductChange change = messages.get(nextInventory[partition]++);
                        lines += change.kind() == ProductChange.Kind.STOCK_LEVEL ? 1 : 0;
                        flow.change(change);
                    }
                }
            }
        }

        private record Checkpoint(
                PricingFlow.Snapshot snapshot,
                int[] inventory,
                int catalog,
                int book,
                long lines) {}

        /** A checkpoint: what was emitted before it is committed. */
        private Checkpoint commit() throws Exception {
            PricingFlow.Snapshot snapshot = flow.snapshot();
            for (PricingEvent event : flow.events()) {
                if (event.published() == Published.NOTHING) {
                    continue;
                }
                String key = event.stock().productId() + "|" + event.stock().warehouseId();
                long before = priceVersions.getOrDefault(key, 0L);
                if (event.published() == Published.PRICE) {
                    assertEquals(before + 1, event.priceVersion(), key);
                    assertTrue(event.price().signum() > 0);
                    assertExplained(event);
                }
                priceVersions.put(key, event.priceVersion());
                priceList.put(key, event);
            }
            flow.events().clear();
            return new Checkpoint(snapshot, nextInventory.clone(), nextCatalog, nextBook, lines);
        }

        /** The fourth promise: the row and the book that it names are enough to recompute it. */
        private void assertExplained(PricingEvent event) {
            TraceStep base = event.trace().get(0);
            CatalogEntry told =
                    new CatalogEntry(
                            event.priceTier(),
                            base.source().equals("list_price") ? base.after() : null,
                            base.detail().isEmpty() ? null : base.detail(),
                            0);
            Price again =
                    accepted()
                            .get(event.ruleBook())
                            .price(event.stock(), told, event.effectiveAt());
            assertEquals(event.price(), again.amount(), event::toString);
            assertEquals(event.trace(), again.trace());
        }

        private Map<String, PriceBook> accepted() {
            if (compiled.isEmpty()) {
                long newestVersion = 0;
                for (String text : books) {
                    RuleBook book =
                            text == null
                                    ? null
                                    : RuleBookReader.read(text.getBytes(StandardCharsets.UTF_8))
                                            .book();
                    if (book != null && book.version() > newestVersion) {
                        newestVersion = book.version();
                        compiled.put(
                                book.reference(),
                                new PriceBook(book, book.effectiveFrom(), Long.MAX_VALUE));
                    }
                }
            }
            return compiled;
        }

        /** A failure: what was emitted since the checkpoint is void, and the inputs go back. */
        private void restart(Checkpoint checkpoint) throws Exception {
            flow.close();
            flow =
                    new PricingFlow(
                            PricingFlow.settings(),
                            1 + random.nextInt(3),
                            checkpoint.snapshot,
                            null);
            System.arraycopy(checkpoint.inventory, 0, nextInventory, 0, 2);
            nextCatalog = checkpoint.catalog;
            nextBook = checkpoint.book;
            lines = checkpoint.lines;
            watermark = Long.MIN_VALUE;
        }

        private void assertConserved() {
            assertEquals(
                    lines,
                    flow.count("priced")
                            + flow.count("unchanged")
                            + flow.count("superseded")
                            + flow.count("waiting"),
                    "every line ends in exactly one place");
        }

        private Map<String, String> published() {
            Map<String, String> prices = new TreeMap<>();
            priceList.forEach(
                    (key, event) -> {
                        if (event.published() == Published.PRICE) {
                            prices.put(
                                    key,
                                    event.stock().quantity()
                                            + " "
                                            + event.price()
                                            + " "
                                            + event.currency()
                                            + " "
                                            + event.priceTier());
                        }
                    });
            return prices;
        }

        /** Prices the whole history at once, from the contract, by brute force. */
        private final class Model {

            Map<String, String> prices() throws Exception {
                List<JsonNode> known = new ArrayList<>();
                long highest = 0;
                for (String text : books) {
                    if (text == null) {
                        known.clear();
                        continue;
                    }
                    JsonNode book = JSON.readTree(text);
                    if (book.get("version").asLong() > highest && !text.contains("-3")) {
                        highest = book.get("version").asLong();
                        known.add(book);
                    }
                }
                Map<String, CatalogEntry> entries = new HashMap<>();
                for (ProductChange change : catalog) {
                    CatalogEntry old = entries.get(change.productId());
                    CatalogEntry entry = change.catalogEntry();
                    if (entry == null || old == null || entry.updatedAt() >= old.updatedAt()) {
                        entries.put(change.productId(), entry);
                    }
                }
                Map<String, StockLevel> levels = new LinkedHashMap<>();
                for (ProductChange change : inventory) {
                    StockLevel level = change.stockLevel();
                    if (level != null) {
                        levels.merge(
                                level.productId() + "|" + level.warehouseId(),
                                level,
                                (a, b) -> isBefore(b.version(), a.version()) ? a : b);
                    }
                }
                for (ProductChange change : inventory) {
                    if (change.withdrawal() != null) {
                        levels.values()
                                .removeIf(
                                        level ->
                                                level.productId().equals(change.productId())
                                                        && isBefore(
                                                                level.version(),
                                                                change.withdrawal()));
                    }
                }
                Map<String, String> prices = new TreeMap<>();
                for (Map.Entry<String, StockLevel> entry : levels.entrySet()) {
                    StockLevel level = entry.getValue();
                    JsonNode book = bookAt(known, newest);
                    if (book != null) {
                        String price = price(book, level, entries.get(level.productId()));
                        if (price != null) {
                            prices.put(entry.getKey(), level.quantity() + " " + price);
                        }
                    }
                }
                return prices;
            }

            private boolean isBefore(StockVersion a, StockVersion b) {
                if (a.eventTime() != b.eventTime()) {
                    return a.eventTime() < b.eventTime();
                }
                if (a.partition() != b.partition()) {
                    return a.partition() < b.partition();
                }
                return a.offset() < b.offset();
            }

            private JsonNode bookAt(List<JsonNode> known, long time) {
                JsonNode best = null;
                JsonNode oldest = null;
                for (JsonNode book : known) {
                    long from = book.get("effective_from").asLong();
                    long to = book.path("effective_to").asLong(Long.MAX_VALUE);
                    if (from <= time
                            && time < to
                            && (best == null
                                    || book.get("version").asLong()
                                            > best.get("version").asLong())) {
                        best = book;
                    }
                    if (oldest == null
                            || from < oldest.get("effective_from").asLong()
                            || (from == oldest.get("effective_from").asLong()
                                    && book.get("version").asLong()
                                            > oldest.get("version").asLong())) {
                        oldest = book;
                    }
                }
                boolean olderThanAll =
                        oldest != null && time < oldest.get("effective_from").asLong();
                return best != null ? best : olderThanAll ? oldest : null;
            }

            private String price(JsonNode book, StockLevel level, CatalogEntry catalog) {
                String tier = catalog == null ? null : catalog.priceTier();
                if (tier == null) {
                    tier = book.path("default_tier").asText(null);
                }
                BigDecimal price = catalog == null ? null : catalog.listPrice();
                if (price == null) {
                    JsonNode found = tier == null ? null : book.get("tiers").get(tier);
                    if (found == null) {
                        return null;
                    }
                    price = new BigDecimal(found.get("base_price").asText());
                }
                JsonNode winner = null;
                for (JsonNode rule : book.get("rules")) {
                    if (fits(rule, level, tier, catalog)
                            && (winner == null || beats(rule, winner))) {
                        winner = rule;
                    }
                }
                if (winner != null) {
                    for (JsonNode band : winner.get("bands")) {
                        boolean below =
                                !band.has("below") || level.quantity() < band.get("below").asLong();
                        boolean over =
                                !band.has("restocking_over")
                                        || level.restockingTime()
                                                > band.get("restocking_over").asInt();
                        if (below && over) {
                            price =
                                    band.has("price")
                                            ? new BigDecimal(band.get("price").asText())
                                            : price.multiply(
                                                    new BigDecimal(
                                                            band.get("multiplier").asText()));
                            break;
                        }
                    }
                }
                String currency = book.get("currency").asText();
                price = price.setScale(currency.equals("JPY") ? 0 : 2, RoundingMode.HALF_UP);
                return price.signum() > 0 ? price + " " + currency + " " + tier : null;
            }

            private boolean fits(
                    JsonNode rule, StockLevel level, String tier, CatalogEntry catalog) {
                JsonNode scope = rule.path("scope");
                return names(scope, "product_ids", level.productId())
                        && names(scope, "categories", catalog == null ? null : catalog.category())
                        && names(scope, "tiers", tier)
                        && names(scope, "warehouse_ids", level.warehouseId());
            }

            private boolean names(JsonNode scope, String dimension, String value) {
                if (!scope.has(dimension)) {
                    return true;
                }
                for (JsonNode name : scope.get(dimension)) {
                    if (name.asText().equals(value)) {
                        return true;
                    }
                }
                return false;
            }

            private boolean beats(JsonNode a, JsonNode b) {
                int byThing = Integer.compare(thing(a), thing(b));
                if (byThing != 0) {
                    return byThing > 0;
                }
                boolean inA = a.path("scope").has("warehouse_ids");
                boolean inB = b.path("scope").has("warehouse_ids");
                if (inA != inB) {
                    return inA;
                }
                int byPriority =
                        Integer.compare(a.get("priority").asInt(), b.get("priority").asInt());
                if (byPriority != 0) {
                    return byPriority > 0;
                }
                return a.get("rule_id").asText().compareTo(b.get("rule_id").asText()) < 0;
            }

            private int thing(JsonNode rule) {
                JsonNode scope = rule.path("scope");
                return scope.has("product_ids")
                        ? 3
                        : scope.has("categories") ? 2 : scope.has("tiers") ? 1 : 0;
            }
        }
    }
}
