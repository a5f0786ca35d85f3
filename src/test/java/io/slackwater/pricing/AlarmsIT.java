package io.slackwater.pricing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.dashboard.Dashboard;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.testing.Boards;
import io.slackwater.pricing.testing.Boards.Query;
import io.slackwater.pricing.testing.Poll;
import io.slackwater.pricing.testing.PrometheusServer;
import io.slackwater.pricing.testing.Scrape;
import io.slackwater.pricing.testing.World;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The alarms of {@code docker/prometheus/alarms.yaml}, caused for real: a real Prometheus watches
 * the real job and the live page, while this test breaks one thing after the other.
 *
 * <p>So that nobody waits for hours, a minute of the alarms' file is {@link #MINUTE} here, and a
 * window at least {@link #SHORTEST_WINDOW}; thresholds in seconds are set as an operator would set
 * them. The expressions are the file's own.
 */
@Timeout(720)
class AlarmsIT {

    private static final Duration MINUTE = Duration.ofSeconds(4);

    /** Four answers of Prometheus' targets. */
    private static final Duration SHORTEST_WINDOW = Duration.ofSeconds(12);

    private static final Path ALARMS = Path.of("docker/prometheus/alarms.yaml");

    /** Settings of this test, where everything is fifteen times faster. */
    private static final Map<String, Integer> THRESHOLDS =
            Map.of(
                    "transaction_timeout_seconds", 50,
                    "unstable_seconds", 8,
                    "lake_commit_age_seconds", 20,
                    "recovery_seconds", 15);

    private static final String BOOK =
            """
            {"book_id":"default","version":%d,"currency":"EUR","default_tier":"standard",
            "tiers":{"standard":{"base_price":10.00}},"rules":[{"rule_id":"scarcity",
            "kind":"quantity_bands","bands":[{"below":10,"multiplier":1.2},{"multiplier":0.8}]}]}""";

    private static final int METRICS_PORT = Scrape.freePort();

    @TempDir static Path checkpoints;

    @RegisterExtension
    static final MiniClusterExtension CLUSTER = World.cluster(2, AlarmsIT::configuration);

    @TempDir Path dir;
    private World world;
    private Dashboard dashboard;
    private PrometheusServer prometheus;
    private JobClient job;
    private long sent;

    @AfterEach
    void endEverything() throws Exception {
        if (prometheus != null) {
            prometheus.close();
        }
        if (dashboard != null) {
            dashboard.close();
        }
        if (job != null && !job.getJobStatus().get().isGloballyTerminalState()) {
            job.cancel().get();
        }
        if (world != null) {
            world.close();
        }
    }

    @Test
    void tellWhatIsWrongAndNothingWhileNothingIs(@InjectMiniCluster MiniCluster cluster)
            throws Exception {
        Assumptions.assumeTrue(
                PrometheusServer.isInstalled("prometheus"),
                "prometheus is not on the PATH: no alarm is caused for real");
        start();

        // Healthy, with traffic and the odd dead letter: no alarm, and every board shows something.
        double checkpoint = value("flink_jobmanager_job_numberOfCompletedCheckpoints");
        send("odd", "not a message");
        List<Query> missing = new ArrayList<>(Boards.queries());
        missing.removeIf(query -> query.expression().contains("ALERTS"));
        await(
                "twenty checkpoints of a healthy job, and all that the boards show",
                () -> {
                    sendStock(50);
                    assertEquals(Set.of(), prometheus.firing());
                    missing.removeIf(this::showsSomething);
                    return missing.isEmpty()
                            && value("flink_jobmanager_job_numberOfCompletedCheckpoints")
                                    >= checkpoint + 20;
                },
                missing);

        // Broken messages, a rule book that cannot be, and somebody who writes into the price
        // list and does not commit: each alarm has a cause of its own, so they may come together.
        sendBook(BOOK.formatted(2).replace("\"below\":10", "\"below\":\"ten\""));
        try (KafkaProducer<byte[], byte[]> stranger = stranger()) {
            stranger.initTransactions();
            stranger.beginTransaction();
            stranger.send(new ProducerRecord<>(KafkaTopics.PRICES, bytes("x|y"), null)).get();
            awaitAlarms(
                    () -> {
                        sendStock(5);
                        for (int i = 0; i < 20; i++) {
                            send("broken", "{\"product_id\":\"broken\",\"inventory\":7}");
                        }
                    },
                    "DeadLetters",
                    "InputUnusable",
                    "RuleBookRefused",
                    "TransactionHangs");
            stranger.abortTransaction();
        }
        for (Query query : Boards.queries()) {
            assertTrue(
                    showsSomething(query) || !query.expression().contains("ALERTS"),
                    () -> query + " shows nothing");
        }

        // More messages than the job can read.
        awaitAlarms(() -> sendStock(30_000), "ConsumerLag");
        await(
                "the end of what has passed",
                () -> {
                    sendStock(5);
                    Set<String> firing = prometheus.firing();
                    firing.retainAll(
                            Set.of(
                                    "DeadLetters",
                                    "InputUnusable",
                                    "TransactionHangs",
                                    "ConsumerLag"));
                    return firing.isEmpty();
                });

        // The book is taken away from the stock, and a producer's clock stands still.
        world.send(KafkaTopics.RULES, "default", null);
        awaitAlarms(() -> sendStock(5), "Unpriced");
        sendBook(BOOK.formatted(3));
        long standing = System.currentTimeMillis();
        awaitAlarms(() -> sendStock("still", standing), "EventTimeStandsStill");
        await(
                "prices, and event time that moves",
                () -> {
                    sendStock(5);
                    Set<String> firing = prometheus.firing();
                    firing.retainAll(Set.of("EventTimeStandsStill", "Unpriced"));
                    return firing.isEmpty();
                });

        // The place of the checkpoints is gone.
        Path place = checkpoints.resolve(job.getJobID().toString());
        Path away = checkpoints.resolve("away");
        Files.move(place, away);
        Files.createFile(place);
        awaitAlarms(() -> sendStock(5), "CheckpointsFail", "TransactionTimeoutNear");
        Files.delete(place);
        Files.move(away, place);
        await("checkpoints again", () -> !prometheus.firing().contains("CheckpointsFail"));

        // A task manager dies.
        assertFalse(prometheus.firing().contains("JobRestarted"));
        cluster.terminateTaskManager(0).get();
        cluster.startTaskManager();
        awaitAlarms(() -> sendStock(5), "JobRestarted");
        assertFalse(prometheus.firing().contains("JobKeepsRestarting"), "once is not again");

        // The catalog is gone.
        world.database().close();
        awaitAlarms(() -> sendStock(5), "JobKeepsRestarting", "LakeCommitOld");

        // The broker, the job and the page are gone.
        job.cancel().get();
        awaitAlarms(() -> {}, "JobNotRunning");
        world.broker().close();
        awaitAlarms(() -> {}, "BrokerDown");
        dashboard.close();
        awaitAlarms(() -> {}, "OutsideMetricsMissing");
    }

    // ---------------------------------------------------------------- causes

    /** Some stock levels of now, of many products. */
    private void sendStock(int messages) {
        for (int i = 0; i < messages; i++) {
            sendStock("P" + sent % 2_000, System.currentTimeMillis());
        }
    }

    private void sendStock(String product, long eventTime) {
        send(
                product,
                "{\"product_id\":\"%s\",\"event_time\":%d,\"inventory\":[{\"warehouse_id\":\"W\",\"quantity\":%d}]}"
                        .formatted(product, eventTime, sent++ % 40));
    }

    private void send(String product, String message) {
        world.producer()
                .send(new ProducerRecord<>(KafkaTopics.INVENTORY, bytes(product), bytes(message)));
    }

    private void sendBook(String book) throws Exception {
        world.send(KafkaTopics.RULES, "default", book);
    }

    // ---------------------------------------------------------------- what Prometheus says

    /**
     * Gives Prometheus time to look between any two questions.
     *
     * @param left told where it waits in vain: what has not come by then
     */
    private void await(String what, Callable<Boolean> condition, Object... left) {
        Poll.until(
                what,
                () -> {
                    boolean holds = condition.call();
                    if (!holds && prometheus != null) {
                        prometheus.letItWork();
                    }
                    return holds;
                },
                () ->
                        (prometheus == null ? "no Prometheus yet" : prometheus.firing())
                                + ", and left "
                                + Arrays.toString(left));
    }

    /** Goes on with the cause until the alarms fire, and looks at what they say. */
    private void awaitAlarms(Cause cause, String... names) throws Exception {
        Set<String> wanted = new TreeSet<>(Set.of(names));
        List<String> seen = new ArrayList<>();
        await(
                "alarms",
                () -> {
                    cause.go();
                    wanted.removeIf(
                            name -> {
                                JsonNode alarm = prometheus.alarm(name);
                                if (alarm == null) {
                                    return false;
                                }
                                String texts = alarm.get("annotations").toString();
                                assertFalse(
                                        texts.matches(".*(\\{\\{|no value|error|NaN|%!).*"), texts);
                                seen.add(alarm.at("/annotations/description").asText());
                                return true;
                            });
                    return wanted.isEmpty();
                },
                wanted);
        seen.forEach(text -> System.out.println("AlarmsIT: " + text));
    }

    /** Whether there are series, each with the labels of the legend. */
    private boolean showsSomething(Query query) {
        List<JsonNode> series = prometheus.query(query.expression());
        return !series.isEmpty()
                && series.stream()
                        .allMatch(
                                one ->
                                        query.labels().stream()
                                                .allMatch(
                                                        label ->
                                                                one.at("/metric/" + label)
                                                                        .isTextual()));
    }

    private double value(String metric) {
        List<JsonNode> series = prometheus.query(metric);
        return series.isEmpty() ? 0 : series.get(0).at("/value/1").asDouble();
    }

    // ---------------------------------------------------------------- the world

    private void start() throws Exception {
        world = World.start(dir);
        Settings settings =
                world.settings(
                        "--kafka.environment", "alarms",
                        "--database.enabled", "false",
                        "--input.idle.after", "2s");
        job = World.run(PricingJob.JOB_NAME, settings, configuration());
        sendBook(BOOK.formatted(1));
        sendStock(500);
        dashboard = Dashboard.start(settings, "localhost", 0, null);
        // Where nothing runs it would say so: it begins when the job has.
        await(
                "the first checkpoints",
                () -> {
                    sendStock(5);
                    return hasBegun();
                });
        Files.writeString(dir.resolve("alarms.yaml"), faster(Files.readString(ALARMS)));
        Path file = dir.resolve("prometheus.yaml");
        Files.writeString(
                file,
                """
                global: {scrape_interval: 3s, scrape_timeout: 3s, evaluation_interval: 1s}
                rule_files: [alarms.yaml]
                scrape_configs:
                  - {job_name: flink, static_configs: [{targets: ["localhost:%d"]}]}
                  - {job_name: dashboard, static_configs: [{targets: ["localhost:%d"]}]}
                """
                        .formatted(METRICS_PORT, dashboard.port()));
        prometheus = PrometheusServer.start(dir, file);
        // Its first questions take the job longer than all later ones.
        await(
                "the first answers to Prometheus",
                () -> prometheus.query("up == 1").size() == 2 && prometheus.firing().isEmpty());
    }

    private static boolean hasBegun() throws Exception {
        Scrape scrape = Scrape.from(METRICS_PORT);
        return !scrape.samples("flink_taskmanager_job_task_operator_priced").isEmpty()
                && scrape.samples("flink_jobmanager_job_lastCompletedCheckpointId").stream()
                        .anyMatch(sample -> sample.value() >= 8);
    }

    /** A minute becomes shorter; thresholds as set above. Nothing else changes. */
    private static String faster(String rules) {
        Matcher time = Pattern.compile("(\\[|for: |offset )(\\d+)([hm])\\b").matcher(rules);
        String faster =
                time.replaceAll(
                        match -> {
                            long seconds =
                                    Long.parseLong(match.group(2))
                                            * (match.group(3).equals("h") ? 60 : 1)
                                            * MINUTE.toSeconds();
                            return match.group(1)
                                    + (match.group(1).equals("for: ")
                                            ? seconds
                                            : Math.max(seconds, SHORTEST_WINDOW.toSeconds()))
                                    + "s";
                        });
        for (Map.Entry<String, Integer> threshold : THRESHOLDS.entrySet()) {
            String before = faster;
            faster =
                    faster.replaceAll(
                            "(threshold:" + threshold.getKey() + "\\s+expr: vector\\()\\d+",
                            "$1" + threshold.getValue());
            assertFalse(faster.equals(before), threshold.getKey());
        }
        return faster;
    }

    private static Configuration configuration() {
        Configuration configuration = World.flink(checkpoints, METRICS_PORT);
        // The job shall outlive what fails here.
        configuration.setString("execution.checkpointing.tolerable-failed-checkpoints", "1000");
        configuration.setString("restart-strategy.fixed-delay.attempts", "1000");
        return configuration;
    }

    /** A producer whose transaction hangs. */
    private KafkaProducer<byte[], byte[]> stranger() {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        world.broker().bootstrapServers(),
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        "a-stranger"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @FunctionalInterface
    private interface Cause {
        void go() throws Exception;
    }
}
