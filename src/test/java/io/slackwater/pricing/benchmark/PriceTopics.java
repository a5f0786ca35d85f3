package io.slackwater.pricing.benchmark;

import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.settings.SettingsReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The topics of a benchmark: made, filled and read back from outside of every contestant. */
final class PriceTopics implements AutoCloseable {

    static final int PARTITIONS = 2;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final List<String> OUTPUTS =
            List.of(
                    KafkaTopics.PRICES,
                    KafkaTopics.METRICS,
                    KafkaTopics.ALERTS,
                    KafkaTopics.RULE_STATUS,
                    KafkaTopics.DEAD_LETTERS);

    /**
     * What a contestant has written. Times are the broker's, epoch milliseconds.
     *
     * @param records in all
     * @param firstAt of the first record
     * @param halfAt when half of them were there
     * @param afterHalf how many came later
     * @param lastAt of the last record
     */
    record Written(long records, long firstAt, long halfAt, long afterHalf, long lastAt) {}

    /**
     * How far price_list is, in offsets, which count the ends of transactions too.
     *
     * @param committed what a reader of committed records may see
     * @param written what there is
     */
    record Ends(long committed, long written) {}

    private final String servers;
    private final Admin admin;

    PriceTopics(String servers) {
        this.servers = servers;
        this.admin = Admin.create(Map.of("bootstrap.servers", servers));
    }

    static List<TopicPartition> partitionsOf(String topic) {
        return IntStream.range(0, PARTITIONS).mapToObj(i -> new TopicPartition(topic, i)).toList();
    }

    /** Settings of the job for these topics. */
    List<String> settings() {
        return List.of(
                "--kafka.bootstrap.servers",
                servers,
                "--kafka.topics.partitions",
                Integer.toString(PARTITIONS),
                "--database.enabled",
                "false");
    }

    /** Deletes the output topics and makes them again, empty. */
    void clearOutputs() throws Exception {
        clear(OUTPUTS);
    }

    /** Deletes all topics and makes them again, empty. */
    void clearAll() throws Exception {
        List<String> all = new ArrayList<>(OUTPUTS);
        all.addAll(List.of(KafkaTopics.INVENTORY, KafkaTopics.RULES, KafkaTopics.CATALOG));
        clear(all);
    }

    private void clear(List<String> topics) throws Exception {
        List<String> there = new ArrayList<>(topics);
        there.retainAll(admin.listTopics().names().get());
        admin.deleteTopics(there).all().get();
        until(() -> Collections.disjoint(admin.listTopics().names().get(), there));
        // The broker's clock decides the figures, and no contestant's.
        Map<String, String> prices =
                Map.of(
                        "cleanup.policy",
                        "compact",
                        "min.compaction.lag.ms",
                        Long.toString(Duration.ofDays(1).toMillis()),
                        "message.timestamp.type",
                        "LogAppendTime");
        admin.createTopics(
                        List.of(
                                new NewTopic(KafkaTopics.PRICES, PARTITIONS, (short) 1)
                                        .configs(prices)))
                .all()
                .get();
        List<String> job = new ArrayList<>(settings());
        job.addAll(List.of("--lake.enabled", "false"));
        KafkaTopics.create(SettingsReader.read(job.toArray(String[]::new), Map.of()));
        until(() -> admin.listTopics().names().get().containsAll(OUTPUTS));
    }

    private static void until(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "The broker has not followed within " + PATIENCE.toSeconds() + " seconds.");
            }
            Thread.sleep(50);
        }
    }

    /** Publishes the rule book and the catalog of a traffic. */
    void publishRules(int products) {
        try (KafkaProducer<byte[], byte[]> producer = producer(5)) {
            byte[] book = Traffic.ruleBook(products);
            producer.send(new ProducerRecord<>(KafkaTopics.RULES, bytes("default"), book));
            for (int i = 0; i < products; i++) {
                byte[] entry = Traffic.catalogMessage(i);
                if (entry != null) {
                    byte[] key = bytes(Traffic.productId(i));
                    producer.send(new ProducerRecord<>(KafkaTopics.CATALOG, key, entry));
                }
            }
        }
    }

    /** Publishes so many messages and returns what is due for them. */
    DuePrices preload(Traffic traffic, int messages) {
        DuePrices due = new DuePrices(traffic.products());
        try (KafkaProducer<byte[], byte[]> producer = producer(5)) {
            for (int i = 0; i < messages; i++) {
                byte[] message = traffic.next();
                byte[] key = bytes(Traffic.productId(traffic.product()));
                producer.send(new ProducerRecord<>(KafkaTopics.INVENTORY, key, message));
                due.add(traffic);
            }
        }
        return due;
    }

    /**
     * @param linger milliseconds
     */
    KafkaProducer<byte[], byte[]> producer(int linger) {
        Map<String, Object> properties = PeerProducer.properties();
        properties.put("bootstrap.servers", servers);
        properties.put("linger.ms", linger);
        return new KafkaProducer<>(
                properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * A reader of price_list from its beginning.
     *
     * @param isolation Kafka's name of it
     */
    KafkaConsumer<byte[], byte[]> reader(String isolation) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("bootstrap.servers", servers);
        properties.put("isolation.level", isolation);
        properties.put("max.poll.records", 5_000);
        properties.put("max.partition.fetch.bytes", 8 << 20);
        properties.put("fetch.max.wait.ms", 50);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(partitionsOf(KafkaTopics.PRICES));
        consumer.seekToBeginning(partitionsOf(KafkaTopics.PRICES));
        return consumer;
    }

    Ends ends() throws ExecutionException, InterruptedException {
        return new Ends(end(IsolationLevel.READ_COMMITTED), end(IsolationLevel.READ_UNCOMMITTED));
    }

    private long end(IsolationLevel isolation) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> asked =
                partitionsOf(KafkaTopics.PRICES).stream()
                        .collect(Collectors.toMap(each -> each, each -> OffsetSpec.latest()));
        return admin
                .listOffsets(asked, new ListOffsetsOptions(isolation))
                .all()
                .get()
                .values()
                .stream()
                .mapToLong(end -> end.offset())
                .sum();
    }

    /**
     * Reads the committed price list.
     *
     * @throws IllegalStateException when it is not what is due, each record once and in order
     */
    Written read(DuePrices due) {
        DuePrices.Comparison comparison = due.new Comparison();
        TreeMap<Long, Long> at = new TreeMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = reader("read_committed")) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
            while (ends.entrySet().stream()
                    .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> price : consumer.poll(Duration.ofMillis(100))) {
                    comparison.take(price.key(), price.value());
                    at.merge(price.timestamp(), 1L, Long::sum);
                }
            }
        }
        comparison.end();
        long read = 0;
        for (Map.Entry<Long, Long> each : at.entrySet()) {
            read += each.getValue();
            if (2 * read >= due.records()) {
                return new Written(
                        due.records(),
                        at.firstKey(),
                        each.getKey(),
                        due.records() - read,
                        at.lastKey());
            }
        }
        throw new IllegalStateException("Nothing was due.");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        admin.close();
    }
}
