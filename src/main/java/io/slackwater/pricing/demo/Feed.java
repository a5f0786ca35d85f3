package io.slackwater.pricing.demo;

import io.slackwater.pricing.connectors.KafkaTopics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends to the input topics, and keeps account of what it has sent. Its methods may be called from
 * any thread.
 */
final class Feed implements AutoCloseable {

    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final Map<String, Long> byKind = new LinkedHashMap<>();
    private final AtomicLong messages = new AtomicLong();
    private final AtomicLong lines = new AtomicLong();
    private long badLines;
    private volatile Sent last;

    /** An inventory message that can be used as a whole, as it was sent. */
    record Sent(String key, byte[] value, int lines, int badLines) {}

    Feed(String bootstrapServers) {
        Properties properties = new Properties();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        // Acknowledged by all and sent once: what is accounted for is there.
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 * 1024);
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * Sends an inventory message.
     *
     * @param kind under which it is accounted for
     * @param time of a delisting, which has nowhere to say it but here; null: now
     * @param lineCount its warehouse lines, good and bad
     * @param badLineCount the bad ones
     */
    void inventory(
            String kind, String key, byte[] value, Long time, int lineCount, int badLineCount) {
        send(KafkaTopics.INVENTORY, key, value, time);
        if (key != null && value != null && lineCount > 0 && badLineCount == 0) {
            last = new Sent(key, value, lineCount, badLineCount);
        }
        messages.incrementAndGet();
        lines.addAndGet(lineCount);
        synchronized (byKind) {
            byKind.merge(kind, 1L, Long::sum);
            badLines += badLineCount;
        }
    }

    /** Publishes a rule book. */
    void ruleBook(String bookId, byte[] document) {
        send(KafkaTopics.RULES, bookId, document, null);
    }

    /** Publishes a catalog entry. */
    void catalogEntry(String productId, byte[] document) {
        send(KafkaTopics.CATALOG, productId, document, null);
    }

    private void send(String topic, String key, byte[] value, Long time) {
        Exception failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("The broker takes no more messages", failed);
        }
        byte[] keyBytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
        producer.send(
                new ProducerRecord<>(topic, null, time, keyBytes, value),
                (metadata, e) -> {
                    if (e != null) {
                        failure.compareAndSet(null, e);
                    }
                });
    }

    /** Returns when the broker has everything that was sent. */
    void flush() {
        producer.flush();
        Exception failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("The broker did not take all messages", failed);
        }
    }

    /** The newest message without a fault, as far as the sender knows; null: none yet. */
    Sent last() {
        return last;
    }

    /** How many inventory messages were sent. */
    long messages() {
        return messages.get();
    }

    /** How many warehouse lines they had. */
    long lines() {
        return lines.get();
    }

    /** How many of the lines were bad, as far as the sender knows. */
    long badLines() {
        synchronized (byKind) {
            return badLines;
        }
    }

    /** Inventory messages by kind, in the order in which the kinds first came. */
    Map<String, Long> byKind() {
        synchronized (byKind) {
            return new LinkedHashMap<>(byKind);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
