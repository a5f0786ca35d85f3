package io.slackwater.pricing.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The topics on which a pricing manager and the job speak about one rule book: {@code
 * pricing_rules}, and the job's answers on {@code rule_status}, of which only committed ones count.
 *
 * <p>Every method may throw a {@link CommandFailure} that says which broker does not answer.
 */
final class RuleTopics implements AutoCloseable {

    /** How long the broker may take to answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration POLL = Duration.ofMillis(200);

    private final Settings settings;
    private final String bookId;
    private final String hint;
    private final TopicPartition rules = new TopicPartition(KafkaTopics.RULES, 0);
    private final List<TopicPartition> answers;
    private final KafkaConsumer<byte[], byte[]> consumer;

    /**
     * A message about the book on {@code pricing_rules}.
     *
     * @param offset its place
     * @param publishedAt its timestamp, epoch milliseconds
     * @param version 0 where it has none
     * @param document null: it retires the book
     */
    record Published(long offset, long publishedAt, long version, byte[] document) {}

    /** Where the topics ended at some time: what comes later is news. */
    record Mark(long rules, Map<TopicPartition, Long> answers) {}

    private RuleTopics(Settings settings, String hint, List<TopicPartition> answers) {
        this.settings = settings;
        this.bookId = settings.pricing().book();
        this.hint = hint;
        this.answers = answers;
        Properties properties = clientProperties(settings);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Asks the broker for the topics.
     *
     * @param hint what may be said beside a complaint that no broker answers
     */
    static RuleTopics open(Settings settings, String hint) {
        try (Admin admin = Admin.create(clientProperties(settings))) {
            describe(admin, KafkaTopics.RULES, settings);
            List<TopicPartition> answers =
                    describe(admin, KafkaTopics.RULE_STATUS, settings).partitions().stream()
                            .map(p -> new TopicPartition(KafkaTopics.RULE_STATUS, p.partition()))
                            .toList();
            return new RuleTopics(settings, hint, answers);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw unreachable(settings, hint, e);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static Properties clientProperties(Settings settings) {
        Properties properties = new Properties();
        properties.putAll(settings.kafka().client());
        properties.put(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.kafka().bootstrapServers());
        properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, "slackwater-rules");
        properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        properties.put(
                CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        return properties;
    }

    private static TopicDescription describe(Admin admin, String topic, Settings settings)
            throws ExecutionException, InterruptedException, TimeoutException {
        KafkaFuture<TopicDescription> answer =
                admin.describeTopics(List.of(topic)).topicNameValues().get(topic);
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw CommandFailure.wrongUse(
                        "there is no topic "
                                + topic
                                + " at "
                                + settings.kafka().bootstrapServers()
                                + "; the job makes it when it starts with"
                                + " kafka.topics.create=true.");
            }
            throw e;
        }
    }

    private static CommandFailure unreachable(Settings settings, String hint, Exception e) {
        boolean silent =
                e instanceof TimeoutException
                        || e instanceof org.apache.kafka.common.errors.TimeoutException
                        || e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException;
        String servers = settings.kafka().bootstrapServers();
        return CommandFailure.wrongUse(
                silent
                        ? "no broker answers at %s within %d seconds (kafka.bootstrap.servers).%s"
                                .formatted(servers, PATIENCE.toSeconds(), hint)
                        : "the broker at %s cannot be used: %s.%s"
                                .formatted(servers, HarmlessWriter.line(Local.innermost(e)), hint));
    }

    private static CommandFailure interrupted() {
        Thread.currentThread().interrupt();
        return CommandFailure.no("it was interrupted.");
    }

    /** The book that the job prices with. */
    String bookId() {
        return bookId;
    }

    /** Where both topics end now. */
    Mark mark() {
        List<TopicPartition> all = new ArrayList<>(answers);
        all.add(rules);
        try {
            Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(all));
            return new Mark(ends.remove(rules), ends);
        } catch (KafkaException e) {
            throw unreachable(settings, hint, e);
        }
    }

