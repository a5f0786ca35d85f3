package io.slackwater.pricing.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.rules.PriceSample.Capacity;
import io.slackwater.pricing.rules.PriceSample.Moves;
import io.slackwater.pricing.rules.RuleBook.Rule;
import io.slackwater.pricing.rules.RuleBook.Scope;
import io.slackwater.pricing.testing.Books;
import io.slackwater.pricing.testing.Catalog;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PriceSampleTest {

    private static final long FIRST_SEED = Long.getLong("seed", 1);
    private static final int ENOUGH = 1_000_000;

    // ---------------------------------------------------------------- which products

    @Test
    void hashesAlikeInEveryRelease() {
        assertEquals(0x2a80c0ef561103f3L, PriceSample.hashOf("12345"));
        assertEquals(0x3440ebf058cd285L, PriceSample.hashOf("P-é-日本"));
        Set<Long> hashes = new HashSet<>();
        for (int i = 0; i < 1_000_000; i++) {
            hashes.add(PriceSample.hashOf("SKU-" + i));
        }
        assertEquals(1_000_000, hashes.size());
    }

    @Test
    void spreadsProductsEvenlyHoweverTheyAreNumbered() {
        for (String pattern : List.of("%d", "SKU-%07d", "%d-EU", "%x")) {
            int[] buckets = new int[64];
            for (int i = 0; i < 64_000; i++) {
                buckets[(int) (PriceSample.hashOf(pattern.formatted(i)) >>> 58)]++;
            }
            double chiSquare = 0;
            for (int bucket : buckets) {
                chiSquare += Math.pow(bucket - 1000, 2) / 1000;
            }
            // 63 degrees of freedom: of even spreads one in a hundred thousand is above it.
            assertTrue(chiSquare < 120, pattern + ": chi-square " + chiSquare);
        }
    }

    @Test
    void holdsTheProductsWithTheSmallestHashesWhateverTheOrder() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 200; seed++) {
            Random random = new Random(seed);
            List<String> products = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                products.add("P" + random.nextInt(500));
            }
            List<String> catalog = products.subList(0, random.nextInt(300));
            PriceSample sample = new PriceSample(new Capacity(20, 40, ENOUGH, ENOUGH));
            List<ProductChange> changes = new ArrayList<>();
            products.forEach(product -> changes.add(stock(product, "W", 1)));
            catalog.forEach(product -> changes.add(Catalog.removal(product, 8)));
            Collections.shuffle(changes, random);
            changes.forEach(sample::take);

            List<String> smallest = byHash(products);
            List<String> smallestOfCatalog = byHash(catalog);
            // The bound is the first that did not fit, of the stock or of the catalog.
            long bound = PriceSample.hashOf(smallest.get(20));
            if (smallestOfCatalog.size() > 40) {
                bound = Math.min(bound, PriceSample.hashOf(smallestOfCatalog.get(40)));
            }
            long limit = bound;
            assertEquals(
                    new TreeSet<>(
                            smallest.stream().filter(p -> PriceSample.hashOf(p) < limit).toList()),
                    productsWithStock(sample),
                    "seed " + seed);
            assertEquals(bound, sample.bound(), "seed " + seed);
            assertFalse(sample.isComplete(), "seed " + seed);
        }
    }

    @Test
    void knowsTheCatalogEntryOfEveryProductThatItHolds() {
        PriceSample sample = new PriceSample(new Capacity(50, 20, ENOUGH, ENOUGH));
        List<String> products = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            products.add("P" + i);
            sample.take(stock("P" + i, "W", 1));
        }
        products.forEach(p -> sample.take(Catalog.entry(p, entry("basic", 1))));
        assertEquals(20, productsWithStock(sample).size(), "the catalog fills its room first");
        Moves moves = sample.moves(books(Books.book(1).defaultTier(null)), none(), 5000, 50);
        assertEquals(20, moves.priced(), "without an entry they would be unpriced");
    }

    @Test
    void holdsFewerProductsWhereTheyLieInManyWarehouses() {
        PriceSample sample = new PriceSample(new Capacity(100, 100, 30, ENOUGH));
        for (int product = 0; product < 50; product++) {
            for (int warehouse = 0; warehouse < 7; warehouse++) {
                sample.take(stock("P" + product, "W" + warehouse, 1));
            }
        }
        assertEquals(4, productsWithStock(sample).size());
        assertEquals(
                28,
                sample.changes().stream().mapToInt(each -> each.stockLevels().size()).sum(),
                "each with all its warehouses");
        assertFalse(sample.isComplete());
    }

    @Test
    void doesNotLetOneProductDisplaceTheOthers() {
        PriceSample sample = new PriceSample(new Capacity(100, 100, 100, 10));
        for (int i = 0; i < 1000; i++) {
            sample.take(stock("everywhere", "W" + i, 1));
        }
        for (int i = 0; i < 50; i++) {
            sample.take(stock("P" + i, "W", 1));
        }
        assertEquals(51, productsWithStock(sample).size());
        assertFalse(sample.isComplete());
    }

    @Test
    void neverTakesInAgainWhatItHasTurnedAway() {
        PriceSample sample = new PriceSample(new Capacity(10, 100, ENOUGH, ENOUGH));
        for (int i = 0; i < 100; i++) {
            sample.take(stock("P" + i, "W", 1));
        }
        Set<String> first = productsWithStock(sample);
        first.forEach(p -> sample.take(ProductChange.withdrawal(p, new StockVersion(9000, 0, 9))));
        for (int i = 0; i < 100; i++) {
            if (!first.contains("P" + i)) {
                sample.take(stock("P" + i, "W", 1));
            }
        }
        assertEquals(Set.of(), productsWithStock(sample), "half of what is known misleads");
    }

    // ---------------------------------------------------------------- what is known of them

    @Test
    void keepsTheNewestWhateverTheOrder() {
        List<ProductChange> history = new ArrayList<>();
        history.add(level("P", "W", 1, 1000));
        history.add(level("P", "W", 2, 2000));
        history.add(level("P", "W", 3, 2500));
        history.add(level("P", "V", 4, 1500));
        history.add(ProductChange.withdrawal("P", new StockVersion(1800, 0, 0)));
        history.add(ProductChange.withdrawal("P", new StockVersion(1200, 0, 0)));
        history.add(Catalog.entry("P", entry("basic", 7)));
        history.add(Catalog.entry("P", entry("premium", 5)));
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 100; seed++) {
            Collections.shuffle(history, new Random(seed));
            PriceSample sample = new PriceSample();
            history.forEach(sample::take);
            assertEquals(
                    Set.of(
                            level("P", "W", 3, 2500),
                            ProductChange.withdrawal("P", new StockVersion(1800, 0, 0)),
                            Catalog.entry("P", entry("basic", 7))),
                    Set.copyOf(sample.changes()),
                    "seed " + seed);
        }
    }

    @Test
    void keepsTheLevelsOfTheMessageThatWithdrawsTheOthers() {
        PriceSample sample = new PriceSample();
        sample.take(level("P", "gone", 1, 1000));
        sample.take(level("P", "W", 1, 2000));
        sample.take(ProductChange.withdrawal("P", new StockVersion(2000, 0, 0)));
        assertEquals(1, sample.moves(books(Books.book(1)), none(), 5000, 50).priced());
    }

    @Test
    void forgetsTheEntryOfAProductThatLeftTheCatalog() {
        PriceSample sample = new PriceSample();
        sample.take(stock("P", "W", 1));
        sample.take(Catalog.entry("P", entry("basic", 7)));
        sample.take(Catalog.removal("P", 8));
        Moves moves = sample.moves(books(Books.book(1).defaultTier(null)), none(), 5000, 50);
        assertEquals(0, moves.priced());
    }

    @Test
    void isTheSameAfterARestart() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 100; seed++) {
            Random random = new Random(seed);
            PriceSample sample = new PriceSample();
            for (int i = 0; i < 400; i++) {
                sample.take(any(random));
            }
            PriceSample restored = PriceSample.restored(sample.bound(), sample.isComplete());
            sample.changes().forEach(restored::take);
            for (int i = 0; i < 400; i++) {
                ProductChange change = any(random);
                sample.take(change);
                restored.take(change);
            }
            assertEquals(
                    Set.copyOf(sample.changes()), Set.copyOf(restored.changes()), "seed " + seed);
            assertEquals(sample.isComplete(), restored.isComplete(), "seed " + seed);
        }
    }

    @Test
    void neverCallsItselfCompleteWhereItBeganLate() {
        PriceSample sample = PriceSample.begunLate();
        sample.take(stock("P", "W", 1));
        assertFalse(sample.isComplete());
        assertTrue(new PriceSample().isComplete());
    }

    // ---------------------------------------------------------------- what moves

    @Test
    void countsWhatMovesByMoreThanThePercentage() {
        PriceSample sample = shop(10);
        PriceBooks ten = books(Books.book(1).standardCosts("10.00"));
        assertEquals(0, moved(sample, ten, "15.00"), "50 % is not more than 50 %");
        assertEquals(10, moved(sample, ten, "15.01"));
        assertEquals(0, moved(sample, ten, "5.00"));
        assertEquals(10, moved(sample, ten, "4.99"));
    }

    @Test
    void countsAPriceThatEndsAndNotOneThatBegins() {
        PriceSample sample = shop(10);
        PriceBooks priced = books(Books.book(1));
        PriceBooks unpriced = books(Books.book(2).defaultTier(null));
        assertEquals(new Moves(10, 10, 10, true), sample.moves(priced, unpriced, 5000, 10_000));
        assertEquals(new Moves(10, 10, 10, true), sample.moves(priced, none(), 5000, 10_000));
        assertEquals(new Moves(0, 0, 0, true), sample.moves(unpriced, priced, 5000, 1));
        assertEquals(new Moves(0, 0, 0, true), sample.moves(none(), priced, 5000, 1));
    }

    @Test
    void countsAnotherCurrencyAsAMove() {
        Books euro = Books.book(1).standardCosts("10");
        Books yen = Books.book(2).standardCosts("10").currency("JPY");
        assertEquals(10, shop(10).moves(books(euro), books(yen), 5000, 50).moved());
    }

    @Test
    void pricesALevelThatIsNewerThanTheMomentAsOfItsOwnTime() {
        PriceSample sample = new PriceSample();
        sample.take(level("P", "W", 1, 8000));
        PriceBook now = Books.book(1).standardCosts("10").compile();
        PriceBook later = Books.book(2).standardCosts("100").from(7000L).compile();
        assertEquals(
                1,
                sample.moves(
                                new PriceBooks(List.of(now)),
                                new PriceBooks(List.of(now, later)),
                                0,
                                50)
                        .moved());
    }

    @Test
    void countsAPriceOfWhichOnlyASegmentsMoves() {
        PriceBooks plain = new PriceBooks(List.of(promoted(1, null)));
        PriceBooks loyal = new PriceBooks(List.of(promoted(2, "60")));
        PriceBooks less = new PriceBooks(List.of(promoted(2, "50")));
        assertEquals(10, shop(10).moves(plain, loyal, 5000, 50).moved(), "the loyal pay 60 % less");
        assertEquals(10, shop(10).moves(loyal, plain, 5000, 50).moved(), "and then pay all again");
        assertEquals(0, shop(10).moves(plain, less, 5000, 50).moved());
    }

    // ----------------------------------------------------------------

    private static long moved(PriceSample sample, PriceBooks before, String cost) {
        Moves moves = sample.moves(before, books(Books.book(2).standardCosts(cost)), 5000, 50);
        assertEquals(10, moves.priced());
        return moves.moved();
    }

    private static PriceSample shop(int products) {
        PriceSample sample = new PriceSample();
        for (int i = 0; i < products; i++) {
            sample.take(stock("P" + i, "W", 20));
        }
        return sample;
    }

    private static PriceBook promoted(long version, String percentOff) {
        List<Rule> rules =
                percentOff == null
                        ? List.of()
                        : List.of(
                                new Rule(
                                        "loyal",
                                        Scope.EVERYWHERE,
                                        0,
                                        Period.ALWAYS,
                                        new Promotion(
                                                new BigDecimal(percentOff), null, false, "loyal")));
        return new PriceBook(
                new RuleBook(
                        "default",
                        version,
                        "EUR",
                        0L,
                        null,
                        null,
                        false,
                        "standard",
                        Map.of("standard", new RuleBook.Tier(new BigDecimal("10"))),
                        Map.of(),
                        rules),
                Period.of(0L, null));
    }

    private static PriceBooks books(Books book) {
        return new PriceBooks(List.of(book.compile()));
    }

    private static PriceBooks none() {
        return new PriceBooks(List.of());
    }

    private static ProductChange any(Random random) {
        String product = "P" + random.nextInt(20);
        StockVersion version =
                new StockVersion(random.nextInt(50), random.nextInt(2), random.nextInt(1000));
        return switch (random.nextInt(6)) {
            case 0 -> ProductChange.withdrawal(product, version);
            case 1 -> Catalog.removal(product, 8);
            case 2 -> Catalog.entry(product, entry("basic", random.nextInt(9)));
            default -> level(product, "W" + random.nextInt(3), random.nextInt(9), version);
        };
    }

    private static List<String> byHash(List<String> products) {
        return products.stream()
                .distinct()
                .sorted(Comparator.comparingLong(PriceSample::hashOf))
                .toList();
    }

    private static Set<String> productsWithStock(PriceSample sample) {
        Set<String> products = new TreeSet<>();
        for (ProductChange change : sample.changes()) {
            if (!change.stockLevels().isEmpty()) {
                products.add(change.productId());
            }
        }
        return products;
    }

    private static CatalogEntry entry(String tier, long updatedAt) {
        return new CatalogEntry(tier, null, null, updatedAt);
    }

    private static ProductChange stock(String product, String warehouse, long quantity) {
        return level(product, warehouse, quantity, 1000);
    }

    private static ProductChange level(
            String product, String warehouse, long quantity, long eventTime) {
        return level(product, warehouse, quantity, new StockVersion(eventTime, 0, 0));
    }

    private static ProductChange level(
            String product, String warehouse, long quantity, StockVersion version) {
        return ProductChange.of(
                new StockLevel(product, warehouse, quantity, -1, -1, version, version.eventTime()));
    }
}
