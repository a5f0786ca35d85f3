package io.slackwater.pricing.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.slackwater.pricing.dashboard.Controls.Promise;
import io.slackwater.pricing.dashboard.Controls.State;
import io.slackwater.pricing.demo.ContractModel.Book;
import io.slackwater.pricing.demo.ContractModel.Subject;
import io.slackwater.pricing.demo.ContractPrice.Quote;
import io.slackwater.pricing.demo.Shop.Message;
import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.SettingsReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A check that never says no would prove nothing: here it meets every kind of fault. */
class PriceAuditTest {

    private static final long START = Instant.parse("2026-11-21T08:00:00Z").toEpochMilli();

    private static final String BOOK =
            """
            {"book_id":"default","version":%d,"currency":"EUR",
             "effective_from":"2026-01-01T00:00:00Z","default_tier":"standard",
             "tiers":{"standard":{"base_price":%s},"premium":{"base_price":15.00}},
             "rules":[{"rule_id":"scarcity","kind":"quantity_bands",
                       "bands":[{"below":10,"multiplier":1.2},{"multiplier":1.0}]}%s]}
            """;

    private final Settings settings =
            SettingsReader.read(
                    new String[] {
                        "--kafka.bootstrap.servers=localhost:9092",
                        "--kafka.environment=test",
                        "--lake.enabled=false",
                        "--database.enabled=false"
                    },
                    Map.of());
    private final PriceAudit audit = new PriceAudit(settings, 1, START);
    private long now = START;
    private long offset;

    // ---------------------------------------------------------------- what is told

    private void book(int version, String standard, String moreRules) throws Exception {
        audit.ruleBook(now, utf8("default"), utf8(BOOK.formatted(version, standard, moreRules)));
        audit.ruleStatus(
                utf8(
                        "{\"book_id\":\"default\",\"version\":%d,\"status\":\"ACTIVE\"}"
                                .formatted(version)));
    }

    private void stock(String product, long quantity) {
        audit.inventory(
                0,
                offset++,
                now,
                utf8(product),
                utf8(
                        "{\"product_id\":\"%s\",\"event_time\":%d,\"inventory\":[{\"warehouse_id\":\"W\",\"quantity\":%d}]}"
                                .formatted(product, now, quantity)),
                now);
    }

    private void price(String product, int version, long quantity, String price, long eventTime)
            throws Exception {
        price(product, version, quantity, price, eventTime, eventTime, 1);
    }

    private void price(
            String product,
            int version,
            long quantity,
            String price,
            long eventTime,
            long effectiveAt,
            int book)
            throws Exception {
        audit.price(
                utf8(product + "|W"),
                utf8(
                        "{\"product_id\":\"%s\",\"warehouse_id\":\"W\",\"quantity\":%d,\"price_tier\":\"standard\",\"price\":%s,\"currency\":\"EUR\",\"price_version\":%d,\"event_time\":\"%s\",\"effective_at\":\"%s\",\"rule_book\":\"default@%d\"}"
                                .formatted(
                                        product,
                                        quantity,
                                        price,
                                        version,
                                        Instant.ofEpochMilli(eventTime),
                                        Instant.ofEpochMilli(effectiveAt),
                                        book)),
                now);
    }

    private void pass(long seconds) {
        for (long i = 0; i < seconds; i++) {
            now += 1_000;
            audit.look(now, now);
        }
    }