    /** Every message about the book that is still on {@code pricing_rules}, oldest first. */
    List<Published> published() {
        return published(0);
    }

    /** Like {@link #published()}, from a place on. */
    List<Published> published(long offset) {
        List<Published> found = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> message : read(Map.of(rules, offset))) {
            ObjectNode json = message.value() == null ? null : JsonText.parse(message.value());
            // As the job reads it: what the document says of itself, else what the key says.
            String key =
                    message.key() == null ? "" : new String(message.key(), StandardCharsets.UTF_8);
            String id = json == null ? key : json.path("book_id").asText(key);
            if (id.equals(bookId)) {
                found.add(
                        new Published(
                                message.offset(),
                                message.timestamp(),
                                json == null ? 0 : json.path("version").asLong(0),
                                message.value()));
            }
        }
        return found;
    }

    /**
     * Every answer about the book that is still on {@code rule_status}, oldest first: where the
     * topic has several partitions, in the order in which they were told.
     */
    List<Answer> answers() {
        Map<TopicPartition, Long> beginning = new HashMap<>();
        answers.forEach(partition -> beginning.put(partition, 0L));
        List<Answer> found = new ArrayList<>(answersOf(read(beginning)));
        if (answers.size() > 1) {
            found.sort(Comparator.comparing(Answer::told, BookAnswers.Told.ORDER));
        }
        return found;
    }

    private List<Answer> answersOf(Iterable<ConsumerRecord<byte[], byte[]>> messages) {
        List<Answer> found = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> message : messages) {
            Answer answer = Answer.read(message);
            if (answer != null && answer.bookId().equals(bookId)) {
                found.add(answer);
            }
        }
        return found;
    }

    /** Everything between the places given and the end that the topics have now. */
    private List<ConsumerRecord<byte[], byte[]>> read(Map<TopicPartition, Long> from) {
        List<ConsumerRecord<byte[], byte[]>> messages = new ArrayList<>();
        try {
            Collection<TopicPartition> partitions = from.keySet();
            consumer.assign(partitions);
            from.forEach(consumer::seek);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (ends.entrySet().stream()
                    .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                boolean moved = false;
                for (ConsumerRecord<byte[], byte[]> message : consumer.poll(POLL)) {
                    moved = true;
                    messages.add(message);
                }
                if (moved) {
                    deadline = System.nanoTime() + PATIENCE.toNanos();
                } else if (System.nanoTime() > deadline) {
                    throw unreachable(settings, hint, new TimeoutException());
                }
            }
            return messages;
        } catch (KafkaException e) {
            throw unreachable(settings, hint, e);
        }
    }

    /**
     * Publishes a document of the book.
     *
     * @return its place on {@code pricing_rules}
     */
    long publish(byte[] document) {
        Properties properties = clientProperties(settings);
        properties.remove(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE.toMillis());
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2 * (int) PATIENCE.toMillis());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            return producer.send(
                            new ProducerRecord<>(
                                    KafkaTopics.RULES,
                                    bookId.getBytes(StandardCharsets.UTF_8),
                                    document))
                    .get()
                    .offset();
        } catch (ExecutionException | KafkaException e) {
            throw unreachable(settings, "", e);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    /** Begins to hear the answers that are told after a mark. */
    void hear(Mark mark) {
        try {
            consumer.assign(answers);
            mark.answers().forEach(consumer::seek);
        } catch (KafkaException e) {
            throw unreachable(settings, hint, e);
        }
    }

    /** The answers that have come since the last call, oldest first; waits a moment for some. */
    List<Answer> heard() {
        try {
            return answersOf(consumer.poll(POLL));
        } catch (KafkaException e) {
            throw unreachable(settings, hint, e);
        }
    }

    /** The documents that are still on {@code pricing_rules}. */
    BookHistory history() {
        return version ->
                published().stream()
                        .filter(book -> book.version() == version && book.document() != null)
                        .map(Published::document)
                        .reduce((older, newer) -> newer);
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
