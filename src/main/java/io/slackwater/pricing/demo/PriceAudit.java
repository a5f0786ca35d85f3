package io.slackwater.pricing.demo;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.dashboard.Controls.Promise;
import io.slackwater.pricing.dashboard.Controls.State;
import io.slackwater.pricing.demo.ContractModel.Book;
import io.slackwater.pricing.demo.ContractModel.Subject;
import io.slackwater.pricing.demo.ContractPrice.Amounts;
import io.slackwater.pricing.demo.ContractPrice.Quote;
import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.settings.Settings;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Checks every price against what went in, from the topics alone: it is told each record of the
 * inputs, of {@code price_list}, and what the job answered and refused, and calculates with the
 * {@link ContractModel}. No line of the job's engine is in it (ArchitectureTest).
 *
 * <p>Two questions are asked of prices:
 *
 * <ul>
 *   <li>of <em>every record</em>: is it what the book that it names says of the stock level that it
 *       names, at the time that it names? Catalog and stock are not ordered against each other, so
 *       any entry that the product had counts. What cannot be explained once everything is read is
 *       wrong for certain, and stays so;
 *   <li>of <em>the newest record of every key</em>: is it what is due now, by the newest level, the
 *       newest entry and the book in force? The job is always a checkpoint behind, so a difference
 *       is first on its way; it counts when it has lasted for {@link #GRACE}, and from then on for
 *       as long as it lasts. The time in which the job makes no progress in the stock level's
 *       partition does not make it overdue any earlier.
 * </ul>
 *
 * <p>A price version that is not one more than that before it is wrong for certain, too.
 *
 * <p>Times are epoch milliseconds of the reader's clock, which the caller reads. For one thread.
 */
final class PriceAudit {

    /** Of a difference that lasts longer nobody can say that it is on its way. */
    static final Duration GRACE = Duration.ofSeconds(70);

    /**
     * What usually takes so long is no news: a checkpoint, the next one, and a sweep between them.
     */
    static final Duration USUAL = Duration.ofSeconds(15);

    /** After so long every input that a price was made of has been read. */
    private static final Duration UNEXPLAINED = Duration.ofSeconds(15);

    /** How exactly it is known when the job notices that a partition is silent. */
    private static final Duration SLACK = Duration.ofSeconds(10);

    /** Of a key; of a busier one some prices cannot be checked, and are counted so. */
    private static final int MOST_LEVELS = 2_000;

    private static final int MOST_ENTRIES = 64;

    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    private static final String LOST = "nothing-lost";
    private static final String TWICE = "nothing-twice";
    private static final String RIGHT = "prices-right";

    /** A stock level, when it was read, and whether it was the newest of its key then. */
    private record Told(StockLevel level, long readAt, boolean newest) {}

    /** A record of {@code price_list}. */
    private record Priced(
            long version,
            long quantity,
            String tier,
            Amounts amounts,
            long eventTime,
            long effectiveAt,
            String book) {}

    /**
     * A record that nothing explains yet.
     *
     * @param before the record before it; null: there was no price
     * @param changedAt since when there was that price
     */
    private record Doubt(Key key, Priced price, Priced before, long changedAt, long since) {}

    /** A book as it stands on {@code pricing_rules}. */
    private record PublishedBook(long version, String document, long timestamp) {}

    /** What the catalog says of a product, and how new that is. A null entry: nothing. */
    private record Entry(CatalogEntry entry, StockVersion version) {}

    /** What is not as it should be, and since when. */
    private static final class Owed {
        /** The level that has no price; null: it has one, which is not what is due. */
        private final Told level;

        private final long since;
        private final String text;

        /** When the job was first seen to have passed the level; -1: not yet. */
        private long passedAt = -1;

        private Owed(Told level, long since, String text) {
            this.level = level;
            this.since = since;
            this.text = text;
        }
    }

    /** A product in a warehouse. */
    private static final class Key {
        private final String product;
        private final String warehouse;
        private final Deque<Told> levels = new ArrayDeque<>();
        private boolean levelsDropped;
        private Told newest;

        private long version;

        /** Null: it has no price. */
        private Priced price;

        private long changedAt;

        /** Since when the price is not what is due although its level is right; -1: it is. */
        private long differsSince = -1;

        private boolean sellable;

        /** How many of its records nothing explains yet. */
        private int inDoubt;

        private Key(String product, String warehouse) {
            this.product = product;
            this.warehouse = warehouse;
        }

        @Override
        public String toString() {
            return product + " in " + warehouse;
        }
    }

    /** How far event time has come in a partition, and when something was last heard of it. */
    private static final class Partition {
        private long newest = Long.MIN_VALUE;
        private long heardAt;

        /** The last message whose price was seen, and when. */
        private long passed = -1;

        private long passedAt;
    }

    private final Settings settings;
    private final Map<Integer, Partition> partitions = new TreeMap<>();
    private final Map<String, Key> keys = new HashMap<>();
    private final Map<String, List<Key>> keysOf = new HashMap<>();
    private final Map<String, StockVersion> withdrawnBefore = new HashMap<>();

    /** Every entry that a product had, in the order in which they were read. Null: it had none. */
    private final Map<String, List<CatalogEntry>> catalog = new HashMap<>();

    /** The newest entry of each product: it counts now. */
    private final Map<String, Entry> entries = new HashMap<>();

    private final ContractBooks books = new ContractBooks();
    private final Map<String, Book> accepted = new HashMap<>();
    private final Deque<PublishedBook> published = new ArrayDeque<>();
    private final Deque<JsonNode> answers = new ArrayDeque<>();
    private final TreeSet<Long> moments = new TreeSet<>();

    private final Set<Key> changed = new HashSet<>();
    private final Map<Key, Owed> owed = new LinkedHashMap<>();
    private final List<Doubt> doubts = new LinkedList<>();
    private long low = Long.MIN_VALUE;
    private long high = Long.MIN_VALUE;

    private long sellable;
    private long prices;
    private long explained;
    private long unchecked;
    private String twice;
    private String wrong;
    private long wrongs;

    /**
     * @param settings what the job was told
     * @param inventoryPartitions of {@code inventory_raw}
     * @param now when reading begins
     */
    PriceAudit(Settings settings, int inventoryPartitions, long now) {
        this.settings = settings;
        for (int i = 0; i < inventoryPartitions; i++) {
            Partition partition = new Partition();
            partition.heardAt = now;
            partitions.put(i, partition);
        }
    }

    // ---------------------------------------------------------------- what went in

    /** A record of {@code inventory_raw}. */
    void hearInventory(
            int partition, long offset, long timestamp, byte[] key, byte[] value, long now) {
        ToldStock told = ToldStock.read(key, value, partition, offset, timestamp, settings.input());
        if (told.productId() == null) {
            return;
        }
        Partition heard = partitions.get(partition);
        heard.newest = Math.max(heard.newest, told.version().eventTime());
        heard.heardAt = now;
        for (StockLevel level : told.levels()) {
            if (level != null) {
                hearLevel(level, now);
            }
        }
        if (told.withdrawsBefore()) {
            withdrawnBefore.merge(
                    told.productId(),
                    told.version(),
                    (a, b) -> ContractModel.isBefore(a, b) ? b : a);
            changed.addAll(keysOf.getOrDefault(told.productId(), List.of()));
        }
    }

    private void hearLevel(StockLevel level, long now) {
        Key key = key(level.productId(), level.warehouseId());
        boolean newest =
                key.newest == null
                        || !ContractModel.isBefore(level.version(), key.newest.level().version());
        Told told = new Told(level, now, newest);
        key.levels.add(told);
        if (newest) {
            key.newest = told;
            changed.add(key);
        }
        if (key.levels.size() > MOST_LEVELS) {
            key.levels.removeFirst();
            key.levelsDropped = true;
        }
    }

    private Key key(String product, String warehouse) {
        return keys.computeIfAbsent(
                Watch.key(product, warehouse),
                id -> {
                    Key key = new Key(product, warehouse);
                    keysOf.computeIfAbsent(product, p -> new ArrayList<>()).add(key);
                    return key;
                });
    }

    /** A record of {@code product_catalog}. */
    void hearCatalog(int partition, long offset, long timestamp, byte[] key, byte[] value) {
        String product;
        CatalogEntry entry = null;
        Long updatedAt = timestamp;
        if (value == null) {
            product = key == null ? null : ToldStock.productOf(key);
        } else {
            try {
                JsonNode json = JSON.readTree(value);
                product = json.path("product_id").asText(null);
                JsonNode listPrice = json.path("list_price");
                updatedAt = ToldStock.time(json.path("updated_at"), timestamp);
                entry =
                        updatedAt == null
                                ? null
                                : new CatalogEntry(
                                        text(json.path("price_tier")),
                                        listPrice.isNumber() ? listPrice.decimalValue() : null,
                                        text(json.path("category")),
                                        updatedAt);
            } catch (IOException | RuntimeException notAnEntry) {
                return; // A dead letter.
            }
        }
        if (product == null || updatedAt == null) {
            return;
        }
        // The job may have read them in another order: an older entry may have counted for a while.
        List<CatalogEntry> had = catalog.computeIfAbsent(product, p -> new ArrayList<>());
        had.add(entry);
        if (had.size() > MOST_ENTRIES) {
            had.remove(0);
        }
        StockVersion version = new StockVersion(updatedAt, partition, offset);
        Entry newest = entries.get(product);
        if (newest == null || !ContractModel.isBefore(version, newest.version())) {
            entries.put(product, new Entry(entry, version));
            changed.addAll(keysOf.getOrDefault(product, List.of()));
        }
    }

    /** An empty text counts as absent; null: none. */
    private static String text(JsonNode node) {
        return node.asText("").isEmpty() ? null : node.asText();
    }

    /** A record of {@code pricing_rules}; what became of it is told by {@link #hearRuleStatus}. */
    void hearRuleBook(long timestamp, byte[] key, byte[] value) {
        if (value == null) {
            return; // Its retirement is told by the answer.
        }
        try {
            JsonNode json = JSON.readTree(value);
            String keyed = key == null ? null : new String(key, StandardCharsets.UTF_8);
            if (settings.pricing().book().equals(json.path("book_id").asText(keyed))) {
                published.add(
                        new PublishedBook(
                                json.path("version").asLong(),
                                new String(value, StandardCharsets.UTF_8),
                                timestamp));
            }
        } catch (IOException notABook) {
            // The job refuses it.
        }
    }

    /** A record of {@code rule_status}: which books hold depends on what the job accepted. */
    void hearRuleStatus(byte[] value) throws IOException {
        JsonNode answer = JSON.readTree(value);
        if (answer.path("book_id").asText().equals(settings.pricing().book())) {
            answers.add(answer);
        }
    }

    /** Answers are taken in their order; one about a book that is not read yet waits for it. */
    private void takeAnswers() {
        while (!answers.isEmpty()) {
            JsonNode answer = answers.peek();
            long version = answer.path("version").asLong();
            switch (answer.path("status").asText()) {
                case "ACTIVE", "SCHEDULED", "ENDED", "OVERTAKEN" -> {
                    if (accepted.containsKey(settings.pricing().book() + "@" + version)) {
                        break; // It was accepted before.
                    }
                    PublishedBook found = take(version);
                    if (found == null) {
                        return;
                    }
                    accept(ContractModel.book(found.document(), found.timestamp()));
                }
                case "REJECTED", "STALE", "IGNORED" -> take(version);
                case "RETIRED" -> {
                    books.retire();
                    changed.addAll(keys.values());
                }
                default -> {}
            }
            answers.remove();
        }
    }

    private PublishedBook take(long version) {
        for (Iterator<PublishedBook> each = published.iterator(); each.hasNext(); ) {
            PublishedBook book = each.next();
            if (book.version() == version) {
                each.remove();
                return book;
            }
        }
        return null;
    }

    private void accept(Book book) {
        accepted.put(book.reference(), book);
        if (book.version() > books.newest()) {
            books.accept(book);
            moments.addAll(book.moments());
            changed.addAll(keys.values());
        }
    }

    /** A record of {@code dead_letters}: what stands there is not lost, and has no price. */
    void hearDeadLetter(byte[] value) throws IOException {
        JsonNode letter = JSON.readTree(value);
        JsonNode source = letter.path("source");
        if (!source.path("topic").asText().equals(KafkaTopics.INVENTORY)
                || letter.path("truncated").asBoolean()
                || !letter.path("payload_encoding").asText().equals("utf-8")) {
            return;
        }
        ToldStock told =
                ToldStock.read(
                        null,
                        letter.path("payload").asText().getBytes(StandardCharsets.UTF_8),
                        source.path("partition").asInt(),
                        source.path("offset").asLong(),
                        millis(source.path("timestamp")),
                        settings.input());
        String[] path = letter.path("path").asText().split("/");
        boolean ofOneLine =
                path.length > 2 && path[1].equals("inventory") && path[2].matches("[0-9]{1,6}");
        for (int i = 0; i < told.levels().size(); i++) {
            StockLevel refused = told.levels().get(i);
            if (refused != null && (!ofOneLine || i == Integer.parseInt(path[2]))) {
                forget(refused);
            }
        }
    }

    /** The job found a fault that this reader did not know of. */
    private void forget(StockLevel refused) {
        Key key = key(refused.productId(), refused.warehouseId());
        key.levels.removeIf(told -> told.level().version().equals(refused.version()));
        if (key.newest != null && key.newest.level().version().equals(refused.version())) {
            key.newest = null;
            for (Told told : key.levels) {
                if (key.newest == null
                        || !ContractModel.isBefore(
                                told.level().version(), key.newest.level().version())) {
                    key.newest = told;
                }
            }
            changed.add(key);
        }
    }

    // ---------------------------------------------------------------- what came out

    /** A record of {@code price_list}. */
    void hearPrice(byte[] recordKey, byte[] value, long now) throws IOException {
        prices++;
        String id = new String(recordKey, StandardCharsets.UTF_8);
        if (value == null) {
            Key key = keys.get(id);
            if (key == null || key.price == null) {
                foundTwice(id.replace("|", " in ") + " was withdrawn and had no price.");
            } else {
                key.price = null;
                changed.add(key);
            }
            return;
        }
        JsonNode json = JSON.readTree(value);
        Key key = key(json.path("product_id").asText(), json.path("warehouse_id").asText());
        Map<String, BigDecimal> segments = new TreeMap<>();
        json.path("segment_prices")
                .fields()
                .forEachRemaining(e -> segments.put(e.getKey(), e.getValue().decimalValue()));
        Priced price =
                new Priced(
                        json.path("price_version").asLong(),
                        json.path("quantity").asLong(),
                        json.path("price_tier").asText(null),
                        new Amounts(
                                json.path("price").decimalValue(),
                                json.path("currency").asText(),
                                segments),
                        millis(json.path("event_time")),
                        millis(json.path("effective_at")),
                        json.path("rule_book").asText());
        if (price.version() != key.version + 1) {
            foundTwice(
                    "%s: price version %d came after %d."
                            .formatted(key, price.version(), key.version));
        }
        key.version = price.version();
        Doubt doubt = new Doubt(key, price, key.price, key.changedAt, now);
        if (key.price == null || !key.price.amounts().equals(price.amounts())) {
            key.changedAt = price.effectiveAt();
        }
        key.price = price;
        changed.add(key);
        if (whyNot(doubt) == null) {
            explain(doubt, now);
        } else {
            doubts.add(doubt);
            key.inDoubt++;
        }
    }

    private void foundTwice(String text) {
        twice = twice == null ? text : twice;
    }

    private void explain(Doubt doubt, long now) {
        explained++;
        Key key = doubt.key();
        Priced price = doubt.price();
        for (Told told : key.levels) {
            if (told.level().version().eventTime() == price.eventTime()
                    && told.level().quantity() == price.quantity()) {
                Partition partition = partitions.get(told.level().version().partition());
                if (told.level().version().offset() > partition.passed) {
                    partition.passed = told.level().version().offset();
                    partition.passedAt = now;
                }
                // By the book and the entry that count now: what differed before has been righted.
                Book book = books.at(price.effectiveAt());
                if (key.differsSince >= 0
                        && book != null
                        && isDue(
                                ContractPrice.quote(
                                        book,
                                        Subject.of(told.level(), entry(key)),
                                        price.effectiveAt()),
                                price,
                                doubt.before(),
                                doubt.changedAt(),
                                price.effectiveAt())) {
                    key.differsSince = -1;
                }
            }
        }
        if (key.price == price && key.inDoubt == 0) {
            // No price goes back to a level before this one; an earlier one that came before its
            // level was read, and is still in doubt, may.
            key.levels.removeIf(
                    told ->
                            told != key.newest
                                    && told.level().version().eventTime() < price.eventTime());
        }
    }

    /** Null: the record is what the contract says. */
    private String whyNot(Doubt doubt) {
        Priced price = doubt.price();
        Key key = doubt.key();
        Book book = accepted.get(price.book());
        if (book == null) {
            return "it names " + price.book() + ", which was never accepted";
        }
        if (!book.holdsAt(price.effectiveAt()) && price.effectiveAt() >= book.from()) {
            return price.book() + " did not hold at that time";
        }
        String why = "no such stock level was sent";
        List<CatalogEntry> had = new ArrayList<>();
        had.add(null);
        had.addAll(catalog.getOrDefault(key.product, List.of()));
        had.add(entry(key));
        for (Told told : key.levels) {
            if (told.level().version().eventTime() != price.eventTime()
                    || told.level().quantity() != price.quantity()) {
                continue;
            }
            for (int i = had.size() - 1; i >= 0; i--) {
                Quote quote =
                        ContractPrice.quote(
                                book, Subject.of(told.level(), had.get(i)), price.effectiveAt());
                if (isDue(quote, price, doubt.before(), doubt.changedAt(), price.effectiveAt())) {
                    return null;
                }
                if (i == had.size() - 1) {
                    why = "the rules say " + text(quote);
                }
            }
        }
        return why;
    }

    /**
     * Returns whether a price is what a quote says: the same, or what a hold keeps.
     *
     * @param before the price that could be kept; null: there was none
     * @param since since when there was that price
     */
    private static boolean isDue(Quote quote, Priced price, Priced before, long since, long asOf) {
        if (quote.due() == null || !Objects.equals(quote.tier(), price.tier())) {
            return false;
        }
        Amounts kept = before == null ? null : before.amounts();
        return price.amounts().equals(quote.shown(kept, since, asOf));
    }

    private static String text(Quote quote) {
        return quote.due() == null ? "that it has no price" : quote.due().toString();
    }

    private CatalogEntry entry(Key key) {
        Entry newest = entries.get(key.product);
        return newest == null ? null : newest.entry();
    }

    // ---------------------------------------------------------------- the verdict

    /**
     * Looks at everything that has changed, and at what was not right before.
     *
     * @param now epoch milliseconds
     * @param readUntil everything that stood on the topics then has been heard
     */
    void look(long now, long readUntil) {
        takeAnswers();
        moveEventTime(now);
        Set<Key> open = new HashSet<>(changed);
        open.addAll(owed.keySet());
        changed.clear();
        for (Key key : open) {
            judge(key, now);
        }
        for (Owed one : owed.values()) {
            if (one.level != null && one.passedAt < 0 && isPassed(one.level)) {
                one.passedAt = now;
            }
        }
        for (Iterator<Doubt> each = doubts.iterator(); each.hasNext(); ) {
            Doubt doubt = each.next();
            String why = whyNot(doubt);
            if (why == null) {
                each.remove();
                doubt.key().inDoubt--;
                explain(doubt, now);
            } else if (readUntil - doubt.since() > UNEXPLAINED.toMillis()) {
                each.remove();
                doubt.key().inDoubt--;
                condemn(doubt, why);
            }
        }
    }

    private void condemn(Doubt doubt, String why) {
        if (doubt.key().levelsDropped) {
            unchecked++;
            return;
        }
        wrongs++;
        if (wrong == null) {
            wrong =
                    "%s: version %d has the price %s, but %s."
                            .formatted(
                                    doubt.key(),
                                    doubt.price().version(),
                                    doubt.price().amounts(),
                                    why);
        }
    }

    private boolean isPassed(Told told) {
        StockVersion version = told.level().version();
        return partitions.get(version.partition()).passed >= version.offset();
    }

    /**
     * Event time is the job's own affair; it lies between what the slowest and the fastest
     * partition say. Where a boundary is passed, every price may change.
     */
    private void moveEventTime(long now) {
        long late = settings.input().outOfOrderness().toMillis() + 1;
        long follows = settings.input().idleAfter().toMillis();
        long slowest = Long.MAX_VALUE;
        long fastest = Long.MIN_VALUE;
        for (Partition partition : partitions.values()) {
            boolean heard = partition.newest != Long.MIN_VALUE;
            long silent = now - partition.heardAt;
            long behind = heard ? partition.newest - late : Long.MIN_VALUE;
            long ahead = behind;
            if (follows > 0 && silent >= follows) {
                // The job begins to follow the wall clock about now.
                ahead = Math.max(ahead, now - late + 1);
            }
            if (follows > 0 && silent >= follows + SLACK.toMillis()) {
                behind = Math.max(behind, now - late - SLACK.toMillis());
            }
            slowest = Math.min(slowest, behind);
            fastest = Math.max(fastest, ahead);
        }
        long newLow = Math.max(low, slowest);
        long newHigh = Math.max(high, fastest);
        if (crossed(low, newLow) || crossed(high, newHigh)) {
            changed.addAll(keys.values());
        }
        low = newLow;
        high = newHigh;
    }

    private boolean crossed(long before, long after) {
        Long next = moments.higher(before);
        return next != null && next <= after;
    }

    private void judge(Key key, long now) {
        Told newest = key.newest;
        StockVersion withdrawn = withdrawnBefore.get(key.product);
        boolean sold =
                newest != null
                        && (withdrawn == null
                                || !ContractModel.isBefore(newest.level().version(), withdrawn));
        Quote due = null;
        boolean agrees = false;
        boolean mayBeWithout = !sold;
        if (sold) {
            for (long asOf : times(newest.level().version().eventTime())) {
                Quote quote =
                        ContractPrice.quote(
                                books.at(asOf), Subject.of(newest.level(), entry(key)), asOf);
                due = due == null ? quote : due;
                mayBeWithout |= quote.due() == null;
                agrees |=
                        key.price != null
                                && key.price.quantity() == newest.level().quantity()
                                && isDue(quote, key.price, key.price, key.changedAt, asOf);
                if (agrees && quote.holdSeconds() > 0) {
                    changed.add(key); // A hold ends by itself.
                }
            }
        }
        agrees |= mayBeWithout && key.price == null;
        count(key, sold && due.due() != null);
        if (agrees) {
            key.differsSince = -1;
            owed.remove(key);
            return;
        }
        boolean unpriced =
                sold
                        && due.due() != null
                        && (key.price == null || key.price.quantity() != newest.level().quantity());
        Told level = null;
        long since;
        String text;
        if (unpriced) {
            level = firstUnpriced(key);
            since = level.readAt();
            text =
                    "%s: %,d pieces were sent, and price_list has %s."
                            .formatted(
                                    key,
                                    newest.level().quantity(),
                                    key.price == null
                                            ? "no price"
                                            : "the price of %,d".formatted(key.price.quantity()));
        } else {
            key.differsSince = key.differsSince < 0 ? now : key.differsSince;
            since = key.differsSince;
            text =
                    "%s has the price %s, but the rules say %s."
                            .formatted(
                                    key,
                                    key.price == null ? "-" : key.price.amounts(),
                                    sold ? text(due) : "that it is not sold");
        }
        Owed before = owed.get(key);
        Owed after = new Owed(level, since, text);
        if (before != null && before.level == level && before.since == since) {
            after.passedAt = before.passedAt;
        }
        owed.put(key, after);
    }

    private void count(Key key, boolean nowSellable) {
        sellable += (nowSellable ? 1 : 0) - (key.sellable ? 1 : 0);
        key.sellable = nowSellable;
    }

    /** The moments as of which a level may be priced now, the latest first. */
    private List<Long> times(long eventTime) {
        long last = Math.max(eventTime, high);
        long first = Math.max(eventTime, low);
        List<Long> times = new ArrayList<>(List.of(last));
        if (first < last) {
            times.addAll(moments.subSet(first, false, last, false).descendingSet());
            times.add(first);
        }
        return times;
    }

    /** The first level that the price does not know of. */
    private static Told firstUnpriced(Key key) {
        boolean alike = key.price != null;
        for (Told told : key.levels) {
            boolean later =
                    told == key.newest
                            || (told.newest()
                                    && (key.price == null
                                            || told.level().version().eventTime()
                                                    > key.price.eventTime()));
            // One that changed nothing was not published.
            if (later) {
                alike = alike && told.level().quantity() == key.price.quantity();
                if (!alike) {
                    return told;
                }
            }
        }
        return key.newest;
    }

    private long overdueSince(Owed one) {
        if (one.level == null) {
            return one.since;
        }
        long progress = partitions.get(one.level.level().version().partition()).passedAt;
        return Math.max(one.since, one.passedAt >= 0 ? one.passedAt : progress);
    }

    /** What is so at this moment, after {@link #look}. */
    List<Promise> promises(long now, long readUntil) {
        long levels = 0;
        long differing = 0;
        long oldestLevel = now;
        long oldestPrice = now;
        String lost = null;
        String late = null;
        for (Owed one : owed.values()) {
            boolean overdue = readUntil - overdueSince(one) > GRACE.toMillis();
            String text =
                    overdue ? one.text + " That was " + seconds(now - one.since) + " ago." : null;
            if (one.level != null) {
                levels++;
                oldestLevel = Math.min(oldestLevel, one.since);
                lost = lost == null ? text : lost;
            } else {
                differing++;
                oldestPrice = Math.min(oldestPrice, one.since);
                late = late == null ? text : late;
            }
        }
        return List.of(
                nothingLost(levels, now - oldestLevel, lost),
                nothingTwice(),
                asTheRulesSay(differing, now - oldestPrice, wrong == null ? late : wrong));
    }

    private Promise nothingLost(long onTheWay, long oldest, String lost) {
        String have =
                "%,d of %,d stock levels have their price"
                        .formatted(Math.max(0, sellable - onTheWay), sellable);
        State state =
                lost != null
                        ? State.BROKEN
                        : prices == 0 || oldest > USUAL.toMillis() ? State.CHECKING : State.KEPT;
        String rest =
                onTheWay == 0
                        ? "."
                        : "; %,d are on their way, the oldest for %s."
                                .formatted(onTheWay, seconds(oldest));
        return new Promise(LOST, "Nothing lost", state, lost != null ? lost : have + rest);
    }

    private Promise nothingTwice() {
        return new Promise(
                TWICE,
                "Nothing twice",
                twice != null ? State.BROKEN : prices == 0 ? State.CHECKING : State.KEPT,
                twice != null
                        ? twice
                        : "%,d records of price_list, and every version is one more than that before it."
                                .formatted(prices));
    }

    private Promise asTheRulesSay(long differing, long oldest, String fault) {
        // A rule book, or the begin or end of a rule, is on its way through the prices.
        boolean sweeping = differing > 0 && differing * 20 > sellable;
        State state =
                fault != null
                        ? State.BROKEN
                        : explained == 0 || sweeping || oldest > USUAL.toMillis()
                                ? State.CHECKING
                                : State.KEPT;
        String text =
                "%,d prices recomputed, %,d wrong; %,d of the newest follow a change in a moment."
                        .formatted(explained, wrongs, differing);
        return new Promise(
                RIGHT,
                "Every price as the rules say",
                state,
                fault != null ? fault : differing == 0 ? text.replaceFirst(";.*", ".") : text);
    }

    private static String seconds(long millis) {
        return "%,d s".formatted(millis / 1000);
    }

    /** Prices that were recomputed and found right. */
    long explained() {
        return explained;
    }

    /** Prices of keys so busy that their stock levels were not kept. */
    long unchecked() {
        return unchecked;
    }

    /** Prices that are wrong for certain, and those that nothing explains yet. */
    long unexplained() {
        return wrongs + doubts.size();
    }

    /** How many keys have a price that is due. */
    long priced() {
        return sellable - owed.size();
    }

    /** How many keys should have a price. */
    long sellable() {
        return sellable;
    }

    /** What is not as it should be at this moment, grace or not; null: nothing. */
    String fault() {
        if (twice != null || wrong != null) {
            return twice != null ? twice : wrong;
        }
        if (!doubts.isEmpty()) {
            Doubt doubt = doubts.get(0);
            return doubt.key() + ": " + whyNot(doubt) + ".";
        }
        return owed.isEmpty() ? null : owed.values().iterator().next().text;
    }

    private static long millis(JsonNode time) {
        return time.isNumber()
                ? time.asLong()
                : OffsetDateTime.parse(time.asText()).toInstant().toEpochMilli();
    }
}
