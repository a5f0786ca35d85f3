package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.demo.ContractModel;
import io.slackwater.pricing.demo.ContractModel.Due;
import io.slackwater.pricing.demo.ContractModel.Quote;
import io.slackwater.pricing.demo.ContractModel.Subject;
import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Outcome;
import io.slackwater.pricing.model.PricingEvent.Published;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.RuleBook;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockShift;
import io.slackwater.pricing.model.StockShift.Position;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.rules.Price;
import io.slackwater.pricing.rules.PriceBook;
import io.slackwater.pricing.testing.PricingFlow;
import io.slackwater.pricing.testing.RandomBooks;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * One random history, told in a random order, with checkpoints, failures and rescales at any
 * moment, also in the middle of a sweep.
 *
 * <p>Each input keeps its own order, and none waits for another, nor for event time. In some
 * stories all is quiet for long enough at the end that no hold can last; others end at any moment.
 *
 * <p>While it is told, every price that is published is checked:
 *
 * <ul>
 *   <li>its version is one more than the last, in the history that counts: what was published after
 *       the checkpoint that a failure went back to never was;
 *   <li>it is above zero, as is every segment's, and no segment pays more than everybody;
 *   <li>the engine and the {@link ContractModel} both make it again from nothing but its row and
 *       the book that it names; of a held price they make the one that is due;
 *   <li>something that the price list shows has changed, and a tombstone follows a price;
 *   <li>it takes effect no earlier than the price that it replaces did, and after a tombstone no
 *       earlier than that, unless a stock level came since: that speaks of its own time, which may
 *       be long ago. It never takes effect later than the event time reached and the time of its
 *       stock level;
 *   <li>where a schedule is the cause, something was scheduled then: a book or rule begins or ends
 *       there, or a hold is over. (Where the catalog has changed in the middle of a sweep, the
 *       sweep may price a level as of its own time once more.)
 *   <li>where a hold applies, the price before it was there for as long as the hold demands, and
 *       only where one applies is a price held.
 * </ul>
 *
 * <p>In the end the price list is what the model says, stock shifts add up to it, and every line
 * has been counted in exactly one place.
 */
final class Story {

    /** Everything is told by then. */
    private static final long LAST_TIME = 10_000;

    /** So much later, no boundary is ahead and no hold lasts. */
    private static final long QUIET_TIME = 40_000;

    private static final long GRID = RandomBooks.GRID;

    /** What happened in a story, so that a test can say that its stories are worth telling. */
    enum Happening {
        BOOK_ACCEPTED,
        BOOK_NOT_ACCEPTED,
        BOOK_RETIRED,
        PRICED_BY_INVENTORY,
        PRICED_BY_RULE_BOOK,
        PRICED_BY_SCHEDULE,
        PRICED_BY_CATALOG,
        WITHDRAWN,
        SEGMENT_PRICED,
        HOLD_RELEASED,
        HELD_AT_THE_END,
        CHECKPOINT_IN_A_SWEEP,
        RESTART,
        RESCALE,
        SWEEP_CANCELLED,
        LEVEL_AHEAD_AT_THE_END
    }

    /** What was published of a key; nothing before the first record. */
    private record Shown(
            long version,
            PricingEvent last,
            /** Since when it has this price, epoch milliseconds. */
            long changedAt,
            /** No record may take effect before this: the same, or when it was withdrawn. */
            long notBefore) {

        static final Shown NOTHING = new Shown(0, null, Long.MIN_VALUE, Long.MIN_VALUE);

        boolean hasPrice() {
            return last != null && last.published() == Published.PRICE;
        }

        Shown reaching(long time) {
            return new Shown(version, last, changedAt, Math.min(notBefore, time));
        }
    }

    /** Pieces and their worth in a warehouse. */
    private record Total(long pieces, BigDecimal worth) {
        static final Total NOTHING = new Total(0, BigDecimal.ZERO);

        Total plus(Position position, int sign) {
            if (position == null) {
                return this;
            }
            BigDecimal price = position.price() == null ? BigDecimal.ZERO : position.price();
            return new Total(
                    pieces + sign * position.quantity(),
                    worth.add(price.multiply(BigDecimal.valueOf(sign * position.quantity()))));
        }
    }

    private record Checkpoint(
            PricingFlow.Snapshot snapshot,
            int[] inventory,
            int catalog,
            int book,
            long lines,
            Map<String, Shown> shown,
            Map<String, Total> totals) {}

    private record PublishedBook(String document, long timestamp) {}

