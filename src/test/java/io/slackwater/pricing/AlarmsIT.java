package io.slackwater.pricing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.dashboard.Dashboard;
import io.slackwater.pricing.demo.Broker;
import io.slackwater.pricing.demo.Database;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.SettingsReader;
import io.slackwater.pricing.testing.Boards;
import io.slackwater.pricing.testing.Boards.Query;
import io.slackwater.pricing.testing.PrometheusServer;
import io.slackwater.pricing.testing.Scrape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
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

    private static final Duration PATIENCE = Duration.ofSeconds(120);
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

    @TempDir static Path checkpoints;

    private static int metricsPort;

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
    private Dashboard dashboard;
    private PrometheusServer prometheus;
    private JobClient job;
    private KafkaProducer<byte[], byte[]> producer;
    private long sent;

    @AfterEach
    void endEverything() throws Exception {
        if (prometheus != null) {
            prometheus.close();
        }
        if (dashboard != null) {
            dashboard.close();
        }
        if (producer != null) {
            producer.close(Duration.ofSeconds(5));
        }
        if (job != null && !job.getJobStatus().get().isGloballyTerminalState()) {
            job.cancel().get();
        }
        if (database != null) {
            database.close();
        }
        if (broker != null) {
            broker.close();
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
                () -> "twenty checkpoints of a healthy job, and what the boards show: " + missing,
                () -> {
                    sendStock(50);
                    assertEquals(Set.of(), prometheus.firing());
                    missing.removeIf(this::showsSomething);
                    return missing.isEmpty()
                            && value("flink_jobmanager_job_numberOfCompletedCheckpoints")
                                    >= checkpoint + 20;
                });

        // Broken messages, a rule book that cannot be, and somebody who writes into the price
        // list and does not commit: each alarm has a cause of its own, so they may come together.
        sendBook(BOOK.formatted(2).replace("\"below\":10", "\"below\":\"ten\""));
        try (KafkaProducer<byte[], byte[]> stranger = producer("a-stranger")) {
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
                () -> "the end of what has passed",
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
        producer.send(new ProducerRecord<>(KafkaTopics.RULES, bytes("default"), null)).get();
        awaitAlarms(() -> sendStock(5), "Unpriced");
        sendBook(BOOK.formatted(3));
        long standing = System.currentTimeMillis();
        awaitAlarms(() -> sendStock("still", standing), "EventTimeStandsStill");
        await(
                () -> "prices, and event time that moves",
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
        await(() -> "checkpoints again", () -> !prometheus.firing().contains("CheckpointsFail"));

        // A task manager dies.
        assertFalse(prometheus.firing().contains("JobRestarted"));
        cluster.terminateTaskManager(0).get();
        cluster.startTaskManager();
        awaitAlarms(() -> sendStock(5), "JobRestarted");
        assertFalse(prometheus.firing().contains("JobKeepsRestarting"), "once is not again");

        // The catalog is gone.
        database.close();
        awaitAlarms(() -> sendStock(5), "JobKeepsRestarting", "LakeCommitOld");

        // The broker, the job and the page are gone.
        job.cancel().get();
        awaitAlarms(() -> {}, "JobNotRunning");
        producer.close(Duration.ofSeconds(5));
        broker.close();
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
        producer.send(new ProducerRecord<>(KafkaTopics.INVENTORY, bytes(product), bytes(message)));
    }

    private void sendBook(String book) throws Exception {
        producer.send(new ProducerRecord<>(KafkaTopics.RULES, bytes("default"), bytes(book))).get();
    }

    // ---------------------------------------------------------------- what Prometheus says

    /** Goes on with the cause until the alarms fire, and looks at what they say. */
    private void awaitAlarms(Cause cause, String... names) throws Exception {
        Set<String> wanted = new TreeSet<>(Set.of(names));
        List<String> seen = new ArrayList<>();
        await(
                () -> "the alarms " + wanted,
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
                });
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
        broker = Broker.start(dir);
        database = Database.start(dir);
        Settings settings = settings();
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration());
        PricingJob.define(environment, settings);
        job = environment.executeAsync(PricingJob.JOB_NAME);
        producer = producer(null);
        sendBook(BOOK.formatted(1));
        sendStock(500);
        dashboard = Dashboard.start(settings, "localhost", 0, null);
        // Where nothing runs it would say so: it begins when the job has.
        await(
                () -> "the first checkpoints",
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
                        .formatted(metricsPort, dashboard.port()));
        prometheus = PrometheusServer.start(dir, file);
        // Its first questions take the job longer than all later ones.
        await(
                () -> "the first answers to Prometheus",
                () -> prometheus.query("up == 1").size() == 2 && prometheus.firing().isEmpty());
    }

    private static boolean hasBegun() throws InterruptedException {
        try {
            Scrape scrape = Scrape.from(metricsPort);
            return !scrape.samples("flink_taskmanager_job_task_operator_priced").isEmpty()
                    && scrape.samples("flink_jobmanager_job_lastCompletedCheckpointId").stream()
                            .anyMatch(sample -> sample.value() >= 8);
        } catch (IOException e) {
            // The reporter hangs up when a metric comes or goes while it answers.
            return false;
        }
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
        Configuration configuration = GlobalConfiguration.loadConfiguration("flink-conf");
        configuration.setString("execution.checkpointing.dir", checkpoints.toUri().toString());
        configuration.setString(
                "execution.checkpointing.savepoint-dir", checkpoints.toUri().toString());
        configuration.setString("execution.checkpointing.interval", "1 s");
        configuration.setString("execution.checkpointing.min-pause", "200 ms");
        // The job shall outlive what fails here.
        configuration.setString("execution.checkpointing.tolerable-failed-checkpoints", "1000");
        configuration.setString("rest.port", "0");
        configuration.setString("rest.bind-port", "0");
        configuration.setString("taskmanager.load-balance.mode", "SLOTS");
        configuration.setString("heartbeat.interval", "500");
        configuration.setString("heartbeat.timeout", "5000");
        configuration.setString("restart-strategy.type", "fixed-delay");
        configuration.setString("restart-strategy.fixed-delay.attempts", "1000");
        configuration.setString("restart-strategy.fixed-delay.delay", "1 s");
        try {
            if (metricsPort == 0) {
                metricsPort = Scrape.freePort();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        configuration.setString("metrics.reporter.prom.port", Integer.toString(metricsPort));
        return configuration;
    }

    private Settings settings() {
        return SettingsReader.read(
                new String[] {
                    "--settings", "jobs/pricing.properties",
                    "--kafka.bootstrap.servers", broker.bootstrapServers(),
                    "--kafka.environment", "alarms",
                    "--kafka.topics.create", "true",
                    "--lake.uri", database.url(),
                    "--lake.user", database.user(),
                    "--lake.warehouse", dir.resolve("warehouse").toUri().toString(),
                    "--database.enabled", "false",
                    "--input.idle.after", "2s"
                },
                Map.of("SLACKWATER_LAKE_PASSWORD", database.password()));
    }

    private KafkaProducer<byte[], byte[]> producer(String transactionalId) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", broker.bootstrapServers());
        if (transactionalId != null) {
            properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        }
        return new KafkaProducer<>(
                properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void await(Supplier<String> what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            assertTrue(System.nanoTime() < deadline, () -> "waited in vain for " + what.get());
            if (prometheus != null) {
                prometheus.letItWork();
            }
        }
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds() throws Exception;
    }

    @FunctionalInterface
    private interface Cause {
        void go() throws Exception;
    }
}
