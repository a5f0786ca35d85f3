package io.slackwater.pricing.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.tools.BookAnswers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads what the job has committed to its output topics, as any other system would, and keeps what
 * the screen shows and the summary checks.
 *
 * <p>Reads in a thread of its own; every method may be called from any thread.
 */
final class Watch implements AutoCloseable {

    private static final List<String> TOPICS =
            List.of(
                    KafkaTopics.PRICES,
                    KafkaTopics.METRICS,
                    KafkaTopics.ALERTS,
                    KafkaTopics.RULE_STATUS,
                    KafkaTopics.DEAD_LETTERS);
    private static final int NEWEST = 6;

    /**
     * The newest record of a key of {@code price_list}.
     *
     * @param version its price version; of a withdrawn price, the one withdrawn
     * @param price null when it is withdrawn
     */
    record Newest(long version, long quantity, BigDecimal price) {}

    /** A price that differs from the one before it, for the screen. */
    record Shown(
            String productId,
            String warehouseId,
            long quantity,
            String tier,
            BigDecimal price,
            BigDecimal previousPrice,
            String currency,
            String cause) {}

    /**
     * An answer of the job about a rule book, as one line.
     *
     * @param state null: a state that this release does not know
     */
    record Answer(String bookId, long version, State state, String text) {}

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread reader = new Thread(this::read, "watch-outputs");
    private volatile boolean closing;
    private volatile boolean finishing;
    private volatile RuntimeException failure;

    // Guarded by this.
    private final Map<String, Long> records = new HashMap<>();
    private final Map<String, Newest> newest = new HashMap<>();
    private final Map<String, Long> alerts = new TreeMap<>();
    private final Map<String, Long> reasons = new TreeMap<>();
    private final Deque<Shown> shown = new ArrayDeque<>();
    private final List<Answer> answers = new ArrayList<>();
    private final Map<String, BookAnswers<State>> books = new HashMap<>();
    private String ruleBook = "none yet";
    private long withdrawals;
    private long brokenVersions;
    private long newestEventTime = Long.MIN_VALUE;

    Watch(String bootstrapServers) {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : TOPICS) {
            records.put(topic, 0L);
            consumer.partitionsFor(topic)
                    .forEach(p -> partitions.add(new TopicPartition(topic, p.partition())));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        reader.setDaemon(true);
    }

    void start() {
        reader.start();
    }

