package io.slackwater.pricing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.json.InventoryPoisonTest;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.testing.GoldenTraffic;
import io.slackwater.pricing.testing.Poll;
import io.slackwater.pricing.testing.World;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.Arguments;

/** The whole job on real parts: broker, database, Iceberg tables, a Flink of two task managers. */
@Timeout(300)
class PricingJobIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path GOLDEN = GoldenTraffic.GOLDEN.resolve("traffic");

    /** Checked into the cluster's configuration before it starts. */
    @TempDir static Path checkpoints;

    @RegisterExtension
    static final MiniClusterExtension CLUSTER = World.cluster(2, () -> World.flink(checkpoints));

    @TempDir Path dir;
    private World world;
    private final Map<String, Long> seen = new HashMap<>();

    @BeforeEach
    void startTheWorld() {
        world = World.start(dir);
    }

    @AfterEach
    void stopTheWorld() {
        if (world != null) {
            world.close();
        }
    }

    @Test
    void pricesHistoryAsItPricesTheLiveStream() throws Exception {
        // History on the live job: event time must not follow the clock.
        Settings live = world.settings("--kafka.environment", "live", "--input.idle.after", "0s");
        Settings bounded = world.settings("--mode", "bounded", "--kafka.environment", "bounded");
        StreamExecutionEnvironment environment = environment();
        PricingJob.define(environment, live);
        GoldenTraffic.assertSameLines(
                "job-operator-ids.txt",
                environment.getStreamGraph(false).getStreamNodes().stream()
                        .map(node -> node.getTransformationUID()));
        for (String book : Files.readAllLines(GOLDEN.resolve("rules.jsonl"))) {
            world.send(KafkaTopics.RULES, "default", book, millis("2026-11-21T07:00:00Z"));
        }
        for (String message : Files.readAllLines(GOLDEN.resolve("inventory.jsonl"))) {
            boolean tombstone = message.endsWith("\tnull");
            world.send(
                    KafkaTopics.INVENTORY,
                    tombstone ? message.substring(0, message.indexOf('\t')) : productOf(message),
                    tombstone ? null : message,
                    millis("2026-11-21T08:10:00Z"));
        }
        Map<String, String> expected = new TreeMap<>();
        for (String line : Files.readAllLines(GOLDEN.resolve("price_list.jsonl"))) {
            if (line.endsWith("\tnull")) {
                expected.remove(line.substring(0, line.indexOf('\t')));
            } else {
                expected.put(keyOf(line), essence(line));
            }
        }

        JobClient job = environment.executeAsync("live");
        Map<String, String> prices = new TreeMap<>();
        Poll.until(
                "the live prices",
                () -> {
                    readInto(prices);
                    return prices.equals(expected);
                });
        // And it moved: windows before the newest messages have closed, and no later ones.
        List<String> ends = new ArrayList<>();
        Poll.until(
                "the windows of the live run",
                () -> {
                    for (ConsumerRecord<byte[], byte[]> record : read(KafkaTopics.METRICS)) {
                        ends.add(JSON.readTree(record.value()).get("window_end").asText());
                    }
                    return ends.contains("2026-11-21T08:03:00.000Z");
                });
        assertTrue(
                ends.stream().allMatch(end -> end.compareTo("2026-11-21T08:03:00.000Z") <= 0),
                ends::toString);
        job.cancel().get();

        // The outputs are the same topics: what follows is of the bounded run alone.
        prices.clear();
        environment = environment();
        PricingJob.define(environment, bounded);
        JobExecutionResult result = environment.execute("bounded");
        // The job has committed; a broker writes that down in each partition a moment later.
        Poll.until(
                "the prices of history",
                () -> {
                    readInto(prices);
                    return prices.size() >= expected.size();
                });
        assertEquals(expected, prices);
        assertTrue(
                PricingJob.summary(result).startsWith("12 messages (1 dead): 11 lines = "),
                PricingJob.summary(result));
        assertTrue(
                PricingJob.summary(result)
                        .endsWith(
                                "; 1 delistings = 1 delisted + 0 superseded + 0 unchanged + 0 of unknown products"),
                PricingJob.summary(result));
        assertTrue(!PricingJob.summary(result).contains("ADD UP"), PricingJob.summary(result));
        Map<String, Long> reasons = new TreeMap<>();
        for (Record row : lake(bounded, "dead_letters")) {
            reasons.merge((String) row.getField("reason"), 1L, Long::sum);
        }
        assertEquals(
                Map.of("MALFORMED_JSON", 2L, "QUANTITY_NOT_INTEGER", 2L),
                reasons,
                "each run wrote each once");
        List<Record> windows = lake(bounded, "dashboard_metrics");
        assertTrue(windows.size() >= 14, () -> windows.size() + " windows");
    }

    @Test
    void noKindOfPoisonRestartsTheJob(@InjectMiniCluster MiniCluster cluster) throws Exception {
        Settings settings = live("poison");
        JobClient job = World.run("poison", settings, World.flink(checkpoints));
        Map<String, Long> expected = new TreeMap<>();
        for (Arguments poison : InventoryPoisonTest.messages().toList()) {
            byte[] value = (byte[]) poison.get()[1];
            if (value.length > 1_000_000) {
                continue; // The broker would not take it; the decoder's own test has it.
            }
            world.producer().send(new ProducerRecord<>(KafkaTopics.INVENTORY, value)).get();
            expected.merge((String) poison.get()[2], 1L, Long::sum);
        }
        // What no parser expects of the other topics.
        for (String topic : List.of(KafkaTopics.CATALOG, KafkaTopics.RULES)) {
            byte[] junk = {0x1f, (byte) 0x8b, 0, -1};
            world.producer().send(new ProducerRecord<>(topic, bytes("default"), junk)).get();
        }
        world.send(KafkaTopics.RULES, "default", Traffic.BOOK);
        world.send(
                KafkaTopics.INVENTORY,
                "P",
                "{\"product_id\":\"P\",\"inventory\":[{\"warehouse_id\":\"W\"}]}");
        long messages = expected.values().stream().mapToLong(Long::longValue).sum();
        assertTrue(messages >= 40, () -> messages + " kinds of poison");
        Map<String, Long> reasons = new TreeMap<>();
        Poll.until(
                "the dead letters",
                () -> {
                    for (ConsumerRecord<byte[], byte[]> letter : read(KafkaTopics.DEAD_LETTERS)) {
                        JsonNode json = JSON.readTree(letter.value());
                        if (json.at("/source/topic").asText().equals(KafkaTopics.INVENTORY)) {
                            reasons.merge(json.get("reason").asText(), 1L, Long::sum);
                        }
                    }
                    return reasons.values().stream().mapToLong(Long::longValue).sum() >= messages;
                });
        assertEquals(expected, reasons);
        Map<String, String> prices = new TreeMap<>();
        Poll.until(
                "the price of the one good message",
                () -> {
                    readInto(prices);
                    return prices.containsKey("P|W");
                });
        assertEquals(
                0L,
                cluster.getExecutionGraph(job.getJobID())
                        .get()
                        .getStatusTimestamp(JobStatus.RESTARTING),
                "it restarted");
        job.cancel().get();
    }

    @Test
    void losesAndDoublesNothingWhenATaskManagerIsKilledUnderLoad(
            @InjectMiniCluster MiniCluster cluster) throws Exception {
        long seed = new Random().nextLong();
        System.out.println("PricingJobIT seed " + seed);
        Settings settings = live("crash");
        JobClient job = World.run("crash", settings, World.flink(checkpoints));
        Traffic traffic = new Traffic(seed);
        world.send(KafkaTopics.RULES, "default", Traffic.BOOK);
        List<String> answers = new ArrayList<>();
        Poll.until(
                "the rule book's convergence",
                () -> {
                    for (var status : read(KafkaTopics.RULE_STATUS)) {
                        answers.add(JSON.readTree(status.value()).get("status").asText());
                    }
                    return answers.contains("CONVERGED");
                });
        for (int round = 0; round < 4; round++) {
            traffic.send(world.producer(), 5_000);
            if (round == 1) {
                cluster.terminateTaskManager(0).get();
            } else if (round == 2) {
                cluster.startTaskManager();
            }
        }

        Poll.until(
                "the restart",
                () ->
                        cluster.getExecutionGraph(job.getJobID())
                                        .get()
                                        .getStatusTimestamp(JobStatus.RESTARTING)
                                > 0);

        // Committed, every price version of every key once, and right.
        Map<String, List<String>> published = new TreeMap<>();
        Poll.until(
                "all " + traffic.priceRecords + " price records",
                () -> {
                    for (ConsumerRecord<byte[], byte[]> record : read(KafkaTopics.PRICES)) {
                        published
                                .computeIfAbsent(text(record.key()), key -> new ArrayList<>())
                                .add(version(text(record.value())));
                    }
                    return published.values().stream().mapToInt(List::size).sum()
                            >= traffic.priceRecords;
                });
        assertEquals(traffic.expectedPrices, published, "seed " + seed);

        // current_prices holds the newest of them, row by row.
        Poll.until(
                "current_prices of seed " + seed,
                () -> currentPrices().equals(traffic.newestPrices()));

        // The lake holds one row for every line, whatever became of it.
        Poll.until(
                "the lake's rows",
                () -> lake(settings, "events").size() >= traffic.lakeRows.size());
        Map<String, String> rows = new TreeMap<>();
        for (Record row : lake(settings, "events")) {
            String where =
                    row.getField("source_partition")
                            + "/"
                            + row.getField("source_offset")
                            + " "
                            + row.getField("product_id")
                            + "|"
                            + row.getField("warehouse_id");
            String before =
                    rows.put(where, row.getField("superseded") + " " + row.getField("quantity"));
            assertEquals(null, before, () -> where + " is twice in the lake, seed " + seed);
        }
        assertEquals(
                traffic.lakeRows.stream().sorted().toList(),
                rows.values().stream().sorted().toList(),
                "seed " + seed);

        Map<String, Object> counts = job.getAccumulators().get();
        assertEquals((long) traffic.lines, counts.get("lines"));
        assertEquals(
                counts.get("lines"),
                (Long) counts.get("priced")
                        + (Long) counts.get("unchanged")
                        + (Long) counts.get("superseded")
                        + (Long) counts.get("waiting")
                        + (Long) counts.get("deadLines"),
                "every line ends in exactly one place");
        assertEquals((long) traffic.priceRecords, counts.get("priced"));
        job.cancel().get();
    }

    /**
     * Random inventory, and what must come of it: told in the order of each product's partition.
     */
    private static final class Traffic {
        static final String BOOK =
                """
                {"book_id":"default","version":1,"currency":"EUR","effective_from":"2000-01-01T00:00:00Z","default_tier":"standard",
                 "tiers":{"standard":{"base_price":10.00}},
                 "rules":[{"rule_id":"scarcity","kind":"quantity_bands","bands":[{"below":10,"multiplier":1.2},{"below":50,"multiplier":1.0},{"multiplier":0.8}]}]}""";
        private static final int PRODUCTS = 300;
        private static final int WAREHOUSES = 5;

        private final Random random;
        private long clock = Instant.now().minus(Duration.ofHours(1)).toEpochMilli();
        private int lines;
        private int priceRecords;
        private final Map<String, List<String>> expectedPrices = new TreeMap<>();
        private final List<String> lakeRows = new ArrayList<>();
        private final Map<String, Long> newestTime = new HashMap<>();
        private final Map<String, Long> newestQuantity = new HashMap<>();

        Traffic(long seed) {
            random = new Random(seed);
        }

        void send(KafkaProducer<byte[], byte[]> producer, int messages) {
            for (int i = 0; i < messages; i++) {
                clock += 1 + random.nextInt(20);
                // One in ten comes late by up to two seconds.
                long time = clock - (random.nextInt(10) == 0 ? random.nextInt(2_000) : 0);
                String product = "P" + random.nextInt(PRODUCTS);
                StringBuilder inventory = new StringBuilder();
                int first = random.nextInt(WAREHOUSES);
                int count = 1 + random.nextInt(WAREHOUSES);
                for (int w = 0; w < count; w++) {
                    String warehouse = "WH" + (first + w) % WAREHOUSES;
                    long quantity = random.nextInt(70) - 3;
                    inventory
                            .append(w == 0 ? "" : ",")
                            .append(
                                    "{\"warehouse_id\":\"%s\",\"quantity\":%d}"
                                            .formatted(warehouse, quantity));
                    expect(product + "|" + warehouse, time, quantity);
                }
                String message =
                        "{\"product_id\":\"%s\",\"event_time\":%d,\"inventory\":[%s]}"
                                .formatted(product, time, inventory);
                producer.send(
                        new ProducerRecord<>(
                                KafkaTopics.INVENTORY, bytes(product), bytes(message)));
            }
            producer.flush();
        }

        private void expect(String key, long time, long quantity) {
            lines++;
            Long newest = newestTime.get(key);
            if (newest != null && time < newest) {
                lakeRows.add("true " + quantity);
                return;
            }
            boolean again = newest != null && newest == time && newestQuantity.get(key) == quantity;
            if (!again) {
                lakeRows.add("false " + quantity);
            }
            Long before = newestQuantity.put(key, quantity);
            newestTime.put(key, time);
            if (before == null || before != quantity) {
                priceRecords++;
                List<String> versions =
                        expectedPrices.computeIfAbsent(key, name -> new ArrayList<>());
                versions.add(
                        (versions.size() + 1)
                                + " "
                                + quantity
                                + " "
                                + (quantity < 10 ? "12.00" : quantity < 50 ? "10.00" : "8.00"));
            }
        }

        Map<String, String> newestPrices() {
            Map<String, String> newest = new TreeMap<>();
            expectedPrices.forEach(
                    (key, versions) -> newest.put(key, versions.get(versions.size() - 1)));
            return newest;
        }
    }

    // ---------------------------------------------------------------- the world

    private static StreamExecutionEnvironment environment() {
        return StreamExecutionEnvironment.getExecutionEnvironment(World.flink(checkpoints));
    }

    private static long millis(String time) {
        return Instant.parse(time).toEpochMilli();
    }

    /** The settings of this test's live job. */
    private Settings live(String name) {
        return world.settings("--kafka.environment", name, "--input.idle.after", "2s");
    }

    private void readInto(Map<String, String> prices) throws Exception {
        for (ConsumerRecord<byte[], byte[]> record : read(KafkaTopics.PRICES)) {
            if (record.value() == null) {
                prices.remove(text(record.key()));
            } else {
                prices.put(text(record.key()), essence(text(record.value())));
            }
        }
    }

    /** The committed records of a topic that were not read before. */
    private List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", world.broker().bootstrapServers());
        properties.put("isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions =
                    consumer.partitionsFor(topic).stream()
                            .map(p -> new TopicPartition(topic, p.partition()))
                            .toList();
            consumer.assign(partitions);
            for (TopicPartition partition : partitions) {
                consumer.seek(partition, seen.getOrDefault(partition.toString(), 0L));
            }
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
            partitions.forEach(p -> seen.put(p.toString(), consumer.position(p)));
            return records;
        }
    }

    private List<Record> lake(Settings settings, String name) throws Exception {
        Settings.Lake lake = settings.lake();
        try (OpenCatalog catalog = new OpenCatalog(lake);
                CloseableIterable<Record> rows =
                        IcebergGenerics.read(
                                        catalog.catalog.loadTable(
                                                TableIdentifier.of("pricing", name)))
                                .build()) {
            List<Record> all = new ArrayList<>();
            rows.forEach(all::add);
            return all;
        }
    }

    /** An Iceberg catalog that closes its connections. */
    private static final class OpenCatalog implements AutoCloseable {
        private final Catalog catalog;

        OpenCatalog(Settings.Lake lake) {
            catalog =
                    CatalogUtil.loadCatalog(
                            "org.apache.iceberg.jdbc.JdbcCatalog",
                            "slackwater",
                            Map.of(
                                    "uri", lake.uri(),
                                    "jdbc.user", lake.user(),
                                    "jdbc.password", lake.password(),
                                    "jdbc.schema-version", "V1",
                                    "warehouse", lake.warehouse()),
                            new org.apache.hadoop.conf.Configuration());
        }

        @Override
        public void close() throws Exception {
            ((AutoCloseable) catalog).close();
        }
    }

    private Map<String, String> currentPrices() throws Exception {
        Map<String, String> prices = new TreeMap<>();
        try (Connection connection =
                        DriverManager.getConnection(
                                world.database().url(),
                                world.database().user(),
                                world.database().password());
                ResultSet row =
                        connection
                                .createStatement()
                                .executeQuery("SELECT * FROM current_prices WHERE NOT withdrawn")) {
            while (row.next()) {
                prices.put(
                        row.getString("product_id") + "|" + row.getString("warehouse_id"),
                        row.getLong("price_version")
                                + " "
                                + row.getLong("quantity")
                                + " "
                                + row.getBigDecimal("price").setScale(2));
            }
        }
        return prices;
    }

    private static String productOf(String message) throws Exception {
        return message.startsWith("{") ? JSON.readTree(message).get("product_id").asText() : null;
    }

    private static String keyOf(String price) throws Exception {
        JsonNode json = JSON.readTree(price);
        return json.get("product_id").asText() + "|" + json.get("warehouse_id").asText();
    }

    /** What does not depend on which came first, the stock or the book. */
    private static String essence(String price) throws Exception {
        JsonNode json = JSON.readTree(price);
        return json.get("quantity")
                + " "
                + json.get("price_tier").asText()
                + " "
                + new BigDecimal(json.get("price").asText()).stripTrailingZeros().toPlainString()
                + " "
                + json.get("rule_book").asText();
    }

    private static String version(String price) throws Exception {
        JsonNode json = JSON.readTree(price);
        return json.get("price_version").asText()
                + " "
                + json.get("quantity").asText()
                + " "
                + price.replaceAll(".*\"price\":([0-9.]+),.*", "$1");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
