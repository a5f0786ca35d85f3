package io.slackwater.pricing.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.slackwater.pricing.dashboard.Board.Message;
import io.slackwater.pricing.dashboard.Board.Place;
import io.slackwater.pricing.dashboard.Controls.Button;
import io.slackwater.pricing.dashboard.Controls.Promise;
import io.slackwater.pricing.json.Instants;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoardTest {

    private static final long NOW = Instants.parse("2026-11-21T08:00:00Z");

    private final PriceReader prices = new PriceReader();
    private final RecordReader reader = new RecordReader();
    private final Board board = new Board("default", 1_000, NOW);
    private long places;

    // ---- prices

    @Test
    void keepsTheDigitsOfEveryAmountAndTheRulesInTheirOrder() throws Exception {
        price(
                "P1|WH1",
                """
                {"product_id":"P1","warehouse_id":"WH1","quantity":9007199254740993,
                 "price_tier":"standard","price":8.00,"currency":"EUR","price_version":3,
                 "previous_price":10.50,"cause":"inventory","event_time":"2026-11-21T08:00:00.000Z",
                 "effective_at":"2026-11-21T08:00:01.000Z","rule_book":"default@7",
                 "segment_prices":{"loyal":7.20},"news":[{"not":"known"}],
                 "trace":[{"step":"base","source":"tier:standard","after":10.00},
                  {"step":"quantity_bands","source":"scarcity","detail":"band 1 x 1.2","after":12.00},
                  {"step":"promotion","source":"black-friday","detail":"- 10 %","after":10.80},
                  {"step":"rounding","source":"HALF_UP","detail":"to 0.01","after":10.80},
                  {"step":"segment","source":"loyal","detail":"loyal-10: - 10 %","after":9.72}]}""");

        JsonNode row = snapshot().path("prices").path(0);

        assertEquals("9007199254740993", row.path("quantity").asText());
        assertEquals("8.00", row.path("price").asText());
        assertEquals("10.50", row.path("previous_price").asText());
        assertEquals("7.20", row.path("segment_prices").path("loyal").asText());
        assertEquals("[\"scarcity\",\"black-friday\"]", row.path("rules").toString());
        assertEquals("2026-11-21T08:00:01.000Z", row.path("effective_at").asText());
        assertFalse(row.path("withdrawn").asBoolean());
        assertEquals("EUR", snapshot().path("currency").asText());
        assertEquals("2026-11-21T08:00:01.000Z", snapshot().path("event_time").asText());
        String trace = board.product("P1").get("WH1").get(0).trace();
        assertTrue(
                trace.startsWith(
                        "[{\"step\":\"base\",\"source\":\"tier:standard\",\"after\":\"10.00\"},"),
                trace);
    }

    @Test
    void readsPricesOfEarlierVersionsWithoutATrace() throws Exception {
        price("P1", "WH1", 1, "8.00");

        assertEquals("[]", snapshot().path("prices").path(0).path("rules").toString());
        assertEquals("[]", board.product("P1").get("WH1").get(0).trace());
    }

    @Test
    void keepsTheLastValuesOfAWithdrawnPriceUntilItIsForgotten() throws Exception {
        price("P1", "WH1", 1, "8.00");
        price("P2", "WH1", 1, "9.00");
        board.withdrawn("P1|WH1", place(NOW + 1), NOW);

        JsonNode snapshot = snapshot();
        assertEquals(1, snapshot.path("keys").asInt());
        assertEquals(3, snapshot.path("records").asInt());
        JsonNode row = snapshot.path("prices").path(0);
        assertTrue(row.path("withdrawn").asBoolean());
        assertEquals("8.00", row.path("price").asText());
        assertEquals(2, board.product("P1").get("WH1").size());

        board.forget(NOW + NewestPrices.WITHDRAWN_MILLIS - 1);
        assertEquals(1, board.product("P1").size());
        board.forget(NOW + NewestPrices.WITHDRAWN_MILLIS);
        assertEquals(0, board.product("P1").size());
        assertEquals(1, board.remembered());
        assertEquals(1, board.search(List.of(), 10).matches());
    }

    @Test
    void doesNotForgetAPriceThatCameBack() throws Exception {
        price("P1", "WH1", 1, "8.00");
        board.withdrawn("P1|WH1", place(NOW), NOW);
        price("P1", "WH1", 2, "9.00");
        board.forget(NOW + NewestPrices.WITHDRAWN_MILLIS);

        assertEquals(1, snapshot().path("keys").asInt());
        assertEquals(3, board.product("P1").get("WH1").size());
    }

    @Test
    void splitsTheKeyOfAPriceThatItNeverSaw() {
        board.withdrawn("a\\|b\\\\c|W|H", place(NOW), NOW);
        board.withdrawn("no bar", place(NOW), NOW);

        JsonNode prices = snapshot().path("prices");
        assertEquals("a|b\\c", prices.path(1).path("product_id").asText());
        assertEquals("W|H", prices.path(1).path("warehouse_id").asText());
        assertEquals("no bar", prices.path(0).path("product_id").asText());
        assertFalse(prices.path(0).has("price"));
        assertEquals(0, snapshot().path("keys").asInt());
    }

    @Test
    void sendsTheNewestPricesFirstAndNoMoreThanFit() throws Exception {
        for (int i = 0; i < 500; i++) {
            price("P" + i, "WH", 1, "1.00");
        }
        price("P400", "WH", 2, "2.00");

        JsonNode prices = snapshot().path("prices");
        assertEquals(NewestPrices.MAX_SHOWN, prices.size());
        assertEquals("P400", prices.path(0).path("product_id").asText());
        assertEquals("P499", prices.path(1).path("product_id").asText());
        assertEquals(500, snapshot().path("keys").asInt());
    }

    // ---- history

    @Test
    void remembersTheLastHundredPricesOfAKey() throws Exception {
        for (int i = 1; i <= 150; i++) {
            price("P1", "WH1", i, i + ".00");
        }

        List<PriceReader.TracedPrice> history = board.product("P1").get("WH1");
        assertEquals(PriceHistory.MAX_PER_KEY, history.size());
        assertEquals("51.00", history.get(0).row().price());
        assertEquals("150.00", history.get(99).row().price());
    }

    @Test
    void forgetsTheHistoryThatChangedLongestAgoWhereThereIsTooMuch() throws Exception {
        for (int i = 0; i < 20; i++) {
            for (int version = 1; version <= 60; version++) {
                price("P" + i, "WH", version, "1.00");
            }
        }

        assertTrue(board.remembered() <= 1_000, board.remembered() + " are remembered");
        assertEquals(60, board.product("P19").get("WH").size());
        // Of the oldest, the newest price is still known.
        assertEquals(1, board.product("P0").get("WH").size());
        assertEquals(60, board.product("P0").get("WH").get(0).row().priceVersion());
    }

    // ---- search

    @Test
    void findsEveryWordInProductWarehouseTierOrRule() throws Exception {
        price("Kettle", "Nord-1", 1, "1.00");
        price("kettle blue", "Süd-2", 1, "1.00");
        price("Pan", "NORD-1", 2, "1.00");

        assertEquals(2, board.search(List.of("kettle"), 10).matches());
        assertEquals(1, board.search(List.of("KETTLE", "nord"), 10).matches());
        assertEquals(1, board.search(List.of("SÜD"), 10).matches());
        assertEquals(3, board.search(List.of("stand"), 10).matches());
        assertEquals(0, board.search(List.of("kettle", "moon"), 10).matches());
        assertEquals(3, board.search(List.of(), 1).matches());
        assertEquals("Pan", board.search(List.of(), 1).rows().get(0).productId());
    }

    // ---- the other topics

    @Test
    void saysWhichBookIsInForceAndHowFarPricesFollow() throws Exception {
        status("{'book_id':'default','version':1,'status':'ACTIVE'}");
        status("{'book_id':'default','version':2,'status':'SCHEDULED'}");
        status("{'book_id':'other','version':9,'status':'IGNORED'}");
        status("{'book_id':'default','version':1,'status':'CONVERGING','progress_percent':40}");

        JsonNode rules = snapshot().path("rules");
        assertEquals(1, rules.path("active").path("version").asInt());
        assertEquals(2, rules.path("scheduled").path(0).path("version").asInt());
        assertEquals(40, rules.path("sweep").path("progress_percent").asInt());
        assertEquals(3, rules.path("history").size());
        assertEquals("IGNORED", rules.path("history").path(0).path("status").asText());
        assertEquals(
                "2026-11-21T08:00:00.002Z",
                rules.path("history").path(0).path("at_kafka").asText());

        status("{'book_id':'default','version':2,'status':'ACTIVE'}");
        status("{'book_id':'default','version':1,'status':'CANCELLED','examined':5}");
        rules = snapshot().path("rules");
        assertEquals(2, rules.path("active").path("version").asInt());
        assertEquals(0, rules.path("scheduled").size());
        assertTrue(rules.path("sweep").isNull());

        status("{'book_id':'default','status':'RETIRED'}");
        assertTrue(snapshot().path("rules").path("active").isNull());
    }

    @Test
    void aVersionThatWasOvertakenIsNotInForce() throws Exception {
        status("{'book_id':'default','version':1,'status':'ACTIVE','deciding_version':1}");
        status("{'book_id':'default','version':2,'status':'SCHEDULED','deciding_version':1}");
        status("{'book_id':'default','version':3,'status':'ACTIVE','deciding_version':3}");
        status("{'book_id':'default','version':3,'status':'CONVERGED','deciding_version':3}");
        status("{'book_id':'default','version':2,'status':'OVERTAKEN','deciding_version':3}");

        JsonNode rules = snapshot().path("rules");
        assertEquals(3, rules.path("deciding").asInt());
        assertEquals(3, rules.path("active").path("version").asInt());
        assertEquals("CONVERGED", rules.path("sweep").path("status").asText());
        assertEquals(0, rules.path("scheduled").size());
    }

    @Test
    void saysWhichVersionDecidesAfterAnEndAndThatNoneDoes() throws Exception {
        status(
                "{'book_id':'default','version':3,'status':'ACTIVE','deciding_version':3,"
                        + "'effective_from':'2026-11-21T09:00:00.000Z'}");
        status("{'book_id':'default','version':4,'status':'ACTIVE','deciding_version':4}");
        status(
                "{'book_id':'default','version':4,'status':'ENDED','deciding_version':3,"
                        + "'at':'2026-11-28T12:00:00.000Z'}");
        JsonNode rules = snapshot().path("rules");
        assertEquals(3, rules.path("deciding").asInt());
        assertEquals("2026-11-21T09:00:00.000Z", rules.path("since").asText());
        assertEquals("2026-11-28T12:00:00.000Z", rules.path("again_since").asText());

        status("{'book_id':'default','version':3,'status':'ENDED'}");
        rules = snapshot().path("rules");
        assertFalse(rules.has("deciding"));
        assertTrue(rules.path("active").isNull());
        assertEquals("ENDED", rules.path("end").path("status").asText());
    }

    @Test
    void knowsTheBookInForceByWhatCompactionLeft() throws Exception {
        // The version in force stands on a partition that is read before the older ones.
        status(
                "{'book_id':'default','version':2,'status':'CONVERGED','deciding_version':2,"
                        + "'effective_from':'2026-11-21T09:00:00.000Z'}",
                NOW + 1_000);
        status("{'book_id':'default','version':1,'status':'CONVERGED','deciding_version':1}", NOW);

        JsonNode rules = snapshot().path("rules");
        assertEquals(2, rules.path("active").path("version").asInt());
        assertEquals("CONVERGED", rules.path("sweep").path("status").asText());
        assertEquals(2, rules.path("history").path(0).path("version").asInt());
    }

    @Test
    void keepsTheNewestOfAKeyInWhateverOrderItsPartitionsAreRead() throws Exception {
        price("P1", "WH1", 3, "3.00");
        price("P1", "WH1", 1, "1.00");
        board.withdrawn("P1|WH1", new Row.Position(NOW + 2, 1, 7), NOW);

        JsonNode row = snapshot().path("prices").path(0);
        assertEquals("3.00", row.path("price").asText());
        assertFalse(row.path("withdrawn").asBoolean());
        assertEquals(1, snapshot().path("keys").asInt());
        assertEquals(3, snapshot().path("records").asInt());
        assertEquals(
                List.of(1L, 2L, 3L),
                board.product("P1").get("WH1").stream()
                        .map(told -> told.row().at() - NOW)
                        .toList());
    }

    @Test
    void keepsTheCurrenciesOfAWindowApart() throws Exception {
        for (int minute = 0; minute < 40; minute++) {
            window("all", "all", minute, minute < 20 ? "BGN" : "EUR");
        }
        window("all", "all", 19, "EUR");
        window("all", "all", 19, "EUR");

        JsonNode metrics = snapshot().path("metrics");
        assertEquals(41, metrics.size());
        assertEquals("BGN", metrics.path(19).path("currency").asText());
        assertEquals("EUR", metrics.path(20).path("currency").asText());
        assertEquals(metrics.path(19).path("window_start"), metrics.path(20).path("window_start"));
    }

    @Test
    void keepsTheNewestAlertsWhateverPartitionComesFirst() throws Exception {
        for (int i = 0; i < 300; i++) {
            alert("0-" + i, "NEW", NOW + 1_000 + i);
        }
        for (int i = 0; i < 300; i++) {
            alert("1-" + i, "OLD", NOW + i);
        }

        JsonNode alerts = snapshot().path("alerts");
        assertEquals(Board.MAX_ALERTS, alerts.size());
        assertEquals("0-299", alerts.path(0).path("id").asText());
        assertEquals("0-100", alerts.path(199).path("id").asText());
    }

    @Test
    void saysThatRecordsCouldNotBeRead() throws Exception {
        assertFalse(snapshot().has("skipped"));
        board.skipped();
        assertEquals(1, snapshot().path("skipped").asInt());
    }

    @Test
    void showsWhatReleasesWithoutBoundsHaveWritten() throws Exception {
        String digits = "0." + "1".repeat(3_000);
        StringBuilder steps = new StringBuilder();
        for (int i = 0; i < 700; i++) {
            steps.append(",{\"step\":\"promotion\",\"source\":\"r\",\"after\":1}");
        }
        price(
                "P1|WH1",
                """
                {"product_id":"P1","warehouse_id":"WH1","quantity":5,"price":3.64,"price_version":1,
                 "weight":%s,"trace":[{"step":"base","source":"tier:standard","after":%s}%s]}"""
                        .formatted(digits, digits, steps));

        assertEquals("3.64", snapshot().path("prices").path(0).path("price").asText());
        String trace = board.product("P1").get("WH1").get(0).trace();
        assertTrue(trace.contains("\"after\":\"0.1111"), trace);
        assertTrue(trace.contains("11…\""), trace);
    }

    @Test
    void cutsTheReasonsOfABookWithAThousandFaults() throws Exception {
        StringBuilder reasons = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            reasons.append(i == 0 ? "" : ",")
                    .append("{'reason':'R','path':'/','message':'")
                    .append("m".repeat(500))
                    .append("'}");
        }
        status("{'book_id':'default','version':1,'status':'REJECTED','reasons':[" + reasons + "]}");

        JsonNode book = snapshot().path("rules").path("history").path(0);
        assertEquals(20, book.path("reasons").size());
        assertEquals(980, book.path("reasons_left_out").asInt());
    }

    @Test
    void countsAlertsByKindAndBoundsHowManyKindsThereAre() throws Exception {
        for (int i = 0; i < 300; i++) {
            alert("0-" + i, "KIND" + i);
        }
        alert("0-300", "KIND0");

        JsonNode snapshot = snapshot();
        assertEquals(Board.MAX_ALERTS, snapshot.path("alerts").size());
        assertEquals("0-300", snapshot.path("alerts").path(0).path("id").asText());
        assertEquals(2, snapshot.path("alert_counts").path("KIND0").asInt());
        assertEquals(200, snapshot.path("alert_counts").path("OTHER").asInt());
        assertEquals(101, snapshot.path("alert_counts").size());
    }

    @Test
    void keepsTheNewestWindowsOfEachValue() throws Exception {
        for (int minute = 0; minute < 200; minute++) {
            window("all", "all", minute);
            window("warehouse", "WH", minute);
        }
        window("warehouse", "WH", 3);

        JsonNode metrics = snapshot().path("metrics");
        assertEquals(MetricWindows.MAX_OF_ALL + MetricWindows.MAX_PER_VALUE, metrics.size());
        assertEquals("all", metrics.path(0).path("dimension").asText());
        assertEquals(time(80), metrics.path(0).path("window_start").asText());
        assertEquals(time(199), metrics.path(149).path("window_start").asText());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "null",
                "[]",
                "7",
                "{\"product_id\":\"P\"}",
                "{\"product_id\":null,\"warehouse_id\":\"W\",\"quantity\":1,\"price\":1}",
                "{\"product_id\":\"P\",\"warehouse_id\":\"W\",\"quantity\":1.5,\"price\":1}",
                "{\"product_id\":\"P\",\"warehouse_id\":\"W\",\"quantity\":1,\"price\":\"1\"}",
                "{\"product_id\":\"P\",\"warehouse_id\":\"W\",\"quantity\":1,\"price\":1e5}",
                "{\"product_id\":\"P\",\"warehouse_id\":\"W\",\"quantity\":1,\"price\":1,\"trace\":7}",
                "{\"product_id\":\"P\",\"warehouse_id\":\"W\",\"quantity\":1,\"price\":1} x"
            })
    void refusesWhatIsNoPrice(String value) {
        assertThrows(IOException.class, () -> price("P|W", value));
        assertEquals(0, snapshot().path("keys").asInt());
    }

    // ---- what a visitor gets

    @Test
    void sendsOnlyWhatChanged() throws Exception {
        price("P1", "WH", 1, "1.00");
        alert("0-1", "LOW_STOCK");
        Place has = board.place();

        JsonNode quiet = json(board.message(has, NOW + 5));
        assertEquals("2026-11-21T08:00:00.005Z", quiet.path("now").asText());
        assertEquals(List.of("now", "event_time", "broker", "keys", "records"), names(quiet));

        price("P2", "WH", 1, "1.00");
        JsonNode news = json(board.message(has, NOW));
        assertEquals(1, news.path("prices").size());
        assertFalse(news.has("alerts") || news.has("currency") || news.has("rules"));
    }

    @Test
    void knowsNoPlaceOfAnotherServerOrEpoch() {
        Board other = new Board("default", 10, NOW + 1);
        String id = board.id(board.place());

        assertEquals(board.place(), board.place(id));
        assertNull(other.place(id));
        assertNull(board.place("nonsense"));
        assertNull(board.place(id.substring(0, id.indexOf('.') + 1) + "-"));
        assertNull(board.place((String) null));
        Place old = board.place();
        assertFalse(board.message(old, NOW).whole());
        board.reset();
        assertTrue(board.message(old, NOW).whole());
        assertTrue(board.message(new Place(board.place().epoch(), 99_999), NOW).whole());
    }

    @Test
    void sendsButtonsOnceAndPromisesWhenTheyChange() throws Exception {
        board.buttons(List.of(new Button("kill", "Kill", "Watch.")));
        board.promises(
                List.of(new Promise("lost", "Nothing lost", Controls.State.CHECKING, "0 of 1")));
        JsonNode controls = snapshot().path("controls");
        assertEquals("kill", controls.path("buttons").path(0).path("id").asText());
        assertEquals("checking", controls.path("promises").path(0).path("state").asText());

        Place has = board.place();
        board.promises(
                List.of(new Promise("lost", "Nothing lost", Controls.State.CHECKING, "0 of 1")));
        assertFalse(json(board.message(has, NOW)).has("controls"));
        board.promises(List.of(new Promise("lost", "Nothing lost", Controls.State.KEPT, "1 of 1")));
        controls = json(board.message(has, NOW)).path("controls");
        assertEquals("kept", controls.path("promises").path(0).path("state").asText());
        assertFalse(controls.has("buttons"));
    }

    /**
     * Many visitors, who come, stay away for a while and come back with what they had, all see in
     * the end what somebody sees who comes then.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyVisitorEndsWithWhatAFreshOneSees(int round) throws Exception {
        long seed = round * 7919L;
        String told = "seed " + seed;
        System.out.println("BoardTest " + told);
        Random random = new Random(seed);
        board.buttons(List.of(new Button("b", "B", "Watch.")));
        List<Browser> browsers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            browsers.add(new Browser());
        }
        Message shared = board.message(null, NOW);
        int keys = 1 + random.nextInt(600);
        for (int step = 0; step < 4_000; step++) {
            change(random, keys, step);
            if (random.nextInt(20) == 0) {
                // The update that is written once for all who keep up.
                Message next = board.message(shared.to(), NOW + step);
                for (Browser browser : browsers) {
                    Place has = board.place(browser.lastId());
                    if (random.nextInt(3) == 0) {
                        // Away, or slow.
                        continue;
                    }
                    boolean fits = has != null && Updates.fits(next, has);
                    take(browser, next.whole() || fits ? next : board.message(has, NOW + step));
                }
                shared = next;
            }
            if (random.nextInt(1_500) == 0) {
                if (random.nextBoolean()) {
                    board.reset();
                } else {
                    board.loaded();
                }
            }
        }
        ObjectNode fresh = fresh().shown();
        for (Browser browser : browsers) {
            take(browser, board.message(board.place(browser.lastId()), NOW));
            assertEquals(fresh, browser.shown(), told);
        }
        assertTrue(
                browsers.stream().mapToInt(Browser::updates).sum() > 100,
                "hardly an update was merged");
    }

    private void change(Random random, int keys, int step) throws IOException {
        String product = "P" + random.nextInt(keys);
        switch (random.nextInt(9)) {
            case 0, 1, 2, 3 -> price(product, "WH", step, random.nextInt(99) + ".00");
            case 4 -> board.withdrawn(product + "|WH", place(NOW + step), NOW + step * 1_000L);
            case 5 ->
                    window(
                            random.nextBoolean() ? "all" : "warehouse",
                            "V" + random.nextInt(3),
                            random.nextInt(200));
            case 6 -> alert("0-" + step, "KIND" + random.nextInt(4));
            case 7 ->
                    board.deadLetter(
                            reader.deadLetter(
                                    "1-" + step,
                                    utf8("{'reason':'R" + random.nextInt(3) + "','payload':'x'}"),
                                    NOW));
            default -> {
                String state =
                        List.of("ACTIVE", "SCHEDULED", "CONVERGING", "CONVERGED", "RETIRED")
                                .get(random.nextInt(5));
                status(
                        "{'book_id':'default','version':%d,'status':'%s'}"
                                .formatted(random.nextInt(5), state));
                board.broker(random.nextBoolean(), NOW + step);
                board.promises(
                        List.of(
                                new Promise(
                                        "p", "P", Controls.State.KEPT, "" + random.nextInt(3))));
                board.forget(NOW + step * 1_000L);
            }
        }
    }

    // ---- what the tests need

    private Browser fresh() {
        Browser browser = new Browser();
        take(browser, board.message(null, NOW));
        return browser;
    }

    private JsonNode snapshot() {
        return fresh().shown();
    }

    private static JsonNode json(Message message) {
        Browser browser = new Browser();
        browser.take("", "snapshot", message.json());
        return browser.told();
    }

    private static List<String> names(JsonNode json) {
        List<String> names = new ArrayList<>();
        json.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private void take(Browser browser, Message message) {
        browser.take(
                board.id(message.to()), message.whole() ? "snapshot" : "update", message.json());
    }

    private void price(String product, String warehouse, int version, String price)
            throws IOException {
        price(
                product + "|" + warehouse,
                """
                {"product_id":"%s","warehouse_id":"%s","quantity":5,"price_tier":"standard",
                 "price":%s,"currency":"EUR","price_version":%d,"cause":"inventory",
                 "event_time":"%s","effective_at":"%s","rule_book":"default@1"}"""
                        .formatted(
                                product, warehouse, price, version, time(version), time(version)),
                NOW + version);
    }

    private void price(String key, String value) throws IOException {
        price(key, value, NOW);
    }

    private void price(String key, String value, long at) throws IOException {
        board.price(prices.price(key, value.getBytes(StandardCharsets.UTF_8), place(at)));
    }

    /** Where the next record stands. */
    private Row.Position place(long at) {
        return new Row.Position(at, 0, places++);
    }

    private void status(String json) throws IOException {
        // One after the other.
        board.status(reader.status("0-" + places, utf8(json), NOW + places++));
    }

    private void status(String json, long at) throws IOException {
        board.status(reader.status("0-" + places++, utf8(json), at));
    }

    private void alert(String id, String kind) throws IOException {
        alert(id, kind, NOW);
    }

    private void alert(String id, String kind, long at) throws IOException {
        board.alert(
                reader.alert(id, utf8("{'alert':'" + kind + "','details':{'price':8.00}}"), at));
    }

    private void window(String dimension, String value, int minute) throws IOException {
        window(dimension, value, minute, "EUR");
    }

    private void window(String dimension, String value, int minute, String currency)
            throws IOException {
        board.window(
                reader.window(
                        utf8(
                                "{'window_start':'%s','window_end':'%s','dimension':'%s','value':'%s','updates':%d,'currency':'%s'}"
                                        .formatted(
                                                time(minute),
                                                time(minute + 1),
                                                dimension,
                                                value,
                                                minute,
                                                currency))));
    }

    private static String time(int minute) {
        return Instants.format(NOW + minute * 60_000L);
    }

    private static byte[] utf8(String json) {
        return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
