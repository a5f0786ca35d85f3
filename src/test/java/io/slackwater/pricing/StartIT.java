package io.slackwater.pricing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.connectors.StartupException;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.testing.Poll;
import io.slackwater.pricing.testing.World;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** How the whole job starts, and when it refuses to, on real parts. */
@Timeout(300)
class StartIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir static Path checkpoints;

    @RegisterExtension
    static final MiniClusterExtension CLUSTER = World.cluster(1, () -> World.flink(checkpoints));

    @TempDir Path dir;
    private World world;
    private Admin admin;
    private final Map<String, Long> seen = new HashMap<>();
    private final Map<String, String> prices = new TreeMap<>();

    @BeforeEach
    void startTheWorld() {
        world = World.start(dir);
        admin = Admin.create(Map.of("bootstrap.servers", world.broker().bootstrapServers()));
    }

    @AfterEach
    void stopTheWorld() {
        if (admin != null) {
            admin.close(Duration.ofSeconds(1));
        }
        if (world != null) {
            world.close();
        }
    }

    @Test
    void aJobThatHasRunBeginsAgainOnlyWhenItIsToldAndThenKnowsAllItsStock() throws Exception {
        JobClient first = World.run("first", settings(), World.flink(checkpoints));
        world.send(KafkaTopics.RULES, "default", book(1, "10.00", null));
        for (int product = 1; product <= 5; product++) {
            stock("P" + product);
        }
        awaitPrices(5, "10.0 default@1");
        Poll.until("the offsets are committed", this::hasCommittedOffsets);
        first.cancel().get();

        StartupException refused =
                assertThrows(
                        StartupException.class,
                        () -> World.run("again", settings(), World.flink(checkpoints)));
        assertEquals(1, refused.faults().size(), refused::getMessage);
        for (String named :
                List.of("slackwater-start", "--savepoint PATH", "--fresh", "start.fresh=true")) {
            assertTrue(refused.getMessage().contains(named), refused::getMessage);
        }

        JobClient fresh =
                World.run("fresh", settings("--start.fresh", "true"), World.flink(checkpoints));
        world.send(KafkaTopics.RULES, "default", book(2, "12.00", null));
        awaitPrices(5, "12.0 default@2");
        fresh.cancel().get();
    }

    @Test
    void whatTheRulesTopicHasLostComesFromTheLakeOnceAndBeforeWhatItHas(
            @InjectMiniCluster MiniCluster cluster) throws Exception {
        Configuration flink = World.flink(checkpoints);
        Instant later = Instant.now().plus(30, ChronoUnit.DAYS);
        JobClient first = World.run("first", settings(), flink);
        world.send(KafkaTopics.RULES, "default", book(1, "9.00", null));
        // A retirement that was told again would take all prices back.
        world.send(KafkaTopics.RULES, "default", null);
        world.send(KafkaTopics.RULES, "default", book(2, "10.00", null));
        world.send(KafkaTopics.RULES, "default", book(3, "30.00", later));
        stock("P1");
        awaitPrices(1, "10.0 default@2");
        Poll.until("the offsets are committed", this::hasCommittedOffsets);
        first.stopWithSavepoint(
                        false, checkpoints.toUri().toString(), SavepointFormatType.CANONICAL)
                .get();
        String beforehand =
                lost(
                        3,
                        "topic pricing_rules: its first message is at offset 3",
                        "rules.history=lake");
        assertFalse(beforehand.contains("cleanup.policy"), beforehand);

        // Compacted, too, as topics of release 0.1.0 are.
        alter(KafkaTopics.RULES, "cleanup.policy", "compact");
        lost(
                3,
                "topic pricing_rules: its cleanup.policy is compact",
                "--add-config cleanup.policy=delete,retention.ms=-1,retention.bytes=-1");

        prices.clear();
        Settings fromTheLake =
                settings(
                        "--rules.history",
                        "lake",
                        "--start.fresh",
                        "true",
                        "--kafka.environment",
                        "lake");
        JobClient second = World.run("second", fromTheLake, flink);
        stock("P2");
        awaitPrices(2, "10.0 default@2");
        // Prices are read when a checkpoint is complete: the job goes on from it.
        cluster.terminateTaskManager(0).get();
        cluster.startTaskManager();
        stock("P3");
        awaitPrices(3, "10.0 default@2");
        String savepoint =
                second.stopWithSavepoint(
                                false,
                                checkpoints.toUri().toString(),
                                SavepointFormatType.CANONICAL)
                        .get();

        // From a savepoint it is not either.
        Configuration restored = new Configuration(flink);
        restored.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        read(KafkaTopics.RULE_STATUS);
        JobClient third = World.run("third", fromTheLake, restored);
        stock("P4");
        awaitPrices(4, "10.0 default@2");
        assertEquals(
                List.of(),
                read(KafkaTopics.RULE_STATUS).stream().map(r -> text(r.value())).toList());
        third.cancel().get();

        // Nor is a topic lost that has nothing any more.
        alter(KafkaTopics.RULES, "cleanup.policy", "delete");
        lost(4, "topic pricing_rules: its first message is at offset 4");
        prices.clear();
        JobClient fourth =
                World.run(
                        "fourth",
                        settings("--rules.history", "lake", "--kafka.environment", "empty"),
                        flink);
        awaitPrices(4, "10.0 default@2");
        fourth.cancel().get();
    }

    @Test
    void noDeadLetterIsTooLargeForItsTopicOrProducer(@InjectMiniCluster MiniCluster cluster)
            throws Exception {
        KafkaTopics.create(settings());
        alter(KafkaTopics.DEAD_LETTERS, "max.message.bytes", "65536");
        alter(KafkaTopics.RULE_STATUS, "max.message.bytes", "16384");
        for (String most : List.of("1048576", "20000")) {
            JobClient job =
                    World.run(
                            "large-" + most,
                            settings(
                                    "--kafka.client.max.request.size",
                                    most,
                                    "--kafka.environment",
                                    "large-" + most),
                            World.flink(checkpoints));
            // Letters at random, which no compression makes smaller; without a key.
            String junk = letters(120_000);
            world.send(KafkaTopics.INVENTORY, null, junk);
            // A book that nobody knows, of a name as long as a record may be.
            byte[] name = new byte[900_000];
            java.util.Arrays.fill(name, (byte) 1);
            world.producer().send(new ProducerRecord<>(KafkaTopics.RULES, name, null)).get();
            int limit = Math.min(65_536, Integer.parseInt(most));
            List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
            Poll.until(
                    "the dead letter",
                    () -> {
                        for (ConsumerRecord<byte[], byte[]> record :
                                read(KafkaTopics.DEAD_LETTERS)) {
                            if (text(record.value()).contains(junk.substring(0, 1_000))) {
                                found.add(record);
                            }
                        }
                        return !found.isEmpty();
                    });
            JsonNode letter = JSON.readTree(found.get(0).value());
            assertEquals(
                    "inventory_raw-"
                            + letter.at("/source/partition").asText()
                            + "-"
                            + letter.at("/source/offset").asText(),
                    text(found.get(0).key()));
            assertTrue(letter.get("truncated").asBoolean());
            assertTrue(junk.startsWith(letter.get("payload").asText()));
            int bytes = found.get(0).value().length;
            assertTrue(bytes < limit && bytes > limit * 9 / 10, () -> bytes + " of " + limit);
            List<String> statuses = new ArrayList<>();
            Poll.until(
                    "the answer about the long name",
                    () -> {
                        read(KafkaTopics.RULE_STATUS).forEach(r -> statuses.add(text(r.value())));
                        return statuses.stream().anyMatch(s -> s.contains("IGNORED"));
                    });
            assertEquals(
                    0L,
                    cluster.getExecutionGraph(job.getJobID())
                            .get()
                            .getStatusTimestamp(JobStatus.RESTARTING),
                    "it restarted");
            job.cancel().get();
        }
    }

    // ---------------------------------------------------------------- the world

    private Settings settings(String... overrides) {
        List<String> all = new ArrayList<>(List.of("--kafka.environment", "start"));
        all.addAll(List.of(overrides));
        return world.settings(all.toArray(String[]::new));
    }

    /** Takes the beginning of the rules topic away, and returns why a start is then refused. */
    private String lost(long messages, String... reasons) throws Exception {
        TopicPartition rules = new TopicPartition(KafkaTopics.RULES, 0);
        if (reasons[0].contains("first message")) {
            admin.deleteRecords(Map.of(rules, RecordsToDelete.beforeOffset(messages))).all().get();
        }
        StartupException refused =
                assertThrows(
                        StartupException.class,
                        () ->
                                World.run(
                                        "refused",
                                        settings("--kafka.environment", "refused"),
                                        World.flink(checkpoints)));
        assertEquals(1, refused.faults().size(), refused::getMessage);
        for (String reason : reasons) {
            assertTrue(refused.getMessage().contains(reason), refused::getMessage);
        }
        return refused.getMessage();
    }

    private void alter(String topic, String name, String value) throws Exception {
        admin.incrementalAlterConfigs(
                        Map.of(
                                new ConfigResource(ConfigResource.Type.TOPIC, topic),
                                List.of(
                                        new AlterConfigOp(
                                                new ConfigEntry(name, value),
                                                AlterConfigOp.OpType.SET))))
                .all()
                .get();
        Poll.until(
                topic + " has " + name + " = " + value,
                () ->
                        admin.describeConfigs(
                                        List.of(
                                                new ConfigResource(
                                                        ConfigResource.Type.TOPIC, topic)))
                                .all()
                                .get()
                                .values()
                                .iterator()
                                .next()
                                .get(name)
                                .value()
                                .equals(value));
    }

    private boolean hasCommittedOffsets() throws Exception {
        return admin
                .listConsumerGroupOffsets("slackwater-start")
                .partitionsToOffsetAndMetadata()
                .get()
                .entrySet()
                .stream()
                .anyMatch(
                        read ->
                                read.getKey().topic().equals(KafkaTopics.INVENTORY)
                                        && read.getValue() != null
                                        && read.getValue().offset() > 0);
    }

    private static String book(int version, String price, Instant from) {
        return """
        {"book_id":"default","version":%d,"currency":"EUR"%s,"default_tier":"standard",
         "tiers":{"standard":{"base_price":%s}},"rules":[]}"""
                .formatted(
                        version, from == null ? "" : ",\"effective_from\":\"" + from + "\"", price);
    }

    private void stock(String product) throws Exception {
        world.send(
                KafkaTopics.INVENTORY,
                product,
                "{\"product_id\":\"%s\",\"inventory\":[{\"warehouse_id\":\"W\",\"quantity\":5}]}"
                        .formatted(product));
    }

    /** Waits until there are so many prices, all of them this one. */
    private void awaitPrices(int products, String price) throws Exception {
        Poll.until(
                products + " prices of " + price,
                () -> {
                    for (ConsumerRecord<byte[], byte[]> record : read(KafkaTopics.PRICES)) {
                        JsonNode json = JSON.readTree(record.value());
                        prices.put(
                                text(record.key()),
                                json.get("price").asDouble()
                                        + " "
                                        + json.get("rule_book").asText());
                    }
                    return prices.size() == products
                            && prices.values().stream().allMatch(price::equals);
                });
    }

    private static String letters(int length) {
        Random random = new Random(7);
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append((char) (' ' + 3 + random.nextInt(90)));
        }
        return text.toString().replace('\\', '/');
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

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