    private Promise promise(String id) {
        return audit.promises(now, now).stream()
                .filter(promise -> promise.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private void assertState(State state, String id) {
        assertEquals(state, promise(id).state(), promise(id).text());
    }

    private void assertAllKept() {
        for (Promise promise : audit.promises(now, now)) {
            assertEquals(State.KEPT, promise.state(), promise.text());
        }
        assertNull(audit.fault());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    // ---------------------------------------------------------------- what is found

    @Test
    void isCheckingBeforeAnythingIsPriced() {
        pass(1);
        for (Promise promise : audit.promises(now, now)) {
            assertEquals(State.CHECKING, promise.state(), promise.text());
        }
    }

    @Test
    void keepsAllPromisesWhenThePriceIsRight() throws Exception {
        book(1, "10.00", "");
        stock("A", 5);
        price("A", 1, 5, "12.00", now);
        pass(1);
        assertAllKept();
        assertTrue(promise("nothing-lost").text().startsWith("1 of 1 stock levels"));
    }

    @Test
    void breaksForAWrongPrice() throws Exception {
        book(1, "10.00", "");
        stock("A", 5);
        price("A", 1, 5, "12.01", now);
        pass(10);
        assertState(State.CHECKING, "prices-right");
        pass(20);
        assertState(State.BROKEN, "prices-right");
        assertTrue(
                promise("prices-right").text().contains("A in W")
                        && promise("prices-right").text().contains("12.00 EUR"),
                promise("prices-right").text());
        assertState(State.KEPT, "nothing-twice");
    }

    @Test
    void staysBrokenForAWrongPriceThatIsRightedLater() throws Exception {
        book(1, "10.00", "");
        stock("A", 5);
        price("A", 1, 5, "12.01", now);
        pass(20);
        stock("A", 4);
        price("A", 2, 4, "12.00", now);
        pass(5);
        assertState(State.BROKEN, "prices-right");
    }

    @Test
    void breaksForAPriceOfStockThatWasNeverSent() throws Exception {
        book(1, "10.00", "");
        stock("A", 5);
        price("A", 1, 6, "12.00", now);
        pass(20);
        assertState(State.BROKEN, "prices-right");
    }

    /** The topics are read side by side: a price may be read before its stock level. */
    @Test
    void findsTheLevelOfAPriceThatWasReadFirst() throws Exception {
        book(1, "10.00", "");
        stock("A", 5);
        price("A", 1, 5, "12.00", now);
        pass(1);
        price("A", 2, 50, "10.00", now);
        stock("A", 50);
        now += 10;
        stock("A", 6);
        price("A", 3, 6, "12.00", now);
        pass(60);
        assertAllKept();
    }

    @Test
    void breaksForADoubledVersion() throws Exception {
        book(1, "10.00", "");
        stock("A", 5);
        price("A", 1, 5, "12.00", now);
        price("A", 1, 5, "12.00", now);
        pass(1);
        assertState(State.BROKEN, "nothing-twice");
        assertEquals("A in W: price version 1 came after 1.", promise("nothing-twice").text());
    }

    @Test
    void breaksForAGapInTheVersions() throws Exception {
        book(1, "10.00", "");
        stock("A", 5);
        price("A", 1, 5, "12.00", now);
        stock("A", 4);
        price("A", 3, 4, "12.00", now);
        pass(1);
        assertState(State.BROKEN, "nothing-twice");
    }

    @Test
    void breaksForALostLevelOnceTheGraceIsOver() throws Exception {
        book(1, "10.00", "");
        stock("A", 5);
        price("A", 1, 5, "12.00", now);
        pass(1);
        stock("A", 50);
        pass(10);
        assertState(State.KEPT, "nothing-lost");
        pass(10);
        assertState(State.CHECKING, "nothing-lost");
        pass(60);
        assertState(State.BROKEN, "nothing-lost");
        assertTrue(promise("nothing-lost").text().contains("A in W: 50 pieces were sent"));
    }

    @Test
    void findsALostLevelAmongOthersThatGoOn() throws Exception {
        book(1, "10.00", "");
        stock("lost", 5);
        for (int i = 1; i <= 100; i++) {
            stock("B", 100 + i);
            price("B", i, 100 + i, "10.00", now);
            pass(1);
        }
        assertState(State.BROKEN, "nothing-lost");
        assertTrue(promise("nothing-lost").text().contains("lost in W"));
        assertState(State.KEPT, "prices-right");
    }

    @Test
    void isPatientWithAHotKeyWhoseNewestLevelIsAlwaysOnItsWay() throws Exception {
        book(1, "10.00", "");
        long told = now;
        stock("A", 100);
        for (int i = 1; i <= 200; i++) {
            pass(1);
            long next = now;
            stock("A", 100 + i);
            price("A", i, 99 + i, "10.00", told);
            told = next;
            assertState(State.KEPT, "nothing-lost");
        }
    }

    @Test
    void breaksWhereAPriceDoesNotFollowANewBook() throws Exception {
        book(1, "10.00", "");
        stock("A", 50);
        price("A", 1, 50, "10.00", now);
        pass(10);
        book(2, "11.00", "");
        pass(5);
        assertState(State.CHECKING, "prices-right");
        pass(70);
        assertState(State.BROKEN, "prices-right");
        assertTrue(promise("prices-right").text().contains("11.00 EUR"));
    }

    @Test
    void isKeptAgainWhenThePriceFollowsTheNewBook() throws Exception {
        book(1, "10.00", "");
        long at = now;
        stock("A", 50);
        price("A", 1, 50, "10.00", at);
        pass(10);
        book(2, "11.00", "");
        pass(5);
        price("A", 2, 50, "11.00", at, now, 2);
        pass(1);
        assertAllKept();
    }

    @Test
    void knowsThatARuleBeginsAndEndsByItself() throws Exception {
        String promotion =
                ",{\"rule_id\":\"minute\",\"kind\":\"promotion\",\"percent_off\":20,\"effective_from\":%d,\"effective_to\":%d}"
                        .formatted(START + 20_000, START + 40_000);
        book(1, "10.00", promotion);
        stock("A", 50);
        price("A", 1, 50, "10.00", START);
        pass(10);
        assertAllKept();
        stock("B", 50);
        price("B", 1, 50, "10.00", now);
        pass(28);
        // Event time follows the wall clock in silence: it began, and nobody followed.
        assertState(State.CHECKING, "prices-right");
        price("A", 2, 50, "8.00", START, START + 20_000, 1);
        price("B", 2, 50, "8.00", START + 10_000, START + 20_000, 1);
        pass(1);
        assertAllKept();
        pass(20);
        assertState(State.CHECKING, "prices-right");
        price("A", 3, 50, "10.00", START, START + 40_000, 1);
        price("B", 3, 50, "10.00", START + 10_000, START + 40_000, 1);
        pass(60);
        assertAllKept();
    }

    @Test
    void allowsAHoldToKeepAPriceAndNoOneElse() throws Exception {
        book(1, "10.00", ",{\"rule_id\":\"calm\",\"kind\":\"hold\",\"min_seconds\":30}");
        stock("A", 50);
        price("A", 1, 50, "10.00", now);
        pass(5);
        stock("A", 5);
        price("A", 2, 5, "10.00", now);
        pass(1);
        assertAllKept();
        stock("A", 4);
        price("A", 3, 4, "12.00", now);
        pass(20);
        assertState(State.BROKEN, "prices-right");
    }

    /** The floor of five seconds later is stronger than the hold. */
    @Test
    void allowsNoHoldToKeepAPriceBelowTheFloor() throws Exception {
        String calm = ",{\"rule_id\":\"calm\",\"kind\":\"hold\",\"min_seconds\":3000}";
        String floor = ",{\"rule_id\":\"floor\",\"kind\":\"limits\",\"floor\":10.50}";
        book(1, "10.00", calm);
        long at = now;
        stock("A", 50);
        price("A", 1, 50, "10.00", at);
        pass(5);
        book(2, "11.00", calm);
        pass(60);
        assertAllKept();
        book(3, "11.00", calm + floor);
        pass(80);
        assertState(State.BROKEN, "prices-right");
        price("A", 2, 50, "11.00", at, now, 3);
        pass(1);
        assertAllKept();
    }

    @Test
    void knowsTheNewestCatalogEntryWhateverTheOrderOfItsPartitions() throws Exception {
        for (boolean newestFirst : new boolean[] {true, false}) {
            PriceAudit audit = new PriceAudit(settings, 1, START);
            takeBookAndStock(audit);
            for (int i = 0; i < 2; i++) {
                int partition = newestFirst == (i == 0) ? 1 : 0;
                // Of one moment: the higher partition counts.
                audit.catalogEntry(
                        partition,
                        0,
                        START,
                        utf8("A"),
                        partition == 1
                                ? null
                                : utf8("{\"product_id\":\"A\",\"price_tier\":\"premium\"}"));
            }
            audit.price(utf8("A|W"), utf8(PRICE), START);
            audit.look(START, START);
            assertNull(audit.fault(), newestFirst + "");
        }
    }

    private static final String PRICE =
            """
            {"product_id":"A","warehouse_id":"W","quantity":50,"price_tier":"standard","price":10.00,
             "currency":"EUR","price_version":1,"event_time":"2026-11-21T08:00:00Z",
             "effective_at":"2026-11-21T08:00:00Z","rule_book":"default@1"}
            """;

    private static void takeBookAndStock(PriceAudit audit) throws Exception {
        audit.ruleBook(START, utf8("default"), utf8(BOOK.formatted(1, "10.00", "")));
        audit.ruleStatus(utf8("{\"book_id\":\"default\",\"version\":1,\"status\":\"ACTIVE\"}"));
        audit.inventory(
                0,
                0,
                START,
                utf8("A"),
                utf8(
                        "{\"product_id\":\"A\",\"event_time\":%d,\"inventory\":[{\"warehouse_id\":\"W\",\"quantity\":50}]}"
                                .formatted(START)),
                START);
    }

    @Test
    void seesThatADelistedProductIsStillPriced() throws Exception {
        book(1, "10.00", "");
        stock("A", 5);
        price("A", 1, 5, "12.00", now);
        pass(1);
        audit.inventory(0, offset++, now, utf8("A"), null, now);
        pass(80);
        assertState(State.BROKEN, "prices-right");
        audit.price(utf8("A|W"), null, now);
        pass(1);
        assertAllKept();
    }

    @Test
    void countsWhatIsADeadLetterAsFound() throws Exception {
        book(1, "10.00", "");
        stock("A", 5);
        price("A", 1, 5, "12.00", now);
        pass(1);
        stock("A", 50);
        audit.deadLetter(
                new ObjectMapper()
                        .writeValueAsBytes(
                                Map.of(
                                        "reason",
                                        "OF_ITS_OWN",
                                        "path",
                                        "/inventory/0/quantity",
                                        "source",
                                        Map.of(
                                                "topic",
                                                "inventory_raw",
                                                "partition",
                                                0,
                                                "offset",
                                                offset - 1,
                                                "timestamp",
                                                Instant.ofEpochMilli(now).toString()),
                                        "payload",
                                        "{\"product_id\":\"A\",\"event_time\":%d,\"inventory\":[{\"warehouse_id\":\"W\",\"quantity\":50}]}"
                                                .formatted(now),
                                        "payload_encoding",
                                        "utf-8",
                                        "truncated",
                                        false)));
        pass(100);
        assertAllKept();
    }

    @Test
    void takesARefusedBookForNothing() throws Exception {
        book(1, "10.00", "");
        stock("A", 50);
        price("A", 1, 50, "10.00", now);
        audit.ruleBook(now, utf8("default"), utf8(BOOK.formatted(2, "99.00", "")));
        audit.ruleStatus(utf8("{\"book_id\":\"default\",\"version\":2,\"status\":\"REJECTED\"}"));
        pass(100);
        assertAllKept();
    }

    // ---------------------------------------------------------------- a shop

    /** A job that prices as the contract says, a few seconds behind. */
    private final class HonestJob {
        private record Sold(int version, long quantity, String amounts, long eventTime) {}

        private final Book book;
        private final Map<String, Sold> sold = new HashMap<>();
        private final Map<String, StockLevel> newest = new HashMap<>();
        private final Deque<Runnable> uncommitted = new ArrayDeque<>();

        HonestJob(Book book) {
            this.book = book;
        }

        void take(Message message, long at) {
            byte[] key = message.key() == null ? null : utf8(message.key());
            long timestamp = message.value() == null ? message.time() : at;
            ToldStock told =
                    ToldStock.read(key, message.value(), 0, offset, timestamp, settings.input());
            audit.inventory(0, offset++, timestamp, key, message.value(), at);
            for (StockLevel level : told.levels()) {
                if (level != null) {
                    price(level);
                }
            }
            if (told.withdrawsBefore()) {
                newest.values().removeIf(level -> level.productId().equals(told.productId()));
                sold.replaceAll(
                        (id, before) -> {
                            if (!id.startsWith(told.productId() + "|")
                                    || before.amounts() == null) {
                                return before;
                            }
                            uncommitted.add(() -> takePrice(id, null));
                            return new Sold(before.version(), 0, null, before.eventTime());
                        });
            }
        }

        private void price(StockLevel level) {
            String id = level.productId() + "|" + level.warehouseId();
            StockLevel other = newest.get(id);
            Sold before = sold.get(id);
            if (other != null && level.version().isOlderThan(other.version())
                    || before != null && level.version().eventTime() < before.eventTime()) {
                return;
            }
            newest.put(id, level);
            Quote quote =
                    ContractPrice.quote(
                            book,
                            Subject.of(level, (CatalogEntry) null),
                            level.version().eventTime());
            String amounts = quote.due().price().toPlainString();
            if (before != null
                    && amounts.equals(before.amounts())
                    && before.quantity() == level.quantity()) {
                return;
            }
            int version = before == null ? 1 : before.version() + 1;
            sold.put(id, new Sold(version, level.quantity(), amounts, level.version().eventTime()));
            long time = level.version().eventTime();
            uncommitted.add(
                    () ->
                            takePrice(
                                    id,
                                    "{\"product_id\":\"%s\",\"warehouse_id\":\"%s\",\"quantity\":%d,\"price_tier\":\"standard\",\"price\":%s,\"currency\":\"EUR\",\"price_version\":%d,\"event_time\":\"%s\",\"effective_at\":\"%s\",\"rule_book\":\"default@1\"}"
                                            .formatted(
                                                    level.productId(),
                                                    level.warehouseId(),
                                                    level.quantity(),
                                                    new BigDecimal(amounts),
                                                    version,
                                                    Instant.ofEpochMilli(time),
                                                    Instant.ofEpochMilli(time))));
        }

        private void takePrice(String id, String value) {
            try {
                audit.price(utf8(id), value == null ? null : utf8(value), now);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        void commit() {
            while (!uncommitted.isEmpty()) {
                uncommitted.poll().run();
            }
        }
    }

    @Test
    void raisesNoFalseAlarmInAShopWhoseJobIsBehind() throws Exception {
        long seed = System.nanoTime() % 100_000;
        System.out.println("PriceAuditTest seed " + seed);
        book(1, "10.00", "");
        HonestJob job = new HonestJob(ContractModel.book(BOOK.formatted(1, "10.00", ""), START));
        Shop shop = new Shop(seed, List.of());
        shop.opening(now).forEach(message -> job.take(message, now));
        for (int second = 1; second <= 240; second++) {
            for (int i = 0; i < 20; i++) {
                job.take(shop.next(now + 40 * i), now + 40 * i);
            }
            now += 1_000;
            // A checkpoint every five seconds; from the 100th on the job is down for half a minute.
            if (second % 5 == 0 && (second < 100 || second > 130)) {
                job.commit();
            }
            audit.look(now, now);
            for (Promise promise : audit.promises(now, now)) {
                assertTrue(promise.state() != State.BROKEN, "second " + second + promise.text());
            }
        }
        job.commit();
        pass(1);
        assertAllKept();
        assertTrue(audit.explained() > 500, audit.explained() + " prices");
        assertEquals(0, audit.unexplained());
    }
}