    /** A book as the engine and as the model read it. */
    private record ReadBook(PriceBook engine, ContractModel.Book model) {}

    private final Random random;
    private final Consumer<String> log;
    private final int[] happenings = new int[Happening.values().length];

    private final boolean bounded;
    private final boolean byHand;
    private final long end;

    /** Each partition keeps its order; between them there is none. */
    private final List<List<ProductChange>> partitions =
            List.of(new ArrayList<>(), new ArrayList<>());

    private final List<ProductChange> catalog = new ArrayList<>();
    private final List<PublishedBook> books = new ArrayList<>();
    private final Map<String, ReadBook> accepted = new HashMap<>();
    private final Set<Long> scheduled = new HashSet<>();
    private final Set<String> catalogTold = new HashSet<>();
    private final ContractModel model = new ContractModel();

    private int[] nextInventory = new int[2];
    private int nextCatalog;
    private int nextBook;
    private long lines;
    private Map<String, Shown> shown = new TreeMap<>();
    private Map<String, Total> totals = new TreeMap<>();

    private PricingFlow flow;
    private int subtasks;
    private long watermark = Long.MIN_VALUE;
    private long newestWatermark = Long.MIN_VALUE;
    private int seenEvents;
    private int seenShifts;
    private Checkpoint checkpoint;

    /**
     * @param log hears every step, if the story is to be read
     */
    Story(long seed, Consumer<String> log) {
        // Of neighbouring seeds the first choices would be the same.
        random = new Random(seed * 0x9E3779B97F4A7C15L);
        this.log = log;
        bounded = random.nextBoolean();
        byHand = random.nextInt(4) != 0;
        boolean quiet = random.nextBoolean();
        long early = bounded ? LAST_TIME : LAST_TIME - GRID * random.nextInt(8);
        end = quiet ? QUIET_TIME : early;
    }

    /** Tells the story. */
    void play() throws Exception {
        invent();
        restart(null);
        try {
            while (!isTold()) {
                int dice = random.nextInt(200);
                if (dice < 4) {
                    checkpoint();
                } else if (dice < 7 && checkpoint != null) {
                    restart(checkpoint);
                } else {
                    step();
                }
            }
            end();
        } finally {
            flow.close();
        }
    }

    /** How often what happened, by ordinal. */
    int[] happenings() {
        return happenings;
    }

    private void happens(Happening happening) {
        happenings[happening.ordinal()]++;
    }

    private void log(String format, Object... values) {
        if (log != null) {
            log.accept(format.formatted(values));
        }
    }

    // ---------------------------------------------------------------- the history

    private void invent() {
        inventInventory();
        for (int i = 3 + random.nextInt(6); i > 0; i--) {
            String product = any(RandomBooks.PRODUCTS);
            catalog.add(
                    ProductChange.catalog(
                            product,
                            random.nextInt(5) == 0 ? null : catalogEntry(),
                            new StockVersion(i, 0, i)));
        }
        catalog.forEach(model::hear);
        inventBooks();
    }

    private void inventInventory() {
        int messages = 10 + random.nextInt(12);
        for (int offset = 0; offset < messages; offset++) {
            String product = any(RandomBooks.PRODUCTS);
            // Few distinct times, so that ties are common, with each other and with boundaries.
            long time = GRID * (1 + random.nextInt((int) (LAST_TIME / GRID) - 1));
            if (offset == 0 && bounded) {
                time = end; // A bounded run ends at the newest time that it read.
            }
            StockVersion version = new StockVersion(time, random.nextInt(2), offset);
            List<ProductChange> message = message(product, version);
            List<ProductChange> partition = partitions.get(version.partition());
            partition.addAll(message);
            if (random.nextInt(8) == 0) {
                partition.addAll(message); // Delivered twice.
            } else if (random.nextInt(8) == 0) {
                // Sent twice: the very same, said later.
                partition.addAll(resent(message, new StockVersion(time, version.partition(), 99)));
            }
        }
        partitions.forEach(partition -> partition.forEach(model::hear));
    }

    private List<ProductChange> message(String product, StockVersion version) {
        List<ProductChange> message = new ArrayList<>();
        int kind = random.nextInt(12);
        if (kind < 2) {
            // A delisting, or a complete message: it withdraws what it does not name.
            message.add(ProductChange.withdrawal(product, version));
        }
        if (kind > 0) {
            for (String warehouse : RandomBooks.WAREHOUSES) {
                if (random.nextInt(3) != 0) {
                    continue;
                }
                message.add(
                        ProductChange.of(
                                new StockLevel(
                                        product,
                                        warehouse,
                                        random.nextInt(4) == 0 ? 5 : random.nextInt(70) - 5,
                                        StockLevel.ABSENT,
                                        random.nextInt(3) == 0
                                                ? StockLevel.ABSENT
                                                : random.nextInt(20),
                                        version,
                                        version.eventTime())));
            }
        }
        return message;
    }

