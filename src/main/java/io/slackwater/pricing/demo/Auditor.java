package io.slackwater.pricing.demo;

import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.dashboard.Controls.Promise;
import io.slackwater.pricing.dashboard.Controls.State;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.tools.Local;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the topics in a thread and with a consumer of its own, from their beginning on, and has a
 * {@link PriceAudit} look at them once a second. Reads committed records only.
 */
final class Auditor implements AutoCloseable {

    private static final List<String> TOPICS =
            List.of(
                    KafkaTopics.INVENTORY,
                    KafkaTopics.CATALOG,
                    KafkaTopics.RULES,
                    KafkaTopics.PRICES,
                    KafkaTopics.RULE_STATUS,
                    KafkaTopics.DEAD_LETTERS);

    private static final long LOOK_MILLIS = 1_000;

    /** The result of the check. */
    record Conclusion(String found, boolean right) {}

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final PriceAudit audit;
    private final LongSupplier clock;
    private final Thread thread = new Thread(this::run, "audit-prices");
    private volatile boolean closing;

    /** When the job had stopped; -1: it runs. */
    private volatile long stoppedAt = -1;

    private volatile List<Promise> promises;
    private volatile Conclusion conclusion;

    /** When the topics' ends were asked for, and where they were. */
    private long askedAt;

    private Map<TopicPartition, Long> ends;

    private long readUntil;

    /**
     * @param settings of the job: where its topics are, and what it was told
     * @param clock epoch milliseconds
     */
    Auditor(Settings settings, LongSupplier clock) {
        this.clock = clock;
        Properties properties = new Properties();
        properties.putAll(settings.kafka().client());
        properties.put(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.kafka().bootstrapServers());
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2_000);
        consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : TOPICS) {
            consumer.partitionsFor(topic)
                    .forEach(p -> partitions.add(new TopicPartition(topic, p.partition())));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        long now = clock.getAsLong();
        audit =
                new PriceAudit(
                        settings,
                        (int)
                                partitions.stream()
                                        .filter(p -> p.topic().equals(KafkaTopics.INVENTORY))
                                        .count(),
                        now);
        promises = audit.promises(now, now);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try (consumer) {
            readOn();
        } catch (IOException | RuntimeException e) {
            String failure = "The check has ended: " + Local.innermost(e) + ".";
            conclusion = new Conclusion(failure, false);
            promises =
                    promises.stream()
                            .map(p -> new Promise(p.id(), p.label(), State.BROKEN, failure))
                            .toList();
        }
    }

    private void readOn() throws IOException {
        long looked = 0;
        while (!closing) {
            boolean toTheEnd = stoppedAt >= 0;
            var polled = consumer.poll(Duration.ofMillis(100));
            long now = clock.getAsLong();
            for (ConsumerRecord<byte[], byte[]> one : polled) {
                take(one, now);
            }
            if (now - looked >= LOOK_MILLIS) {
                looked = now;
                findOutHowFarItRead(now);
                audit.look(now, readUntil);
                promises = audit.promises(now, readUntil);
            }
            if (toTheEnd && polled.isEmpty() && atTheEnd()) {
                audit.look(stoppedAt, stoppedAt);
                conclude();
                return;
            }
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> one, long now) throws IOException {
        switch (one.topic()) {
            case KafkaTopics.INVENTORY ->
                    audit.inventory(
                            one.partition(),
                            one.offset(),
                            one.timestamp(),
                            one.key(),
                            one.value(),
                            now);
            case KafkaTopics.CATALOG ->
                    audit.catalogEntry(
                            one.partition(), one.offset(), one.timestamp(), one.key(), one.value());
            case KafkaTopics.RULES -> audit.ruleBook(one.timestamp(), one.key(), one.value());
            case KafkaTopics.PRICES -> audit.price(one.key(), one.value(), now);
            case KafkaTopics.RULE_STATUS -> audit.ruleStatus(one.value());
            default -> audit.deadLetter(one.value());
        }
    }

    /** Once all is read that stood there when it was last asked, that moment is read up to. */
    private void findOutHowFarItRead(long now) {
        try {
            if (ends == null) {
                askedAt = now;
                ends = consumer.endOffsets(consumer.assignment());
            }
            if (hasRead(ends)) {
                readUntil = askedAt;
                ends = null;
            }
        } catch (TimeoutException e) {
            // The broker is away; what was read until now stays read.
        }
    }

    private boolean hasRead(Map<TopicPartition, Long> until) {
        return until.entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    private boolean atTheEnd() throws KafkaException {
        return hasRead(consumer.endOffsets(consumer.assignment()));
    }

    private void conclude() {
        String fault = audit.fault();
        String unchecked =
                audit.unchecked() == 0
                        ? ""
                        : ", %,d of too busy keys not checked".formatted(audit.unchecked());
        conclusion =
                new Conclusion(
                        "%,d recomputed%s; %,d of %,d newest as due%s"
                                .formatted(
                                        audit.explained(),
                                        unchecked,
                                        audit.priced(),
                                        audit.sellable(),
                                        fault == null ? "" : ". " + fault),
                        fault == null);
    }

    /** Nothing lost, nothing twice, every price as the rules say; at most a second old. */
    List<Promise> promises() {
        return promises;
    }

    /**
     * Reads to the end of every topic, as it is now, and reads no more.
     *
     * @param jobStoppedAt when the job had stopped: nothing was on its way any more
     */
    Conclusion finish(long jobStoppedAt) throws InterruptedException {
        stoppedAt = jobStoppedAt;
        thread.join();
        return conclusion;
    }

    @Override
    public void close() {
        closing = true;
        try {
            thread.join(Duration.ofSeconds(10).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