    private void read() {
        try (consumer) {
            while (!closing) {
                boolean toTheEnd = finishing;
                var polled = consumer.poll(Duration.ofMillis(100));
                synchronized (this) {
                    for (ConsumerRecord<byte[], byte[]> polledRecord : polled) {
                        note(polledRecord);
                    }
                }
                if (toTheEnd && polled.isEmpty() && atTheEnd()) {
                    return;
                }
            }
        } catch (IOException e) {
            failure = new UncheckedIOException("An output topic has what is no JSON", e);
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private boolean atTheEnd() {
        Collection<TopicPartition> all = consumer.assignment();
        return consumer.endOffsets(all).entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    private void note(ConsumerRecord<byte[], byte[]> message) throws IOException {
        records.merge(message.topic(), 1L, Long::sum);
        switch (message.topic()) {
            case KafkaTopics.PRICES -> notePrice(message);
            case KafkaTopics.ALERTS ->
                    alerts.merge(
                            ExactJson.read(message.value()).path("alert").asText(), 1L, Long::sum);
            case KafkaTopics.DEAD_LETTERS ->
                    reasons.merge(
                            ExactJson.read(message.value()).path("reason").asText(), 1L, Long::sum);
            case KafkaTopics.RULE_STATUS -> noteStatus(message);
            default -> {}
        }
    }

    private void notePrice(ConsumerRecord<byte[], byte[]> message) throws IOException {
        String key = new String(message.key(), StandardCharsets.UTF_8);
        Newest before = newest.get(key);
        long version = before == null ? 0 : before.version();
        if (message.value() == null) {
            withdrawals++;
            newest.put(key, new Newest(version, 0, null));
            return;
        }
        JsonNode price = ExactJson.read(message.value());
        long next = price.path("price_version").asLong();
        // One more with each price: a gap is a loss, the same again a double.
        if (next != version + 1) {
            brokenVersions++;
        }
        long quantity = price.path("quantity").asLong();
        BigDecimal amount = price.path("price").decimalValue();
        newest.put(key, new Newest(next, quantity, amount));
        newestEventTime =
                Math.max(
                        newestEventTime,
                        Instant.parse(price.path("event_time").asText()).toEpochMilli());
        BigDecimal previous =
                price.hasNonNull("previous_price")
                        ? price.path("previous_price").decimalValue()
                        : null;
        // A price that stays says little: only its quantity has changed.
        if (previous != null && previous.compareTo(amount) == 0) {
            return;
        }
        shown.addFirst(
                new Shown(
                        price.path("product_id").asText(),
                        price.path("warehouse_id").asText(),
                        quantity,
                        price.path("price_tier").asText("-"),
                        amount,
                        previous,
                        price.path("currency").asText(),
                        price.path("cause").asText()));
        if (shown.size() > NEWEST) {
            shown.removeLast();
        }
    }

    private void noteStatus(ConsumerRecord<byte[], byte[]> message) throws IOException {
        JsonNode status = ExactJson.read(message.value());
        String book = status.path("book_id").asText("?");
        long version = status.path("version").asLong();
        String name = status.path("status").asText();
        State state = State.named(name);
        StringBuilder text = new StringBuilder("rule book ").append(book).append('@');
        text.append(version).append(' ').append(name);
        if (state == State.CONVERGED) {
            text.append(
                    ": %,d prices re-examined, %,d changed, in %,d ms"
                            .formatted(
                                    status.path("examined").asLong(),
                                    status.path("changed").asLong(),
                                    status.path("took_ms").asLong()));
        }
        if (state == State.CONVERGING) {
            text.append(": ").append(status.path("progress_percent").asInt()).append(" %");
        }
        status.path("reasons").forEach(r -> text.append("; ").append(r.path("message").asText()));
        answers.add(new Answer(book, version, state, text.toString()));
        BookAnswers<State> about = books.computeIfAbsent(book, none -> new BookAnswers<>());
        about.hear(
                new BookAnswers.Told(
                        version,
                        state,
                        status.has("deciding_version")
                                ? Long.valueOf(status.path("deciding_version").asLong())
                                : null,
                        millis(status.path("effective_from")),
                        millis(status.path("at")),
                        message.timestamp(),
                        message.partition(),
                        message.offset()),
                state);
        if (about.inForce() != null) {
            ruleBook = book + "@" + about.inForce();
        } else if (about.end() != null) {
            ruleBook = "none";
        }
    }

    private static Long millis(JsonNode time) {
        return time.isTextual() ? Long.valueOf(Instant.parse(time.asText()).toEpochMilli()) : null;
    }

    /** Reads to the end of every topic, as it is now, and reads no more. */
    void finish() throws InterruptedException {
        finishing = true;
        reader.join();
        check();
    }

    /**
     * @throws IllegalStateException when the outputs could not be read
     */
    void check() {
        if (failure != null) {
            throw new IllegalStateException("The outputs cannot be read", failure);
        }
    }

    /** Committed records of a topic, tombstones included. */
    synchronized long records(String topic) {
        return records.get(topic);
    }

    /** The newest record of every key of {@code price_list}. */
    synchronized Map<String, Newest> newest() {
        return new HashMap<>(newest);
    }

    /** Alerts by kind. */
    synchronized Map<String, Long> alerts() {
        return new TreeMap<>(alerts);
    }

    /** Dead letters by reason, the most frequent first. */
    synchronized List<Map.Entry<String, Long>> reasons() {
        return reasons.entrySet().stream()
                .map(e -> Map.entry(e.getKey(), e.getValue()))
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
                .toList();
    }

    /** The last few prices that differ from the ones before them, the newest first. */
    synchronized List<Shown> shown() {
        return List.copyOf(shown);
    }

    /** Returns the job's answers about rule books, in their order. */
    synchronized List<Answer> answers() {
        return List.copyOf(answers);
    }

    /** The book in force, such as {@code default@1}, as the job says. */
    synchronized String ruleBook() {
        return ruleBook;
    }

    /** Tombstones on {@code price_list}. */
    synchronized long withdrawals() {
        return withdrawals;
    }

    /** Prices whose version was not one more than that of the price before them. */
    synchronized long brokenVersions() {
        return brokenVersions;
    }

    /**
     * The newest event time of any price, epoch milliseconds; the least number before the first.
     */
    synchronized long newestEventTime() {
        return newestEventTime;
    }

    @Override
    public void close() {
        closing = true;
        try {
            reader.join(Duration.ofSeconds(10).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
