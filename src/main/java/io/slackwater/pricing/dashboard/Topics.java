package io.slackwater.pricing.dashboard;

import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.settings.Settings;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The topics that the page is made of.
 *
 * @param cluster the id of the Kafka cluster; null where it was not asked yet
 * @param found those that exist
 */
record Topics(String cluster, Map<String, Topic> found) {

    /** Nobody has asked the broker yet. */
    static final Topics UNKNOWN = new Topics(null, Map.of());

    /** Tables, which are read whole, and the rule books, of which there are few. */
    static final List<String> WHOLE = List.of(KafkaTopics.PRICES, KafkaTopics.RULE_STATUS);

    /** How many of the newest records are read, of each partition of these topics. */
    static final Map<String, Integer> NEWEST =
            Map.of(
                    KafkaTopics.METRICS, 50_000,
                    KafkaTopics.ALERTS, 10_000,
                    KafkaTopics.DEAD_LETTERS, 1_000);

    /** All that the job writes, in the order of the contract. */
    static final List<String> ALL =
            List.of(
                    KafkaTopics.PRICES,
                    KafkaTopics.METRICS,
                    KafkaTopics.ALERTS,
                    KafkaTopics.RULE_STATUS,
                    KafkaTopics.DEAD_LETTERS);

    /** How long the broker may take to answer before it counts as away. */
    static final int PATIENCE_MILLIS = 3_000;

    /**
     * A topic that exists.
     *
     * @param id another one of the same name has another id
     * @param partitions how many it has
     */
    record Topic(Uuid id, int partitions) {}

    /**
     * Returns whether all topics of an earlier look are still there, perhaps with more partitions.
     */
    boolean continues(Topics before) {
        if (before.cluster != null && !before.cluster.equals(cluster)) {
            return false;
        }
        return before.found.entrySet().stream()
                .allMatch(
                        topic -> {
                            Topic now = found.get(topic.getKey());
                            return now != null
                                    && now.id().equals(topic.getValue().id())
                                    && now.partitions() >= topic.getValue().partitions();
                        });
    }

    /** Returns the properties of every Kafka client of the page. */
    static Properties client(Settings settings, String name) {
        Properties properties = new Properties();
        properties.putAll(settings.kafka().client());
        properties.put(
                CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.kafka().bootstrapServers());
        properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, "slackwater-dashboard-" + name);
        properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        properties.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        // A broker that comes back is found soon, and one that stays away is not asked all day.
        properties.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000L);
        // The default logs hundreds of lines a second for as long as no broker answers.
        properties.putIfAbsent(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, "none");
        return properties;
    }

    /** Reads committed records, and belongs to no group. */
    static KafkaConsumer<byte[], byte[]> consumer(Settings settings, String name) {
        Properties properties = client(settings, name);
        // A slow broker may take its time for a fetch; that it is away is noticed elsewhere.
        properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        properties.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // A place that is gone means that the topic is not what it was: told, never skipped.
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 250);
        // New partitions, and a topic that was made again, are noticed within so long.
        properties.put(CommonClientConfigs.METADATA_MAX_AGE_CONFIG, 10_000);
        return new KafkaConsumer<>(
                properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
