package io.slackwater.pricing.connectors;

import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.Settings.Delivery;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What Kafka's clients are told, and how large a record they let through. */
final class KafkaClients {

    /** What a topic takes, with what Kafka adds, where nobody has said otherwise. */
    static final int USUAL_MESSAGE_BYTES = 1_048_588;

    private static final int USUAL_REQUEST_BYTES = 1 << 20;
    private static final int USUAL_BUFFER_BYTES = 32 << 20;

    /**
     * How records wait for each other. Large batches cost producer and broker far less.
     *
     * @param batchBytes a full batch goes out at once
     * @param lingerMillis after this, one that is not full goes out too
     */
    private record Batches(int batchBytes, int lingerMillis) {
        static Batches of(Delivery delivery) {
            return switch (delivery) {
                // No reader sees a record before the checkpoint commits it, which sends all.
                case EXACTLY_ONCE -> new Batches(256 << 10, 50);
                // A reader sees it as soon as it is sent.
                case AT_LEAST_ONCE -> new Batches(128 << 10, 5);
            };
        }
    }

    /** The cheapest for the processor. */
    private static final String COMPRESSION = "lz4";

    private KafkaClients() {}

    /**
     * How many bytes of key and value together a topic takes in one record.
     *
     * @param messageBytes the topic's {@code max.message.bytes}
     */
    static int room(Settings.Kafka kafka, long messageBytes) {
        long least =
                Math.min(
                        messageBytes,
                        Math.min(
                                number(
                                        kafka,
                                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                                        USUAL_REQUEST_BYTES),
                                number(
                                        kafka,
                                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                                        USUAL_BUFFER_BYTES)));
        // The headers of a batch and a record take less than 100 bytes. Compression makes what
        // cannot be compressed a little longer.
        return (int) Math.min(Integer.MAX_VALUE, least - 512 - least / 128);
    }

    private static long number(Settings.Kafka kafka, String name, long otherwise) {
        String text = kafka.client().get(name);
        // The check at the start does not know what a config provider fills in.
        return text == null || !text.matches("[0-9]{1,18}") ? otherwise : Long.parseLong(text);
    }

    /**
     * The settings of a producer for a topic.
     *
     * @param room what the topic takes: a batch of several records must not be larger
     */
    static Properties producer(Settings.Kafka kafka, int room) {
        Properties properties = new Properties();
        Batches batches = Batches.of(kafka.delivery());
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, COMPRESSION);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, Integer.toString(batches.lingerMillis()));
        // What the settings hand to the clients may replace the above, and nothing of the below.
        properties.putAll(kafka.client());
        long batch = number(kafka, ProducerConfig.BATCH_SIZE_CONFIG, batches.batchBytes());
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, Long.toString(Math.min(batch, room)));
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        properties.put(
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                Long.toString(kafka.transactionTimeout().toMillis()));
        return properties;
    }

    /** The settings of a consumer that belongs to no group and reads what is committed. */
    static Properties consumer(Settings.Kafka kafka) {
        Properties properties = new Properties();
        properties.putAll(kafka.client());
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, startId(kafka));
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(
                ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) KafkaTopics.PATIENCE.toMillis());
        properties.put(
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                (int) KafkaTopics.PATIENCE.toMillis());
        return properties;
    }

    /** The settings of the client that asks at the start. */
    static Properties admin(Settings.Kafka kafka) {
        Properties properties = new Properties();
        properties.putAll(kafka.client());
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        properties.put(AdminClientConfig.CLIENT_ID_CONFIG, startId(kafka));
        properties.put(
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) KafkaTopics.PATIENCE.toMillis());
        properties.put(
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                (int) KafkaTopics.PATIENCE.toMillis());
        return properties;
    }

    private static String startId(Settings.Kafka kafka) {
        return "slackwater-" + kafka.environment() + "-start";
    }

    /**
     * Makes one client of each kind and closes it: what none of them takes is told now, by the
     * submission, and not by the task managers in an endless row of restarts.
     */
    static void check(Settings.Kafka kafka, List<String> faults) {
        Properties producer = producer(kafka, USUAL_MESSAGE_BYTES);
        if (kafka.delivery() == Delivery.EXACTLY_ONCE) {
            producer.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, startId(kafka));
        }
        try {
            new KafkaProducer<>(producer, new ByteArraySerializer(), new ByteArraySerializer())
                    .close(Duration.ZERO);
        } catch (KafkaException e) {
            faults.add(notTaken("producer", e));
        }
        try {
            new KafkaConsumer<>(
                            consumer(kafka),
                            new ByteArrayDeserializer(),
                            new ByteArrayDeserializer())
                    .close(CloseOptions.timeout(Duration.ZERO));
        } catch (KafkaException e) {
            faults.add(notTaken("consumer", e));
        }
    }

    private static String notTaken(String client, KafkaException e) {
        return "kafka.client: Kafka's %s does not take these settings: %s"
                .formatted(client, StartupException.reason(e));
    }
}
