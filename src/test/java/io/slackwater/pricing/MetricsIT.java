package io.slackwater.pricing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.json.Instants;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.testing.Books;
import io.slackwater.pricing.testing.MetricsTable;
import io.slackwater.pricing.testing.Poll;
import io.slackwater.pricing.testing.Scrape;
import io.slackwater.pricing.testing.World;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.producer.ProducerRecord;
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

    private static final int PORT = Scrape.freePort();

    /**
     * Messages between any two looks: enough that records flow, and so few that the slowest machine
     * takes them in. A backlog would make checkpoints wait behind it.
     */
    private static final int FLOWING = 200;

    @TempDir static Path checkpoints;

    @RegisterExtension
    static final MiniClusterExtension CLUSTER =
            World.cluster(2, () -> World.flink(checkpoints, PORT));

    @TempDir Path dir;
    private World world;
    private JobClient job;

    @BeforeEach
    void startTheWorld() {
        world = World.start(dir);
    }

    @AfterEach
    void stopTheWorld() throws Exception {
        // Its metrics would be among those of the next test.
        if (job != null) {
            job.cancel().get();
        }
        if (world != null) {
            world.close();
        }
    }

    @Test
    void exposesTheTableWithTheValuesOfAKnownInput(@InjectMiniCluster MiniCluster cluster)
            throws Exception {
        start("known");
        awaitCheckpoint(cluster);
        world.send(KafkaTopics.RULES, "default", book().json());
        await("the book in force", s -> min(s, "ruleBookVersion") == 1);
        for (int i = 0; i < 10; i++) {
            world.send(
                    KafkaTopics.CATALOG,
                    "product-" + i,
                    "{\"product_id\":\"product-%d\",\"price_tier\":\"%s\"}"
                            .formatted(i, i < 8 ? "standard" : "unheard-of"));
        }
        for (int i = 0; i < 10; i++) {
            world.send(
                    KafkaTopics.INVENTORY,
                    "product-" + i,
                    """
                    {"product_id":"product-%d","inventory":[{"warehouse_id":"house-1","quantity":5},{"warehouse_id":"house-2","quantity":60}]}"""
                            .formatted(i));
        }
        // Bad ones of every input.
        world.send(KafkaTopics.INVENTORY, null, "no JSON");
        world.send(KafkaTopics.INVENTORY, null, "no JSON either");
        world.send(
                KafkaTopics.INVENTORY,
                "product-1",
                """
                {"product_id":"product-1","inventory":[{"warehouse_id":"house-9","quantity":1.5}]}""");
        world.send(KafkaTopics.CATALOG, "product-1", "[]");
        // Refused, and accepted.
        world.send(
                KafkaTopics.RULES,
                "default",
                Books.book(2).from(Instants.EARLIEST).defaultTier("gone").json());
        world.send(KafkaTopics.RULES, "default", Books.book(3).defaultTier(null).from(null).json());

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
        world.send(
                KafkaTopics.RULES,
                "default",
                Books.book(1).from(Instants.EARLIEST).rule(Books.SCARCITY).json());
        awaitCheckpoint(cluster);

        Set<Long> before = new TreeSet<>();
        Poll.until(
                "three checkpoints without a gap",
                () -> {
                    flood(random, FLOWING);
                    look(before, seed);
                    return before.size() >= 3;
                },
                () -> "seed " + seed + ", saw " + before);
        cluster.terminateTaskManager(0).get();
        cluster.startTaskManager();
        Set<Long> after = new TreeSet<>();
        Poll.until(
                "two more after the loss",
                () -> {
                    flood(random, FLOWING);
                    if (cluster.getExecutionGraph(job.getJobID())
                                    .get()
                                    .getStatusTimestamp(JobStatus.RESTARTING)
                            > 0) {
                        look(after, seed);
                    }
                    return after.size() >= 2;
                },
                () -> "seed " + seed + ", saw " + after);
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
            world.producer()
                    .send(
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
        world.producer().flush();
    }

    // ---------------------------------------------------------------- the world

    private void start(String name) throws Exception {
        Settings settings = world.settings("--kafka.environment", name);
        job = World.run(name, settings, World.flink(checkpoints, PORT));
    }

    /** Then the job has registered its metrics: the reporter does not answer well meanwhile. */
    private void awaitCheckpoint(MiniCluster cluster) {
        Poll.until(
                "the first checkpoint",
                () ->
                        cluster.getExecutionGraph(job.getJobID())
                                        .get()
                                        .getCheckpointStatsSnapshot()
                                        .getCounts()
                                        .getNumberOfCompletedCheckpoints()
                                > 0);
    }

    private static Books book() {
        return Books.book(1).defaultTier(null).from(null);
    }

    private static Scrape await(String what, Predicate<Scrape> condition) {
        AtomicReference<Scrape> newest = new AtomicReference<>();
        Poll.until(
                what,
                () -> {
                    newest.set(Scrape.from(PORT));
                    return condition.test(newest.get());
                },
                () -> "\n" + ofOurs(newest.get()));
        return newest.get();
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
