package io.slackwater.pricing.testing;

import io.slackwater.pricing.PricingJob;
import io.slackwater.pricing.demo.Broker;
import io.slackwater.pricing.demo.Database;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.SettingsReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What the whole job needs, all of it real: a broker, a database with the catalog of the lake, a
 * warehouse in a folder. Closing it ends everything.
 */
public final class World implements AutoCloseable {

    private final Path dir;
    private final Broker broker;
    private final Database database;
    private final KafkaProducer<byte[], byte[]> producer;

    private World(Path dir) {
        this.dir = dir;
        this.broker = Broker.start(dir);
        this.database = Database.start(dir);
        this.producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    /** In a folder that may be empty or not there. */
    public static World start(Path dir) {
        return new World(dir);
    }

    // ---------------------------------------------------------------- Flink

    /** Task managers with two slots each, for all tests of a class. */
    public static MiniClusterExtension cluster(
            int taskManagers, Supplier<Configuration> configuration) {
        return new MiniClusterExtension(
                () ->
                        new MiniClusterResourceConfiguration.Builder()
                                .setConfiguration(configuration.get())
                                .setNumberTaskManagers(taskManagers)
                                .setNumberSlotsPerTaskManager(2)
                                .build());
    }

    /**
     * The configuration of {@code flink-conf}, in a hurry: a checkpoint a second, a lost task
     * manager is noticed soon, a job that cannot run fails before long. No port is fixed and no
     * metric reported.
     *
     * @param checkpoints the folder of checkpoints and savepoints
     */
    public static Configuration flink(Path checkpoints) {
        Configuration configuration = GlobalConfiguration.loadConfiguration("flink-conf");
        Map.of(
                        "execution.checkpointing.dir", checkpoints.toUri().toString(),
                        "execution.checkpointing.savepoint-dir", checkpoints.toUri().toString(),
                        "execution.checkpointing.interval", "1 s",
                        "execution.checkpointing.min-pause", "100 ms",
                        "heartbeat.interval", "500",
                        "heartbeat.timeout", "5000",
                        "restart-strategy.type", "fixed-delay",
                        "restart-strategy.fixed-delay.attempts", "20",
                        "restart-strategy.fixed-delay.delay", "1 s",
                        // One slot on each task manager, so that losing either one hits the job.
                        "taskmanager.load-balance.mode", "SLOTS")
                .forEach(configuration::setString);
        configuration.setString("rest.port", "0");
        configuration.setString("rest.bind-port", "0");
        configuration.setString("metrics.reporters", "");
        return configuration;
    }

    /** {@link #flink}, whose metrics a port of this machine tells. */
    public static Configuration flink(Path checkpoints, int metricsPort) {
        Configuration configuration = flink(checkpoints);
        configuration.setString("metrics.reporters", "prom");
        configuration.setString("metrics.reporter.prom.port", Integer.toString(metricsPort));
        return configuration;
    }

    /** Starts the job; whoever starts it cancels it. */
    public static JobClient run(String name, Settings settings, Configuration flink)
            throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(flink);
        PricingJob.define(environment, settings);
        return environment.executeAsync(name);
    }

    // ---------------------------------------------------------------- what a job is told

    /**
     * The settings that are delivered, for this broker and database. What is given as {@code --name
     * value} takes their place.
     */
    public Settings settings(String... overrides) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--settings",
                                "jobs/pricing.properties",
                                "--kafka.bootstrap.servers",
                                broker.bootstrapServers(),
                                "--kafka.topics.create",
                                "true",
                                "--lake.uri",
                                database.url(),
                                "--lake.user",
                                database.user(),
                                "--lake.warehouse",
                                warehouse(),
                                "--database.url",
                                database.url(),
                                "--database.user",
                                database.user(),
                                "--input.idle.after",
                                "1s"));
        arguments.addAll(List.of(overrides));
        return SettingsReader.read(
                arguments.toArray(String[]::new),
                Map.of(
                        SettingsReader.LAKE_PASSWORD,
                        database.password(),
                        SettingsReader.DATABASE_PASSWORD,
                        database.password()));
    }

    /** Where the lake's files are, as a setting. */
    public String warehouse() {
        return dir.resolve("warehouse").toUri().toString();
    }

    public Broker broker() {
        return broker;
    }

    public Database database() {
        return database;
    }

    public KafkaProducer<byte[], byte[]> producer() {
        return producer;
    }

    /** Sends text and waits until the broker has it; a null value is a tombstone. */
    public void send(String topic, String key, String value) throws Exception {
        send(topic, key, value, null);
    }

    /**
     * @param timestamp of the record, epoch milliseconds; null: now
     */
    public void send(String topic, String key, String value, Long timestamp) throws Exception {
        producer.send(
                        new ProducerRecord<>(
                                topic,
                                null,
                                timestamp,
                                key == null ? null : bytes(key),
                                value == null ? null : bytes(value)))
                .get();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        // The test may have ended the broker itself.
        producer.close(Duration.ofSeconds(5));
        database.close();
        broker.close();
    }
}
