package io.slackwater.pricing.operators;

import io.slackwater.pricing.demo.ContractModel;
import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.rules.PriceBook;
import io.slackwater.pricing.rules.RuleBook;
import io.slackwater.pricing.testing.RandomBooks;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * What stands on the topics in one {@link Story}: inventory and catalog on two partitions each, the
 * books on one. Invented from a seed, before anything is told.
 */
final class StoryScript {

    /** Everything is told by then. */
    static final long LAST_TIME = 10_000;

    /** So much later, no boundary is ahead and no hold lasts. */
    static final long QUIET_TIME = 40_000;

    static final long GRID = RandomBooks.GRID;

    /** A message of {@code pricing_rules}; a null document retires the book. */
    record PublishedBook(
            String document, long timestamp, PriceBook engine, ContractModel.Book model) {

        static PublishedBook of(String document, long timestamp) {
            if (document == null) {
                return new PublishedBook(null, timestamp, null, null);
            }
            RuleBook read = RandomBooks.read(document);
            ContractModel.Book model = ContractModel.book(document, timestamp);
            PriceBook engine =
                    read == null ? null : new PriceBook(read, new Period(model.from(), model.to()));
            return new PublishedBook(document, timestamp, engine, model);
        }

        /** Whether it can be accepted at all. */
        boolean isValid() {
            return engine != null;
        }

        byte[] bytes() {
            return document == null ? null : document.getBytes(StandardCharsets.UTF_8);
        }
    }

    /** A message of {@code product_catalog}; a null entry is a tombstone. */
    record CatalogMessage(String product, CatalogEntry entry, StockVersion version) {

        ProductChange change() {
            return ProductChange.catalog(product, entry, version);
        }
    }

    private final Random random;
    final boolean bounded;
    final long end;
    final int keptVersions;

    /** Each partition keeps its order; between them there is none. */
    final List<List<ProductChange>> inventory = List.of(new ArrayList<>(), new ArrayList<>());

    final List<List<CatalogMessage>> catalog = List.of(new ArrayList<>(), new ArrayList<>());
    private final List<String> documents = new ArrayList<>();
    private final List<PublishedBook> published = new ArrayList<>();

    /** When any book or rule begins or ends. */
    final Set<Long> scheduled = new HashSet<>();

    StoryScript(Random random) {
        this.random = random;
        bounded = random.nextBoolean();
        boolean quiet = random.nextBoolean();
        long early = bounded ? LAST_TIME : LAST_TIME - GRID * random.nextInt(8);
        end = quiet ? QUIET_TIME : early;
        keptVersions = any(List.of(1, 2, 3, 20, 20));
        inventInventory();
        inventCatalog();
        inventBooks();
    }

    // ---------------------------------------------------------------- inventory

    private void inventInventory() {
        int messages = 10 + random.nextInt(12);
        for (int offset = 0; offset < messages; offset++) {
            String product = any(RandomBooks.PRODUCTS);
            // Few distinct times, so that ties are common, with each other and with boundaries.
            long time = GRID * (1 + random.nextInt((int) (LAST_TIME / GRID) - 1));
            if (random.nextInt(4) == 0) {
                time += random.nextInt(3) - 1;
            }
            if (offset == 0 && bounded) {
                time = end; // A bounded run ends at the newest time that it read.
            }
            StockVersion version = new StockVersion(time, random.nextInt(2), offset);
            List<ProductChange> message = message(product, version);
            List<ProductChange> partition = inventory.get(version.partition());
            partition.addAll(message);
            if (random.nextInt(8) == 0) {
                partition.addAll(message); // Delivered twice.
            } else if (random.nextInt(8) == 0) {
                // Sent twice: the very same, said later.
                partition.addAll(resent(message, new StockVersion(time, version.partition(), 99)));
            }
        }
    }

    private List<ProductChange> message(String product, StockVersion version) {
        List<ProductChange> message = new ArrayList<>();
        int kind = random.nextInt(12);
        if (kind == 0) {
            message.add(ProductChange.delisting(product, version));
        } else if (kind == 1) {
            // A complete message: it withdraws what it does not name.
            message.add(ProductChange.withdrawal(product, version));
        }
        List<StockLevel> levels = new ArrayList<>();
        if (kind > 0) {
            for (String warehouse : RandomBooks.WAREHOUSES) {
                if (random.nextInt(3) != 0) {
                    continue;
                }
                levels.add(
                        new StockLevel(
                                product,
                                warehouse,
                                random.nextInt(4) == 0 ? 5 : random.nextInt(70) - 5,
                                StockLevel.ABSENT,
                                random.nextInt(3) == 0 ? StockLevel.ABSENT : random.nextInt(20),
                                version,
                                version.eventTime()));
            }
        }
        if (!levels.isEmpty()) {
            message.add(ProductChange.stock(product, levels));
        }
        return message;
    }

    private static List<ProductChange> resent(List<ProductChange> message, StockVersion version) {
        List<ProductChange> again = new ArrayList<>();
        for (ProductChange change : message) {
            again.add(
                    switch (change.kind()) {
                        case DELISTING -> ProductChange.delisting(change.productId(), version);
                        case WITHDRAWAL -> ProductChange.withdrawal(change.productId(), version);
                        default ->
                                ProductChange.stock(
                                        change.productId(),
                                        change.stockLevels().stream()
                                                .map(level -> resent(level, version))
                                                .toList());
                    });
        }
        return again;
    }