    private static List<ProductChange> resent(List<ProductChange> message, StockVersion version) {
        List<ProductChange> again = new ArrayList<>();
        for (ProductChange change : message) {
            StockLevel level = change.stockLevel();
            again.add(
                    level == null
                            ? ProductChange.withdrawal(change.productId(), version)
                            : ProductChange.of(
                                    new StockLevel(
                                            level.productId(),
                                            level.warehouseId(),
                                            level.quantity(),
                                            level.deliveryTime(),
                                            level.restockingTime(),
                                            version,
                                            level.ingestedAt())));
        }
        return again;
    }

    private CatalogEntry catalogEntry() {
        return new CatalogEntry(
                any(Arrays.asList("premium", "standard", "basic", "gold", null, null)),
                random.nextInt(4) == 0 ? BigDecimal.valueOf(1 + random.nextInt(5_000), 2) : null,
                any(Arrays.asList("garden", "toys", "toys", null)),
                random.nextInt(5));
    }

    private void inventBooks() {
        RandomBooks manager = new RandomBooks(random);
        long newest = 0;
        for (int i = 2 + random.nextInt(5); i > 0; i--) {
            long timestamp = GRID * random.nextInt((int) (LAST_TIME / GRID));
            if (random.nextInt(14) == 0) {
                books.add(new PublishedBook(null, timestamp));
                model.hearBook(null, timestamp, false);
                happens(Happening.BOOK_RETIRED);
                continue;
            }
            String document = manager.next();
            books.add(new PublishedBook(document, timestamp));
            RuleBook book = RuleBookReader.read(bytes(document)).book();
            model.hearBook(document, timestamp, book == null);
            if (book == null || book.version() <= newest) {
                happens(Happening.BOOK_NOT_ACCEPTED);
                continue;
            }
            happens(Happening.BOOK_ACCEPTED);
            newest = book.version();
            ContractModel.Book read = ContractModel.book(document, timestamp);
            accepted.put(
                    read.reference(),
                    new ReadBook(new PriceBook(book, read.from(), read.to()), read));
            scheduled.addAll(read.moments());
        }
    }

    private static byte[] bytes(String document) {
        return document == null ? null : document.getBytes(StandardCharsets.UTF_8);
    }

