package io.slackwater.pricing.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.demo.Broker;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.SettingsReader;
import io.slackwater.pricing.testing.Poll;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page's server on a real broker. */
@Timeout(180)
class DashboardIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir Path dir;

    private Broker broker;
    private Dashboard dashboard;

    @BeforeEach
    void startTheBroker() {
        broker = Broker.start(dir);
        dashboard = Dashboard.start(settings(), "localhost", 0, null);
    }

    @AfterEach
    void stopAll() {
        dashboard.close();
        broker.close();
    }

    @Test
    void showsWithinASecondWhatIsWrittenToTheTopics() throws Exception {
        Browser browser = new Browser();
        try (Visit visit = Visit.to(dashboard.port(), browser)) {
            visit.await("an empty page", b -> b.shown().path("broker").path("up").asBoolean());
            assertEquals(0, browser.shown().path("keys").asInt());

            // The page was there first.
            KafkaTopics.create(settings());
            try (Writer writer = new Writer()) {
                writer.price("P1", "WH1", 1, "8.00");
                visit.await("the first price", b -> prices(b).contains("P1|WH1 8.00 1"));
                long written = System.nanoTime();
                writer.price("P1", "WH1", 2, "9.50");
                writer.send(
                        KafkaTopics.METRICS,
                        "all|all",
                        """
                        {"window_start":"2026-11-21T08:00:00.000Z","window_end":"2026-11-21T08:01:00.000Z",\
                        "dimension":"all","value":"all","updates":5,"price_changes":2,"min_price":8.00,\
                        "max_price":12.00,"avg_price":10.40,"units_on_hand":80,"stock_value":810.00,\
                        "low_stock":1,"out_of_stock":0,"oversold":0}""");
                writer.send(
                        KafkaTopics.ALERTS,
                        "P1",
                        """
                        {"alert":"LOW_STOCK","severity":"WARNING","product_id":"P1","warehouse_id":"WH1",\
                        "event_time":"2026-11-21T08:00:05.000Z","details":{"quantity":5,"threshold":10}}""");
                writer.send(
                        KafkaTopics.RULE_STATUS,
                        "default",
                        """
                        {"book_id":"default","version":3,"status":"ACTIVE",\
                        "effective_from":"2026-11-21T08:00:00.000Z","at":"2026-11-21T08:00:00.000Z"}""");
                writer.letter("{\"product_id\":\"P1\"");
                visit.await(
                        "all of it",
                        b ->
                                prices(b).contains("P1|WH1 9.50 2")
                                        && b.shown().path("metrics").size() == 1
                                        && b.shown().path("alerts").size() == 1
                                        && b.shown().path("dead_letters").size() == 1
                                        && b.shown()
                                                        .path("rules")
                                                        .path("active")
                                                        .path("version")
                                                        .asInt()
                                                == 3);
                long tookMillis = (System.nanoTime() - written) / 1_000_000;
                assertTrue(tookMillis < 3_000, "it took " + tookMillis + " ms");
            }
            JsonNode shown = browser.shown();
            assertEquals("EUR", shown.path("currency").asText());
            assertEquals("810.00", shown.path("metrics").path(0).path("stock_value").asText());
            assertEquals(80, shown.path("metrics").path(0).path("units_on_hand").asInt());
            assertEquals(1, shown.path("alert_counts").path("LOW_STOCK").asInt());
            assertEquals("/inventory/0", shown.path("dead_letters").path(0).path("path").asText());
            assertFalse(shown.path("dead_letters").path(0).has("payload"));
            assertEquals(2, shown.path("records").asInt());
            assertFalse(shown.has("controls"));

            String id = shown.path("dead_letters").path(0).path("id").asText();
            JsonNode letter = get("/api/dead-letters?id=" + id);
            assertEquals("{\"product_id\":\"P1\"", letter.path("payload").asText());
            assertEquals("utf-8", letter.path("payload_encoding").asText());
            assertEquals(404, code("/api/dead-letters?id=77-1"));
            assertEquals(404, code("/api/dead-letters?id=0-99999"));
            assertEquals(404, code("/api/dead-letters?id=../etc"));
            JsonNode product = get("/api/products?id=P1");
            JsonNode history = product.path("warehouses").path(0).path("history");
            assertEquals("8.00", history.path(0).path("price").asText());
            assertEquals("9.50", history.path(1).path("price").asText());
            assertEquals("base", history.path(1).path("trace").path(0).path("step").asText());
            assertEquals(1, get("/api/prices?q=SCARC%20wh1").path("matches").asInt());
        }
    }

    @Test
    void goesOnWithoutAGapOrADoubleWhenTheBrokerWasAway() throws Exception {
        KafkaTopics.create(settings());
        Browser browser = new Browser();
        try (Visit visit = Visit.to(dashboard.port(), browser)) {
            try (Writer writer = new Writer()) {
                for (int i = 0; i < 50; i++) {
                    writer.price("P" + i, "WH", 1, i + ".00");
                }
            }
            visit.await("50 prices", b -> b.shown().path("keys").asInt() == 50);
            int snapshots = browser.snapshots();
            broker.close();
            visit.await("that it is away", b -> !b.shown().path("broker").path("up").asBoolean());
            assertEquals(503, code("/api/dead-letters?id=0-0"));

            broker = Broker.startAgain(dir);
            try (Writer writer = new Writer()) {
                for (int i = 25; i < 75; i++) {
                    writer.price("P" + i, "WH", 2, i + ".50");
                }
            }
            visit.await("that it is back", b -> b.shown().path("broker").path("up").asBoolean());
            visit.await("75 prices", b -> b.shown().path("keys").asInt() == 75);
            visit.await("100 records", b -> b.shown().path("records").asInt() == 100);
            assertEquals(snapshots, browser.snapshots(), "it was told anew");
            List<String> prices = prices(browser);
            assertEquals(75, prices.stream().distinct().count());
            assertTrue(prices.contains("P0|WH 0.00 1") && prices.contains("P74|WH 74.50 2"));
            assertEquals(
                    2,
                    get("/api/products?id=P30").path("warehouses").path(0).path("history").size());
        }
    }

    @Test
    void beginsAnewWhereTheBrokerComesBackEmpty() throws Exception {
        KafkaTopics.create(settings());
        Browser browser = new Browser();
        try (Visit visit = Visit.to(dashboard.port(), browser)) {
            try (Writer writer = new Writer()) {
                writer.price("OLD", "WH", 7, "1.00");
            }
            visit.await("the old price", b -> prices(b).contains("OLD|WH 1.00 7"));
            broker.close();
            try (Stream<Path> files = Files.walk(dir.resolve("broker/data"))) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
            broker = Broker.startAgain(dir);
            KafkaTopics.create(settings());
            try (Writer writer = new Writer()) {
                writer.price("NEW", "WH", 1, "2.00");
            }
            visit.await("the new price alone", b -> prices(b).equals(List.of("NEW|WH 2.00 1")));
            assertEquals(404, code("/api/products?id=OLD"));
        }
    }

    @Test
    void showsNothingOfATransactionThatIsOpenAndMeasuresIt() throws Exception {
        KafkaTopics.create(settings());
        Browser browser = new Browser();
        try (Visit visit = Visit.to(dashboard.port(), browser);
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(
                                Map.of(
                                        "bootstrap.servers",
                                        broker.bootstrapServers(),
                                        "transactional.id",
                                        "open"),
                                new ByteArraySerializer(),
                                new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(record("P1", "WH", 1, "3.00")).get();
            Poll.until(
                    "the open transaction",
                    () -> metrics().contains("{topic=\"price_list\"} 1\n"),
                    this::metrics);
            Poll.until(
                    "its age",
                    () ->
                            metrics()
                                    .matches(
                                            "(?s).*oldest_unstable_seconds\\{topic=\"price_list\"} [1-9].*"),
                    this::metrics);
            assertEquals(0, browser.shown().path("keys").asInt());
            producer.commitTransaction();
            visit.await("the price", b -> prices(b).contains("P1|WH 3.00 1"));
            Poll.until(
                    "that nothing is open",
                    () ->
                            metrics()
                                    .contains(
                                            "slackwater_topic_unstable_records{topic=\"price_list\"} 0\n"),
                    this::metrics);
        }
        assertTrue(metrics().contains("slackwater_broker_up 1\n"));
    }

    @Test
    void takesHostileNamesAsDataAndSkipsWhatIsNoRecord() throws Exception {
        KafkaTopics.create(settings());
        Browser browser = new Browser();
        String hostile = "<img src=x onerror=alert(1)>\"'\\|\u2028\u202e\ud83d\ude00\n";
        try (Visit visit = Visit.to(dashboard.port(), browser);
                Writer writer = new Writer()) {
            writer.price(hostile, "</script>", 1, "4.00");
            writer.price("x".repeat(500_000), "WH", 1, "4.00");
            writer.send(KafkaTopics.PRICES, "k", "not json");
            writer.send(KafkaTopics.PRICES, "k", "{\"product_id\":7}");
            writer.send(KafkaTopics.PRICES, "k", "[".repeat(100_000));
            writer.send(
                    KafkaTopics.PRICES,
                    "k|k",
                    "{\"product_id\":\"k\",\"warehouse_id\":\"k\",\"quantity\":1,\"price\":1e999999999}");
            writer.send(KafkaTopics.METRICS, "k", "{}");
            writer.send(KafkaTopics.ALERTS, null, "{\"alert\":{}}");
            writer.send(KafkaTopics.RULE_STATUS, "k", "{\"status\":\"" + "S".repeat(9_999) + "\"}");
            writer.send(KafkaTopics.DEAD_LETTERS, null, "\"\"");
            writer.price("LAST", "WH", 1, "5.00");
            visit.await("the last price", b -> prices(b).contains("LAST|WH 5.00 1"));
            visit.await("both good prices", b -> b.shown().path("keys").asInt() == 2);
            List<String> names = new ArrayList<>();
            browser.shown()
                    .path("prices")
                    .forEach(row -> names.add(row.path("product_id").asText()));
            assertTrue(names.contains(hostile), names.toString());
            JsonNode product =
                    get("/api/products?id=" + URLEncoder.encode(hostile, StandardCharsets.UTF_8));
            assertEquals(hostile, product.path("product_id").asText());
            assertEquals(
                    1,
                    get("/api/prices?q=" + URLEncoder.encode("<IMG", StandardCharsets.UTF_8))
                            .path("matches")
                            .asInt());
            writer.send(KafkaTopics.PRICES, key(hostile, "</script>"), null);
            visit.await("one price", b -> b.shown().path("keys").asInt() == 1);
            Poll.until(
                    "what was skipped",
                    () -> metrics().contains("skipped_total{topic=\"price_list\"} 5\n"),
                    this::metrics);
        }
    }

    private static List<String> prices(Browser browser) {
        List<String> prices = new ArrayList<>();
        for (JsonNode row : browser.shown().path("prices")) {
            prices.add(
                    row.path("key").asText()
                            + " "
                            + row.path("price").asText()
                            + " "
                            + row.path("price_version").asText());
        }
        return prices;
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = ask(path);
        assertEquals(200, response.statusCode(), response.body());
        return JSON.readTree(response.body());
    }

    private int code(String path) throws IOException, InterruptedException {
        return ask(path).statusCode();
    }

    private String metrics() throws IOException, InterruptedException {
        return ask("/metrics").body();
    }

    private HttpResponse<String> ask(String path) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + dashboard.port() + path))
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                BodyHandlers.ofString());
    }

    private Settings settings() {
        return SettingsReader.read(
                new String[] {
                    "--settings=jobs/pricing.properties",
                    "--kafka.bootstrap.servers=" + broker.bootstrapServers(),
                    "--kafka.topics.create=true"
                },
                Map.of(
                        "SLACKWATER_DATABASE_PASSWORD", "unused",
                        "SLACKWATER_LAKE_PASSWORD", "unused"));
    }

    private static String key(String product, String warehouse) {
        return product.replace("\\", "\\\\").replace("|", "\\|") + "|" + warehouse;
    }

    private static ProducerRecord<byte[], byte[]> record(
            String product, String warehouse, int version, String price) throws IOException {
        String value =
                """
                {"product_id":%s,"warehouse_id":%s,"quantity":100,"price_tier":"standard","price":%s,\
                "currency":"EUR","price_version":%d,"cause":"inventory",\
                "event_time":"2026-11-21T08:00:00.000Z","effective_at":"2026-11-21T08:00:00.000Z",\
                "rule_book":"default@3","trace":[{"step":"base","source":"tier:standard","after":10.00},\
                {"step":"quantity_bands","source":"scarcity","detail":"band 1 x 1.2","after":%s}]}"""
                        .formatted(
                                JSON.writeValueAsString(product),
                                JSON.writeValueAsString(warehouse),
                                price,
                                version,
                                price);
        return new ProducerRecord<>(
                KafkaTopics.PRICES,
                key(product, warehouse).getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes to the topics as the job does. */
    private final class Writer implements AutoCloseable {

        private final KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());

        void price(String product, String warehouse, int version, String price) throws Exception {
            producer.send(record(product, warehouse, version, price));
            producer.flush();
        }

        void letter(String payload) throws Exception {
            send(
                    KafkaTopics.DEAD_LETTERS,
                    null,
                    """
                    {"reason":"QUANTITY_MISSING","path":"/inventory/0","message":"It is missing.",\
                    "source":{"topic":"inventory_raw","partition":0,"offset":4,\
                    "timestamp":"2026-11-21T08:00:00.000Z"},"payload":%s,\
                    "payload_encoding":"utf-8","truncated":false,\
                    "failed_at":"2026-11-21T08:00:00.000Z"}"""
                            .formatted(JSON.writeValueAsString(payload)));
        }

        void send(String topic, String key, String value) throws Exception {
            producer.send(
                            new ProducerRecord<>(
                                    topic,
                                    key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                                    value == null ? null : value.getBytes(StandardCharsets.UTF_8)))
                    .get();
        }

        @Override
        public void close() {
            producer.close();
        }
    }
}