    private static StockLevel resent(StockLevel level, StockVersion version) {
        return new StockLevel(
                level.productId(),
                level.warehouseId(),
                level.quantity(),
                level.deliveryTime(),
                level.restockingTime(),
                version,
                level.ingestedAt());
    }

    // ---------------------------------------------------------------- catalog

    private void inventCatalog() {
        for (int offset = 3 + random.nextInt(6); offset > 0; offset--) {
            int partition = random.nextInt(2);
            List<CatalogMessage> messages = catalog.get(partition);
            // Few distinct times, so that only the place decides between many of them.
            StockVersion version = new StockVersion(random.nextInt(4), partition, messages.size());
            CatalogMessage message =
                    new CatalogMessage(
                            any(RandomBooks.PRODUCTS),
                            random.nextInt(4) == 0 ? null : catalogEntry(version.eventTime()),
                            version);
            messages.add(message);
            if (random.nextInt(10) == 0) {
                messages.add(message); // Delivered twice.
            }
        }
    }

    private CatalogEntry catalogEntry(long updatedAt) {
        return new CatalogEntry(
                any(Arrays.asList("premium", "standard", "basic", "gold", null, null)),
                random.nextInt(4) == 0 ? BigDecimal.valueOf(1 + random.nextInt(5_000), 2) : null,
                any(Arrays.asList("garden", "toys", "toys", null)),
                updatedAt);
    }

    /**
     * What compaction may have left of the catalog: in each partition, up to some point, the last
     * message of each product.
     */
    List<List<CatalogMessage>> compactedCatalog() {
        List<List<CatalogMessage>> left = new ArrayList<>();
        for (List<CatalogMessage> messages : catalog) {
            int clean = random.nextInt(messages.size() + 1);
            List<CatalogMessage> kept = new ArrayList<>();
            for (int i = 0; i < messages.size(); i++) {
                String product = messages.get(i).product();
                boolean goes =
                        messages.subList(i + 1, Math.max(i + 1, clean)).stream()
                                .anyMatch(later -> later.product().equals(product));
                if (!goes) {
                    kept.add(messages.get(i));
                }
            }
            left.add(kept);
        }
        return left;
    }

    // ---------------------------------------------------------------- books

    private void inventBooks() {
        RandomBooks manager = new RandomBooks(random);
        switch (random.nextInt(8)) {
            case 0 -> correctOneForLater(manager);
            case 1 -> sellOnWeekends(manager);
            case 2 -> comeAgain(manager);
            default -> publishAny(manager, 2 + random.nextInt(5));
        }
    }

    private void publishAny(RandomBooks manager, int howMany) {
        for (int i = howMany; i > 0; i--) {
            publish(random.nextInt(14) == 0 ? null : manager.next());
        }
    }

    /** A book for later is corrected more often than versions are kept. */
    private void correctOneForLater(RandomBooks manager) {
        publish(manager.next(0, null));
        long later = moment() + LAST_TIME / 2;
        for (int i = Math.min(keptVersions, 5) + random.nextInt(3); i > 0; i--) {
            publish(manager.next(later, null));
        }
        if (keptVersions == 20 && random.nextInt(10) == 0) {
            for (int i = 0; i < keptVersions; i++) {
                publish(manager.next(later, null));
            }
        }
        publishAny(manager, random.nextInt(2));
    }

    /** Short books over an open one, which decides again after each; in any order. */
    private void sellOnWeekends(RandomBooks manager) {
        publish(manager.next(0, random.nextInt(4) == 0 ? LAST_TIME : null));
        int weekends = keptVersions == 20 && random.nextInt(10) == 0 ? 22 : 2 + random.nextInt(6);
        List<Long> begins = new ArrayList<>();
        for (int i = 1; i <= weekends; i++) {
            begins.add(weekends > 10 ? GRID * i : moment());
        }
        Collections.shuffle(begins, random);
        for (long from : begins) {
            publish(manager.next(from, from + (weekends > 10 ? 1 : 1 + random.nextInt(3)) * GRID));
        }
        publishAny(manager, random.nextInt(2));
    }

    /** The book ends or is retired, and one for later comes. */
    private void comeAgain(RandomBooks manager) {
        long to = moment();
        publish(
                manager.next(
                        random.nextBoolean() ? 0 : moment(), random.nextBoolean() ? to : null));
        if (random.nextInt(3) != 0) {
            publish(null);
        }
        publish(
                manager.next(
                        Math.min(to + GRID * random.nextInt(8), RandomBooks.LAST_MOMENT), null));
        publishAny(manager, random.nextInt(3));
    }

    private void publish(String document) {
        documents.add(document);
    }

    // ---------------------------------------------------------------- the topic of the books

    /** How many messages the topic of the books gets. */
    int books() {
        return documents.size();
    }

    /**
     * A message of the topic of the books.
     *
     * @param now the event time reached, epoch milliseconds: the record's timestamp, if it has none
     *     yet
     */
    PublishedBook book(int offset, long now) {
        if (offset == published.size()) {
            PublishedBook book = PublishedBook.of(documents.get(offset), Math.max(0, now));
            published.add(book);
            if (book.isValid()) {
                scheduled.addAll(book.model().moments());
            }
        }
        return published.get(offset);
    }

    private long moment() {
        return GRID * (1 + random.nextInt((int) (LAST_TIME / GRID) - 1));
    }

    private <T> T any(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