    private <T> T any(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    // ---------------------------------------------------------------- how it is told

    private boolean isTold() {
        return nextInventory[0] == partitions.get(0).size()
                && nextInventory[1] == partitions.get(1).size()
                && nextCatalog == catalog.size()
                && nextBook == books.size();
    }

    /** Something happens. */
    private void step() throws Exception {
        switch (random.nextInt(16)) {
            case 0, 1 -> {
                if (nextBook < books.size()) {
                    PublishedBook book = books.get(nextBook++);
                    log("at %d a book: %s", book.timestamp, book.document);
                    flow.publish("default", bytes(book.document), book.timestamp);
                }
            }
            case 2, 3 -> {
                if (nextCatalog < catalog.size()) {
                    tell(catalog.get(nextCatalog++));
                }
            }
            case 4 -> {
                long next = GRID * random.nextInt((int) (LAST_TIME / GRID)) - random.nextInt(2);
                if (next > watermark) {
                    announce(next);
                }
            }
            case 5 -> {
                log("all that is on its way arrives");
                flow.deliver();
            }
            case 6, 7 -> {
                int subtask = random.nextInt(subtasks);
                log("one thing on its way arrives at subtask %d", subtask);
                flow.deliverOne(subtask);
            }
            case 8, 9 -> {
                int subtask = random.nextInt(subtasks);
                if (flow.slice(subtask)) {
                    log("a slice of subtask %d", subtask);
                }
            }
            default -> {
                int partition = random.nextInt(2);
                List<ProductChange> messages = partitions.get(partition);
                if (nextInventory[partition] < messages.size()) {
                    tell(messages.get(nextInventory[partition]++));
                }
            }
        }
        look();
    }

    private void tell(ProductChange change) throws Exception {
        log("%s %s", change.kind(), change);
        if (change.kind() == ProductChange.Kind.CATALOG) {
            catalogTold.add(change.productId());
        }
        StockLevel level = change.stockLevel();
        long superseded = flow.count("superseded");
        flow.change(change);
        if (level != null) {
            lines++;
            if (flow.count("superseded") == superseded) {
                // From here on prices are told again, as of the level's own time.
                shown.computeIfPresent(
                        level.productId() + "|" + level.warehouseId(),
                        (key, before) -> before.reaching(level.version().eventTime()));
            }
        }
    }

    private void announce(long time) throws Exception {
        log("watermark %d", time);
        watermark = time;
        newestWatermark = Math.max(newestWatermark, time);
        flow.announceWatermark(time);
    }

    private void checkpoint() throws Exception {
        if (flow.isSweeping()) {
            happens(Happening.CHECKPOINT_IN_A_SWEEP);
        }
        log("checkpoint");
        PricingFlow.Snapshot snapshot = flow.snapshot();
        look();
        checkpoint =
                new Checkpoint(
                        snapshot,
                        nextInventory.clone(),
                        nextCatalog,
                        nextBook,
                        lines,
                        new TreeMap<>(shown),
                        new TreeMap<>(totals));
    }

    /** A failure: what was published since the checkpoint is void, and the inputs go back. */
    private void restart(Checkpoint from) throws Exception {
        int before = subtasks;
        subtasks = 1 + random.nextInt(3);
        log("%s with %d subtasks", from == null ? "start" : "restart", subtasks);
        if (flow != null) {
            flow.close();
            happens(before == subtasks ? Happening.RESTART : Happening.RESCALE);
        }
        flow =
                new PricingFlow(
                        PricingFlow.settings(),
                        subtasks,
                        from == null ? null : from.snapshot,
                        null);
        if (byHand) {
            flow.sweepByHand();
        }
        if (from != null) {
            nextInventory = from.inventory.clone();
            nextCatalog = from.catalog;
            nextBook = from.book;
            lines = from.lines;
            shown = new TreeMap<>(from.shown);
            totals = new TreeMap<>(from.totals);
        }
        watermark = Long.MIN_VALUE;
        seenEvents = 0;
        seenShifts = 0;
    }

    private void end() throws Exception {
        // What was reached before a failure is reached again.
        long reached = Math.max(end, newestWatermark);
        if (bounded) {
            log("the end of a bounded run at %d", reached);
            newestWatermark = reached;
            flow.end(reached); // Nothing goes on after this: all sweeps have to be over.
        } else {
            if (reached > watermark) {
                announce(reached);
            }
            flow.deliver();
            for (int subtask = 0; subtask < subtasks; subtask++) {
                while (flow.slice(subtask)) {
                    // Until nothing is left to do.
                }
            }
        }
        look();
        assertEquals(
                lines,
                flow.count("priced")
                        + flow.count("unchanged")
                        + flow.count("superseded")
                        + flow.count("waiting"),
                "every line ends in exactly one place");
        if (flow.count("sweepsCancelled") > 0) {
            happens(Happening.SWEEP_CANCELLED);
        }
        Map<String, Due> due = model.priceList(reached);
        assertPriceList(due);
        assertEquals(due.size(), flow.count("stockLevels"), "levels are counted");
        assertEquals(
                shown.values().stream().filter(Shown::hasPrice).count(),
                flow.count("stockLevels") - flow.count("unpricedLevels"),
                "levels with a price are counted");
    }

    // ---------------------------------------------------------------- what is published

    /** Looks at what was published since it looked last. */
    private void look() {
        List<PricingEvent> events = flow.events();
        for (; seenEvents < events.size(); seenEvents++) {
            PricingEvent event = events.get(seenEvents);
            String key = event.stock().productId() + "|" + event.stock().warehouseId();
            if (event.published() != Published.NOTHING) {
                log("  -> %s %s", key, text(event));
                shown.put(key, next(key, shown.getOrDefault(key, Shown.NOTHING), event));
            } else {
                log("  -> %s %s, not published", key, event.outcome());
            }
        }
        List<StockShift> shifts = flow.shifts();
        for (; seenShifts < shifts.size(); seenShifts++) {
            StockShift shift = shifts.get(seenShifts);
            totals.merge(
                    shift.warehouseId(),
                    Total.NOTHING.plus(shift.before(), -1).plus(shift.after(), 1),
                    (a, b) -> new Total(a.pieces + b.pieces, a.worth.add(b.worth)));
        }
    }

    private static String text(PricingEvent event) {
        if (event.published() == Published.TOMBSTONE) {
            return "withdrawn by %s at %d".formatted(event.cause(), event.effectiveAt());
        }
        return "%s %s %s of %d in %s, version %d, by %s at %d, %s %s"
                .formatted(
                        event.price(),
                        event.currency(),
                        event.segmentPrices(),
                        event.stock().quantity(),
                        event.priceTier(),
                        event.priceVersion(),
                        event.cause(),
                        event.effectiveAt(),
                        event.ruleBook(),
                        event.trace());
    }

    private Shown next(String key, Shown before, PricingEvent event) {
        long at = event.effectiveAt();
        long reached = Math.max(newestWatermark, event.stock().version().eventTime());
        boolean delisted =
                event.published() == Published.TOMBSTONE && event.cause() == Cause.INVENTORY;
        assertTrue(
                delisted || at <= reached,
                () -> key + " takes effect in the future: " + text(event));
        if (event.cause() != Cause.INVENTORY) {
            assertTrue(
                    at >= before.notBefore,
                    () -> key + " goes back in time, after " + before + ": " + text(event));
        }
        if (event.published() == Published.TOMBSTONE) {
            assertEquals(Outcome.WITHDRAWN, event.outcome());
            assertTrue(before.hasPrice(), () -> key + " has no price to be withdrawn");
            assertEquals(before.version, event.priceVersion(), key);
            happens(Happening.WITHDRAWN);
            return new Shown(before.version, event, Long.MIN_VALUE, at);
        }
        assertEquals(before.version + 1, event.priceVersion(), () -> key + ": " + text(event));
        assertTrue(event.price().signum() > 0, () -> key + ": " + text(event));
        for (BigDecimal price : event.segmentPrices().values()) {
            assertTrue(price.signum() > 0, () -> key + ": " + text(event));
            assertTrue(price.compareTo(event.price()) <= 0, () -> key + ": " + text(event));
        }
        boolean moved = !before.hasPrice() || !amounts(before.last).equals(amounts(event));
        assertTrue(
                moved
                        || before.last.stock().quantity() != event.stock().quantity()
                        || !Objects.equals(before.last.priceTier(), event.priceTier()),
                () -> key + " changes nothing: " + text(event));
        assertExplained(key, before, event, moved);
        if (event.cause() == Cause.SCHEDULE) {
            assertTrue(
                    scheduled.contains(at) || isEndOfHold(before, at) || isOwnTime(event),
                    () -> key + ": nothing was scheduled: " + text(event));
        }
        count(event, before);
        return moved
                ? new Shown(event.priceVersion(), event, at, at)
                : new Shown(event.priceVersion(), event, before.changedAt, before.notBefore);
    }

    /** What a hold keeps. */
    private static String amounts(PricingEvent event) {
        return event.price() + " " + event.currency() + new TreeMap<>(event.segmentPrices());
    }

    private static boolean isEndOfHold(Shown before, long at) {
        long millis = at - before.changedAt;
        return millis > 0 && millis <= 1_000 * RandomBooks.LONGEST_HOLD && millis % 1_000 == 0;
    }

    /**
     * A sweep that begins before a stock level's own time prices it as of that time. It finds
     * something new there only where the catalog has changed since.
     */
    private boolean isOwnTime(PricingEvent event) {
        return event.effectiveAt() == event.stock().version().eventTime()
                && catalogTold.contains(event.stock().productId());
    }

    /** The fourth promise: the row and the book that it names are enough to recompute it. */
    private void assertExplained(String key, Shown before, PricingEvent event, boolean moved) {
        ReadBook book = accepted.get(event.ruleBook());
        assertNotNull(book, () -> key + " names a book that was never accepted: " + text(event));
        TraceStep base = event.trace().get(0);
        CatalogEntry told =
                new CatalogEntry(
                        event.priceTier(),
                        base.source().equals("list_price") ? base.after() : null,
                        base.detail().isEmpty() ? null : base.detail(),
                        0);
        Price again = book.engine.price(event.stock(), told, event.effectiveAt());
        Quote quote =
                ContractModel.quote(
                        book.model, Subject.of(event.stock(), told), event.effectiveAt());
        TraceStep last = event.trace().get(event.trace().size() - 1);
        boolean held = last.step().equals("hold");
        List<TraceStep> steps =
                held ? event.trace().subList(0, event.trace().size() - 1) : event.trace();
        assertEquals(steps, again.trace(), () -> key + ": " + text(event));
        assertEquals(quote.price(), held ? last.before() : event.price(), () -> key + text(event));
        assertEquals(quote.price(), again.amount(), () -> key + ": " + text(event));

        long since = before.hasPrice() ? event.effectiveAt() - before.changedAt : Long.MAX_VALUE;
        boolean tooSoon =
                quote.holdSeconds() > 0
                        && since < 1_000 * quote.holdSeconds()
                        && event.currency().equals(before.last.currency());
        if (held) {
            assertTrue(tooSoon, () -> key + " is held for nothing: " + text(event));
            assertFalse(moved, () -> key + " is held and moves: " + text(event));
            assertEquals(last.after(), event.price(), key);
        } else {
            assertEquals(quote.currency(), event.currency(), key);
            assertEquals(
                    quote.segments(),
                    new TreeMap<>(event.segmentPrices()),
                    () -> key + ": " + text(event));
            assertFalse(
                    moved && tooSoon,
                    () -> key + " has to be held since " + before + ": " + text(event));
        }
    }

    private void count(PricingEvent event, Shown before) {
        happens(
                switch (event.cause()) {
                    case INVENTORY -> Happening.PRICED_BY_INVENTORY;
                    case RULE_BOOK -> Happening.PRICED_BY_RULE_BOOK;
                    case SCHEDULE -> Happening.PRICED_BY_SCHEDULE;
                    case CATALOG -> Happening.PRICED_BY_CATALOG;
                });
        if (!event.segmentPrices().isEmpty()) {
            happens(Happening.SEGMENT_PRICED);
        }
        if (event.cause() == Cause.SCHEDULE
                && !scheduled.contains(event.effectiveAt())
                && isEndOfHold(before, event.effectiveAt())) {
            happens(Happening.HOLD_RELEASED);
        }
    }

    // ---------------------------------------------------------------- the end

    private void assertPriceList(Map<String, Due> due) {
        Map<String, String> expected = new TreeMap<>();
        Map<String, String> published = new TreeMap<>();
        Map<String, Total> stock = new TreeMap<>();
        due.forEach(
                (key, price) -> {
                    if (price.quote().price() != null) {
                        expected.put(key, due(key, price));
                    }
                    Shown now = shown.getOrDefault(key, Shown.NOTHING);
                    stock.merge(
                            price.level().warehouseId(),
                            Total.NOTHING.plus(
                                    new Position(
                                            null,
                                            price.level().quantity(),
                                            now.hasPrice() ? now.last.price() : null,
                                            "EUR"),
                                    1),
                            (a, b) -> new Total(a.pieces + b.pieces, a.worth.add(b.worth)));
                    if (price.asOf() == price.level().version().eventTime() && !bounded) {
                        happens(Happening.LEVEL_AHEAD_AT_THE_END);
                    }
                });
        shown.forEach(
                (key, now) -> {
                    if (now.hasPrice()) {
                        published.put(
                                key,
                                now.last.stock().quantity()
                                        + " "
                                        + now.last.priceTier()
                                        + " "
                                        + amounts(now.last));
                    }
                });
        assertEquals(lines(expected), lines(published), "the price list in the end");
        Set<String> warehouses = new TreeSet<>(totals.keySet());
        warehouses.addAll(stock.keySet());
        for (String warehouse : warehouses) {
            Total expectedTotal = stock.getOrDefault(warehouse, Total.NOTHING);
            Total total = totals.getOrDefault(warehouse, Total.NOTHING);
            assertEquals(expectedTotal.pieces, total.pieces, warehouse);
            assertEquals(0, expectedTotal.worth.compareTo(total.worth), warehouse);
        }
    }

    /** What a key should show: the price that is due, or the one that a hold keeps still. */
    private String due(String key, Due due) {
        Quote quote = due.quote();
        String amounts = quote.price() + " " + quote.currency() + new TreeMap<>(quote.segments());
        Shown now = shown.getOrDefault(key, Shown.NOTHING);
        if (now.hasPrice()
                && quote.holdSeconds() > 0
                && now.last.currency().equals(quote.currency())
                && due.asOf() - now.changedAt < 1_000 * quote.holdSeconds()
                && !amounts.equals(amounts(now.last))) {
            happens(Happening.HELD_AT_THE_END);
            amounts = amounts(now.last);
        }
        return due.level().quantity() + " " + quote.tier() + " " + amounts;
    }

    private static String lines(Map<String, String> byKey) {
        StringBuilder lines = new StringBuilder();
        byKey.forEach((key, value) -> lines.append(key).append(' ').append(value).append('\n'));
        return lines.toString();
    }
}
