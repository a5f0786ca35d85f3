package io.slackwater.pricing.demo;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.slackwater.pricing.demo.ContractPrice.Quote;
import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The contract, read by somebody who has never seen the engine: what the newest record of every key
 * of {@code price_list} has to say once everything is known.
 *
 * <p>It is slow and plain on purpose. It remembers the whole history; {@link ContractBooks} says
 * which book decides, and {@link ContractPrice} what a book says. Nothing in the three comes from
 * the packages that they judge: where both say the same, two readings of the contract agree. The
 * tests judge the engine by them, and the demo every price that it publishes.
 *
 * <p>Two things depend on the order in which things came, so the model has to be told them: how far
 * event time had come when a book was published, and which price a hold would keep.
 */
public final class ContractModel {

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private final List<StockLevel> levels = new ArrayList<>();
    private final List<ProductChange> withdrawals = new ArrayList<>();
    private final Map<String, Known> catalog = new TreeMap<>();

    /** What the catalog says of a product; a null entry: nothing. */
    private record Known(CatalogEntry entry, StockVersion version) {}

    /**
     * A book that was accepted.
     *
     * @param from epoch milliseconds, inclusive
     * @param to exclusive; {@code Long.MAX_VALUE}: for ever
     */
    public record Book(JsonNode document, long from, long to) {
        public long version() {
            return document.get("version").asLong();
        }

        /** As the price list names it. */
        public String reference() {
            return document.get("book_id").asText() + "@" + version();
        }

        /** Returns whether it is in force then. */
        public boolean holdsAt(long time) {
            return from <= time && time < to;
        }

        /** Every moment at which the book or one of its rules begins or ends. */
        public TreeSet<Long> moments() {
            TreeSet<Long> moments = new TreeSet<>(List.of(from, to));
            for (JsonNode rule : document.get("rules")) {
                moments.add(time(rule.get("effective_from"), from));
                moments.add(time(rule.get("effective_to"), to));
            }
            return moments;
        }
    }

    /**
     * A product in a warehouse, as rules see it.
     *
     * @param restockingTime days; negative: not said
     * @param tier of the catalog; null: none
     * @param listPrice of the catalog; null: none
     * @param category of the catalog; null: none
     */
    public record Subject(
            String product,
            String warehouse,
            long quantity,
            int restockingTime,
            String tier,
            BigDecimal listPrice,
            String category) {

        /** Returns the subject of a level and the catalog entry of its product; null: none. */
        public static Subject of(StockLevel level, CatalogEntry entry) {
            return new Subject(
                    level.productId(),
                    level.warehouseId(),
                    level.quantity(),
                    level.restockingTime(),
                    entry == null ? null : entry.priceTier(),
                    entry == null ? null : entry.listPrice(),
                    entry == null ? null : entry.category());
        }
    }

    /** The price that a key of the price list should have. */
    public record Due(StockLevel level, long asOf, Quote quote) {}

    // ---------------------------------------------------------------- the history

    /** A book as the model reads it. */
    public static Book book(String document, long timestamp) {
        JsonNode tree;
        try {
            tree = JSON.readTree(document);
        } catch (IOException notJson) {
            throw new IllegalArgumentException(document, notJson);
        }
        return new Book(
                tree,
                time(tree.get("effective_from"), timestamp),
                time(tree.get("effective_to"), Long.MAX_VALUE));
    }

    /** Adds stock levels, or a withdrawal of everything that was sent of a product before. */
    public void add(ProductChange change) {
        if (!change.stockLevels().isEmpty()) {
            levels.addAll(change.stockLevels());
        } else {
            withdrawals.add(change);
        }
    }

    /**
     * Adds a message of {@code product_catalog}.
     *
     * @param entry null: the product has none any more
     * @param version its {@code updated_at}, else the record's timestamp, and where it stands
     */
    public void addCatalogEntry(String product, CatalogEntry entry, StockVersion version) {
        Known known = catalog.get(product);
        if (known == null || isBefore(known.version(), version)) {
            catalog.put(product, new Known(entry, version));
        }
    }

    // ---------------------------------------------------------------- what is due

    /**
     * Returns what is due for every key that is sold, by {@code product|warehouse}; one without a
     * price has a quote without one.
     *
     * @param books the books that were accepted
     * @param reached the event time reached, epoch milliseconds
     */
    public Map<String, Due> priceList(ContractBooks books, long reached) {
        Map<String, StockLevel> newest = new TreeMap<>();
        for (StockLevel level : levels) {
            String key = level.productId() + "|" + level.warehouseId();
            StockLevel other = newest.get(key);
            if (other == null || !isBefore(level.version(), other.version())) {
                newest.put(key, level);
            }
        }
        newest.values().removeIf(this::isWithdrawn);
        Map<String, Due> due = new TreeMap<>();
        newest.forEach(
                (key, level) -> {
                    // A level may be ahead of the event time reached: it is priced as of its own.
                    long asOf = Math.max(reached, level.version().eventTime());
                    Known known = catalog.get(level.productId());
                    Subject subject = Subject.of(level, known == null ? null : known.entry());
                    due.put(
                            key,
                            new Due(
                                    level,
                                    asOf,
                                    ContractPrice.quote(books.at(asOf), subject, asOf)));
                });
        return due;
    }

    private boolean isWithdrawn(StockLevel level) {
        for (ProductChange withdrawal : withdrawals) {
            if (withdrawal.productId().equals(level.productId())
                    && isBefore(level.version(), withdrawal.withdrawal())) {
                return true;
            }
        }
        return false;
    }

    /** The newest event time wins; of equal times the higher (partition, offset). */
    static boolean isBefore(StockVersion a, StockVersion b) {
        if (a.eventTime() != b.eventTime()) {
            return a.eventTime() < b.eventTime();
        }
        if (a.partition() != b.partition()) {
            return a.partition() < b.partition();
        }
        return a.offset() < b.offset();
    }

    static long time(JsonNode moment, long absent) {
        if (moment == null) {
            return absent;
        }
        return moment.isNumber()
                ? moment.asLong()
                : OffsetDateTime.parse(moment.asText()).toInstant().toEpochMilli();
    }
}
