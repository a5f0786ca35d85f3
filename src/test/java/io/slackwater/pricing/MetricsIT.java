package io.slackwater.pricing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.demo.Broker;
import io.slackwater.pricing.demo.Database;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.SettingsReader;
import io.slackwater.pricing.testing.Books;
import io.slackwater.pricing.testing.MetricsTable;
import io.slackwater.pricing.testing.Scrape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the whole job on real parts tells Prometheus, asked over HTTP as Prometheus asks, against
 * the table in {@code docker/metrics.md}.
 */
@Timeout(300)
class MetricsIT {

    private static final String OPERATOR = "flink_taskmanager_job_task_operator_";
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /**
     * They hold functions of this repository; all others are Flink's or a connector's. Written as
     * the reporter writes names into labels.
     */
    private static final Set<String> OURS =
            Set.of(
                    "flatten_inventory",
                    "flatten_catalog",
                    "track_event_time",
                    "sample_stock",
                    "sample_catalog",
                    "accept_rule_books",
                    "apply_pricing_rules",
                    "sum_stock_shifts",
                    "close_metrics_window",
                    "report_convergence");

    private static final int PORT = port();

    @TempDir static Path checkpoints;

    @RegisterExtension
    static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    () ->
                            new MiniClusterResourceConfiguration.Builder()
                                    .setConfiguration(configuration())
                                    .setNumberTaskManagers(2)
                                    .setNumberSlotsPerTaskManager(2)
                                    .build());

    @TempDir Path dir;
    private Broker broker;
    private Database database;
    private KafkaProducer<byte[], byte[]> producer;
    private JobClient job;

    @BeforeEach
    void startTheWorld() {
        broker = Broker.start(dir);
        database = Database.start(dir);
        Properties properties = new Properties();
        properties.put("bootstrap.servers", broker.bootstrapServers());
        producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @AfterEach
    void stopTheWorld() throws Exception {
        // Its metrics would be among those of the next test.
        if (job != null) {
            job.cancel().get();
        }
        if (producer != null) {
            producer.close();
        }
        if (database != null) {
            database.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    void exposesTheTableWithTheValuesOfAKnownInput(@InjectMiniCluster MiniCluster cluster)
            throws Exception {
        start("known");
        send(KafkaTopics.RULES, "default", book().json());
        await("the book in force", s -> min(s, "ruleBookVersion") == 1);
        for (int i = 0; i < 10; i++) {
            send(
                    KafkaTopics.CATALOG,
                    "product-" + i,
                    "{\"product_id\":\"product-%d\",\"price_tier\":\"%s\"}"
                            .formatted(i, i < 8 ? "standard" : "unheard-of"));
        }
        for (int i = 0; i < 10; i++) {
            send(
                    KafkaTopics.INVENTORY,
                    "product-" + i,
                    """
                    {"product_id":"product-%d","inventory":[{"warehouse_id":"house-1","quantity":5},{"warehouse_id":"house-2","quantity":60}]}"""
                            .formatted(i));
        }
        // Bad ones of every input.
        send(KafkaTopics.INVENTORY, null, "no JSON");
        send(KafkaTopics.INVENTORY, null, "no JSON either");
        send(
                KafkaTopics.INVENTORY,
                "product-1",
                """
                {"product_id":"product-1","inventory":[{"warehouse_id":"house-9","quantity":1.5}]}""");
        send(KafkaTopics.CATALOG, "product-1", "[]");
        // Refused, and accepted.
        send(KafkaTopics.RULES, "default", Books.book(2).defaultTier("gone").json());
        send(KafkaTopics.RULES, "default", Books.book(3).defaultTier(null).from(null).json());

        Scrape scrape =
                await(
                        "everything counted and in a checkpoint",
                        s ->
                                sum(s, "linesCheckpointed") == 21
                                        && sum(s, "stockLevels") == 20
                                        && sum(s, "unpricedLevels") == 4
                                        && min(s, "ruleBookVersion") == 3
                                        && sum(s, "deadLetters") == 4
                                        && sum(s, "ruleBooksRefused") == 1
                                        && of(s, "checkpointAgeSeconds").max().orElse(99) < 30);
        Files.createDirectories(Path.of("target"));
        Files.writeString(Path.of("target/metrics.txt"), scrape.text());

        assertEquals(13, sum(scrape, "messages"));
        assertEquals(2, sum(scrape, "deadMessages"));
        assertEquals(21, sum(scrape, "lines"));
        assertEquals(1, sum(scrape, "deadLines"));
        assertEquals(0, sum(scrape, "linesCheckpointed") - sum(scrape, "placedCheckpointed"));
        assertEquals(20, sum(scrape, "priced") + sum(scrape, "waiting"));
        assertEquals(2, sum(scrape, "ruleBooksAccepted"));
        Map<String, Double> reasons = new TreeMap<>();
        for (Scrape.Sample sample : scrape.samples(OPERATOR + "reason_deadLetters")) {
            reasons.merge(
                    sample.labels().get("operator_name") + " " + sample.labels().get("reason"),
                    sample.value(),
                    Double::sum);
        }
        assertEquals(
                Map.of(
                        "flatten_inventory MALFORMED_JSON", 2.0,
                        "flatten_inventory QUANTITY_NOT_INTEGER", 1.0,
                        "flatten_catalog NOT_AN_OBJECT", 1.0),
                reasons);
        assertEquals(
                sum(scrape, "priced"),
                sum(scrape, "eventToPriceMillis_count"),
                "one measurement a price that inventory caused");
        assertTrue(of(scrape, "eventToPriceMillis").allMatch(v -> Double.isNaN(v) || v >= 0));
        assertTrue(of(scrape, "ruleBookAgeSeconds").allMatch(age -> age >= 0 && age < 600));

        assertReadsAsTheFlow(cluster);
        assertExposesTheTable(scrape);
        assertHasNoLabelOfAProductOrWarehouse(scrape);
    }

    private static void assertExposesTheTable(Scrape scrape) throws IOException {
        Map<String, String> table = MetricsTable.read();
        Map<String, String> exposed = new TreeMap<>(scrape.types());
        exposed.keySet().retainAll(table.keySet());
        assertEquals(table, exposed, "the table, and what the running job exposes of it");

        // What functions of others have too is Flink's.
        Set<String> ofFlink = new TreeSet<>();
        Set<String> ofOurs = new TreeSet<>();
        for (Scrape.Sample sample : scrape.samples()) {
            String operator = sample.labels().get("operator_name");
            if (operator == null || !sample.name().startsWith(OPERATOR)) {
                continue;
            }
            String name = sample.name().replaceFirst("_count$", "");
            boolean ours = OURS.contains(operator) && !sample.labels().containsKey("column_family");
            (ours ? ofOurs : ofFlink).add(name);
        }
        ofOurs.removeAll(ofFlink);
        assertTrue(ofOurs.size() > 25, ofOurs::toString);
        ofOurs.removeAll(table.keySet());
        ofOurs.remove(OPERATOR + "numLateRecordsDropped");
        assertEquals(Set.of(), ofOurs, "metrics of our operators that the table does not have");
    }

    /** What the picture in the web UI says: every topic and table has its box. */
    private void assertReadsAsTheFlow(MiniCluster cluster) throws Exception {
        URI plan = cluster.getRestAddress().get().resolve("/jobs/" + job.getJobID() + "/plan");
        String text =
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(plan).build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body();
        Files.writeString(Path.of("target/plan.json"), text);
        List<String> boxes = new ArrayList<>();
        new ObjectMapper()
                .readTree(text)
                .findValues("description")
                .forEach(box -> boxes.add(box.asText()));
        String picture = String.join("\n", boxes);
        for (String part :
                List.of(
                        "read-inventory: topic inventory_raw",
                        "read-catalog: topic product_catalog",
                        "read-rules: topic pricing_rules",
                        "close-metrics-window",
                        "write-price-list",
                        "write-dashboard-metrics",
                        "write-alerts",
                        "write-rule-status",
                        "write-dead-letters",
                        "write-current-prices",
                        "table pricing.events",
                        "table pricing.dashboard_metrics",
                        "table pricing.dead_letters",
                        "table pricing.rule_books")) {
            assertTrue(picture.contains(part), () -> part + " is not in\n" + picture);
        }
        assertFalse(picture.contains("Lambda"), picture);
    }

    private static void assertHasNoLabelOfAProductOrWarehouse(Scrape scrape) {
        for (Scrape.Sample sample : scrape.samples()) {
            sample.labels()
                    .forEach(
                            (label, value) ->
                                    assertFalse(
                                            value.contains("product-") || value.contains("house-"),
                                            () -> sample.toString()));
        }
        assertFalse(
                scrape.samples().stream()
                        .anyMatch(
                                s ->
                                        s.labels().containsKey("task_id")
                                                || s.labels().containsKey("operator_id")
                                                || s.labels().containsKey("task_attempt_id")));
    }

    @Test
    void neverHasAGapWhileRecordsFlowNorAfterATaskManagerIsLost(
            @InjectMiniCluster MiniCluster cluster) throws Exception {
        long seed = new Random().nextLong();
        System.out.println("MetricsIT seed " + seed);
        Random random = new Random(seed);
        start("gap");
        send(KafkaTopics.RULES, "default", Books.book(1).rule(Books.SCARCITY).json());

        Set<Long> before = new TreeSet<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (before.size() < 3) {
            assertTrue(System.nanoTime() < deadline, () -> "seed " + seed + ", saw " + before);
            flood(random, 2_000);
            look(before, seed);
        }
        cluster.terminateTaskManager(0).get();
        cluster.startTaskManager();
        Set<Long> after = new TreeSet<>();
        deadline = System.nanoTime() + PATIENCE.toNanos();
        while (after.size() < 2) {
            assertTrue(System.nanoTime() < deadline, () -> "seed " + seed + ", saw " + after);
            flood(random, 2_000);
            if (cluster.getExecutionGraph(job.getJobID())
                            .get()
                            .getStatusTimestamp(JobStatus.RESTARTING)
                    > 0) {
                look(after, seed);
            }
        }
    }

    /**
     * Looks three times. A scrape is not of one moment: a subtask may go on to the next checkpoint
     * in the middle of it. But when all subtasks show the same checkpoint before it, in it and
     * after it, all that it read is of that checkpoint, and then nothing is amiss.
     */
    private static void look(Set<Long> moments, long seed) throws Exception {
        double before = checkpoint(Scrape.from(PORT));
        Scrape scrape = Scrape.from(PORT);
        double shown = checkpoint(scrape);
        if (Double.isNaN(before)
                || before != shown
                || shown != checkpoint(Scrape.from(PORT))
                || of(scrape, "placedCheckpointed").count() < 4) {
            return;
        }
        double lines = sum(scrape, "linesCheckpointed");
        assertEquals(
                lines,
                sum(scrape, "placedCheckpointed"),
                () -> "of checkpoint " + shown + ", seed " + seed);
        if (lines > 0) {
            moments.add((long) lines);
        }
    }

    /** The one that all subtasks show: two of each of the two operators; not a number: none. */
    private static double checkpoint(Scrape scrape) {
        List<Double> shown = of(scrape, "countedCheckpoint").boxed().toList();
        return shown.size() == 4 && Set.copyOf(shown).size() == 1 ? shown.get(0) : Double.NaN;
    }

    private void flood(Random random, int messages) {
        for (int i = 0; i < messages; i++) {
            String product = "product-" + random.nextInt(300);
            producer.send(
                    new ProducerRecord<>(
                            KafkaTopics.INVENTORY,
                            bytes(product),
                            bytes(
                                    """
                                    {"product_id":"%s","inventory":[{"warehouse_id":"house-1","quantity":%d},{"warehouse_id":"house-2","quantity":%s}]}"""
                                            .formatted(
                                                    product,
                                                    random.nextInt(100),
                                                    random.nextInt(20) == 0
                                                            ? "\"none\""
                                                            : "" + random.nextInt(100)))));
        }
        producer.flush();
    }

    // ---------------------------------------------------------------- the world

    private static Configuration configuration() {
        Configuration configuration = GlobalConfiguration.loadConfiguration("flink-conf");
        configuration.setString("execution.checkpointing.dir", checkpoints.toUri().toString());
        configuration.setString("execution.checkpointing.interval", "1 s");
        configuration.setString("execution.checkpointing.min-pause", "100 ms");
        configuration.setString("rest.port", "0");
        configuration.setString("rest.bind-port", "0");
        configuration.setString("metrics.reporter.prom.port", Integer.toString(PORT));
        configuration.setString("taskmanager.load-balance.mode", "SLOTS");
        configuration.setString("heartbeat.interval", "500");
        configuration.setString("heartbeat.timeout", "5000");
        configuration.setString("restart-strategy.type", "fixed-delay");
        configuration.setString("restart-strategy.fixed-delay.attempts", "20");
        configuration.setString("restart-strategy.fixed-delay.delay", "1 s");
        return configuration;
    }

    private static int port() {
        try {
            return Scrape.freePort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void start(String name) throws Exception {
        Settings settings =
                SettingsReader.read(
                        new String[] {
                            "--settings",
                            "jobs/pricing.properties",
                            "--kafka.environment",
                            name,
                            "--kafka.bootstrap.servers",
                            broker.bootstrapServers(),
                            "--kafka.topics.create",
                            "true",
                            "--lake.uri",
                            database.url(),
                            "--lake.user",
                            database.user(),
                            "--lake.warehouse",
                            dir.resolve("warehouse").toUri().toString(),
                            "--database.url",
                            database.url(),
                            "--database.user",
                            database.user(),
                            "--input.idle.after",
                            "1s"
                        },
                        Map.of(
                                "SLACKWATER_LAKE_PASSWORD",
                                database.password(),
                                "SLACKWATER_DATABASE_PASSWORD",
                                database.password()));
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration());
        PricingJob.define(environment, settings);
        job = environment.executeAsync(name);
    }

    private static Books book() {
        return Books.book(1).defaultTier(null).from(null);
    }

    private void send(String topic, String key, String value) throws Exception {
        producer.send(new ProducerRecord<>(topic, key == null ? null : bytes(key), bytes(value)))
                .get();
    }

    private static Scrape await(String what, Predicate<Scrape> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Scrape scrape = Scrape.from(PORT);
            if (condition.test(scrape)) {
                return scrape;
            }
            assertTrue(
                    System.nanoTime() < deadline,
                    () -> "waited in vain for " + what + ":\n" + ofOurs(scrape));
        }
    }

    private static String ofOurs(Scrape scrape) {
        return scrape.samples().stream()
                .filter(s -> OURS.contains(s.labels().getOrDefault("operator_name", "")))
                .map(
                        s ->
                                s.name()
                                        + " "
                                        + s.labels().get("operator_name")
                                        + " "
                                        + s.labels().get("subtask_index")
                                        + " "
                                        + s.value())
                .collect(Collectors.joining("\n"));
    }

    private static DoubleStream of(Scrape scrape, String metric) {
        return scrape.samples(OPERATOR + metric).stream().mapToDouble(Scrape.Sample::value);
    }

    private static double sum(Scrape scrape, String metric) {
        return of(scrape, metric).sum();
    }

    private static double min(Scrape scrape, String metric) {
        return of(scrape, metric).min().orElse(Double.NaN);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
