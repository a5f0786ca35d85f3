package io.slackwater.pricing.connectors;

import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.Settings.Delivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics of the contract: created where the settings want it, and checked at every start
 * together with what the broker allows, because Kafka itself would tell much later, or never.
 */
public final class KafkaTopics {

    public static final String INVENTORY = "inventory_raw";
    public static final String RULES = "pricing_rules";
    public static final String CATALOG = "product_catalog";
    public static final String PRICES = "price_list";
    public static final String METRICS = "dashboard_metrics";
    public static final String ALERTS = "alerts";
    public static final String RULE_STATUS = "rule_status";
    public static final String DEAD_LETTERS = "dead_letters";

    /** Every topic, in the order of the contract. */
    static final List<Topic> ALL =
            List.of(
                    new Topic(INVENTORY, false, false),
                    new Topic(RULES, true, true),
                    new Topic(CATALOG, true, false),
                    new Topic(PRICES, true, false),
                    new Topic(METRICS, false, false),
                    new Topic(ALERTS, false, false),
                    new Topic(RULE_STATUS, false, false),
                    new Topic(DEAD_LETTERS, false, false));

    /**
     * How long a restart may take after a checkpoint before its transactions are committed: else
     * the broker aborts them, and what they hold is gone.
     */
    static final Duration RESTART_ALLOWANCE = Duration.ofMinutes(1);

    /** How long the broker may take to answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(KafkaTopics.class);

    private KafkaTopics() {}

    /**
     * A topic of the contract.
     *
     * @param name its name
     * @param compacted whether it is a table: the newest record of each key is kept for ever
     * @param single whether it has one partition only, because its order counts
     */
    record Topic(String name, boolean compacted, boolean single) {}

    /**
     * Creates the topics that are missing. Those that exist stay as they are.
     *
     * @throws StartupException when the broker cannot be reached or refuses
     */
    public static void create(Settings settings) {
        ask(
                settings,
                admin -> {
                    Collection<String> existing = within(admin.listTopics().names());
                    List<NewTopic> missing =
                            ALL.stream()
                                    .filter(topic -> !existing.contains(topic.name()))
                                    .map(topic -> newTopic(topic, settings.kafka()))
                                    .toList();
                    for (var created : admin.createTopics(missing).values().entrySet()) {
                        try {
                            within(created.getValue());
                        } catch (ExecutionException e) {
                            if (!(e.getCause() instanceof TopicExistsException)) {
                                throw new StartupException(
                                        List.of(
                                                "kafka.topics.create: topic "
                                                        + created.getKey()
                                                        + " cannot be created: "
                                                        + StartupException.reason(e)));
                            }
                        }
                    }
                    awaitAll(admin);
                    return null;
                });
    }

    /** A broker says that a topic is created before all that it answers knows of it. */
    private static void awaitAll(Admin admin)
            throws ExecutionException, InterruptedException, TimeoutException {
        List<String> names = ALL.stream().map(Topic::name).toList();
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!within(admin.listTopics().names()).containsAll(names)) {
            if (System.nanoTime() > deadline) {
                throw new StartupException(
                        List.of(
                                "kafka.topics.create: the broker does not show the topics that it"
                                        + " said it created, after 10 s"));
            }
        }
    }

    private static NewTopic newTopic(Topic topic, Settings.Kafka kafka) {
        return new NewTopic(
                        topic.name(),
                        topic.single() ? 1 : kafka.partitions(),
                        (short) kafka.replication())
                .configs(
                        Map.of(
                                TopicConfig.CLEANUP_POLICY_CONFIG,
                                topic.compacted()
                                        ? TopicConfig.CLEANUP_POLICY_COMPACT
                                        : TopicConfig.CLEANUP_POLICY_DELETE));
    }

    /**
     * Checks the topics, and for exactly-once delivery the transaction timeout, against the broker.
     *
     * @param flink the settings of Flink, of which the checkpoints' interval and timeout count
     * @throws StartupException with every fault found
     */
    public static void check(Settings settings, ReadableConfig flink) {
        List<String> faults =
                ask(
                        settings,
                        admin -> {
                            List<String> found = new ArrayList<>();
                            checkTopics(admin, found);
                            if (settings.kafka().delivery() == Delivery.EXACTLY_ONCE) {
                                checkTransactions(
                                        settings.kafka().transactionTimeout(),
                                        brokerMaximum(admin),
                                        flink.get(CheckpointingOptions.CHECKPOINTING_INTERVAL),
                                        flink.get(CheckpointingOptions.CHECKPOINTING_TIMEOUT),
                                        found);
                            }
                            return found;
                        });
        if (!faults.isEmpty()) {
            throw new StartupException(faults);
        }
    }

    /**
     * How many partitions the input topics have: a reader without one would hold event time back.
     *
     * @throws StartupException when the broker cannot be reached or a topic is missing
     */
    static Map<String, Integer> inputPartitions(Settings settings) {
        return ask(
                settings,
                admin -> {
                    Map<String, Integer> partitions = new LinkedHashMap<>();
                    for (String name : List.of(INVENTORY, CATALOG, RULES)) {
                        TopicDescription description = describe(admin, name);
                        if (description == null) {
                            throw new StartupException(List.of(missing(name)));
                        }
                        partitions.put(name, description.partitions().size());
                    }
                    return partitions;
                });
    }

    private static void checkTopics(Admin admin, List<String> faults)
            throws ExecutionException, InterruptedException, TimeoutException {
        for (Topic topic : ALL) {
            TopicDescription description = describe(admin, topic.name());
            if (description == null) {
                faults.add(missing(topic.name()));
                continue;
            }
            int partitions = description.partitions().size();
            if (topic.single() && partitions != 1) {
                faults.add(
                        "topic %s: has %d partitions; it must have one, else the order of the rule books is lost"
                                .formatted(topic.name(), partitions));
            }
            if (topic.compacted()) {
                checkCompaction(admin, topic.name(), faults);
            }
        }
    }

    private static void checkCompaction(Admin admin, String topic, List<String> faults)
            throws ExecutionException, InterruptedException, TimeoutException {
        Config config =
                allowed(
                        admin,
                        new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        "its clean-up");
        if (config == null) {
            return;
        }
        String policy = config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
        if (!policy.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            faults.add(
                    "topic %s: its cleanup.policy is %s; it must be compact, because it is a table whose newest records must stay"
                            .formatted(topic, policy));
        }
    }

    /** The first broker's; null where it may not be asked. */
    private static Duration brokerMaximum(Admin admin)
            throws ExecutionException, InterruptedException, TimeoutException {
        String node = within(admin.describeCluster().nodes()).iterator().next().idString();
        Config config =
                allowed(
                        admin,
                        new ConfigResource(ConfigResource.Type.BROKER, node),
                        "transaction.max.timeout.ms");
        return config == null
                ? null
                : Duration.ofMillis(
                        Long.parseLong(config.get("transaction.max.timeout.ms").value()));
    }

    /**
     * A transaction begins at one checkpoint and is committed after the next: it must outlive the
     * interval between them, the next one's timeout, and a restart.
     *
     * @param brokerMaximum null where it is not known
     * @param interval null where there are no checkpoints
     */
    static void checkTransactions(
            Duration timeout,
            Duration brokerMaximum,
            Duration interval,
            Duration checkpointTimeout,
            List<String> faults) {
        if (brokerMaximum != null && timeout.compareTo(brokerMaximum) > 0) {
            faults.add(
                    "kafka.transaction.timeout: %s is more than the broker allows; at most its transaction.max.timeout.ms, which is %s"
                            .formatted(text(timeout), text(brokerMaximum)));
        }
        if (interval == null || interval.isZero()) {
            faults.add(
                    "kafka.delivery: exactly-once needs checkpoints, and execution.checkpointing.interval is not set in Flink's config.yaml; set it, or choose at-least-once");
            return;
        }
        Duration least = interval.plus(checkpointTimeout).plus(RESTART_ALLOWANCE);
        if (timeout.compareTo(least) <= 0) {
            faults.add(
                    "kafka.transaction.timeout: %s is too short; more than %s, which is execution.checkpointing.interval (%s), execution.checkpointing.timeout (%s) and %s for a restart"
                            .formatted(
                                    text(timeout),
                                    text(least),
                                    text(interval),
                                    text(checkpointTimeout),
                                    text(RESTART_ALLOWANCE)));
        }
    }

    private static String text(Duration duration) {
        if (duration.toMillis() % 1000 != 0) {
            return duration.toMillis() + " ms";
        }
        return duration.toSeconds() % 60 == 0 && duration.toSeconds() > 0
                ? duration.toMinutes() + " min"
                : duration.toSeconds() + " s";
    }

    private static String missing(String topic) {
        return "topic %s: does not exist; create it, or set kafka.topics.create=true"
                .formatted(topic);
    }

    /** Null where there is no such topic. */
    private static TopicDescription describe(Admin admin, String topic)
            throws ExecutionException, InterruptedException, TimeoutException {
        try {
            return within(admin.describeTopics(List.of(topic)).topicNameValues().get(topic));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            throw e;
        }
    }

    /** Null where the job may not ask: it may still run, and then nobody has checked. */
    private static Config allowed(Admin admin, ConfigResource resource, String what)
            throws ExecutionException, InterruptedException, TimeoutException {
        try {
            return within(admin.describeConfigs(List.of(resource)).values().get(resource));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                LOG.warn(
                        "Not checked: the Kafka user may not read the configuration of {} ({})",
                        resource,
                        what);
                return null;
            }
            throw e;
        }
    }

    private static <T> T within(KafkaFuture<T> answer)
            throws ExecutionException, InterruptedException, TimeoutException {
        return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A question to the broker. */
    @FunctionalInterface
    private interface Question<T> {
        T ask(Admin admin) throws ExecutionException, InterruptedException, TimeoutException;
    }

    private static <T> T ask(Settings settings, Question<T> question) {
        try (Admin admin = Admin.create(adminProperties(settings.kafka()))) {
            return question.ask(admin);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartupException(List.of("Interrupted while asking the Kafka broker"));
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            boolean silent =
                    e instanceof TimeoutException
                            || e.getCause()
                                    instanceof org.apache.kafka.common.errors.TimeoutException;
            throw new StartupException(
                    List.of(
                            silent
                                    ? "kafka.bootstrap.servers: no broker answers at %s within %d seconds"
                                            .formatted(
                                                    settings.kafka().bootstrapServers(),
                                                    PATIENCE.toSeconds())
                                    : "kafka.bootstrap.servers: the broker at %s cannot be used: %s"
                                            .formatted(
                                                    settings.kafka().bootstrapServers(),
                                                    StartupException.reason(e))));
        }
    }

    private static Properties adminProperties(Settings.Kafka kafka) {
        Properties properties = new Properties();
        properties.putAll(kafka.client());
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        properties.put(
                AdminClientConfig.CLIENT_ID_CONFIG, "slackwater-" + kafka.environment() + "-start");
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        return properties;
    }
}
