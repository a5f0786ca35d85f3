package io.slackwater.pricing.connectors;

import io.slackwater.pricing.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
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
 * together with what the broker allows ({@link BrokerChecks}), because Kafka itself would tell much
 * later, or never.
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
                    new Topic(INVENTORY, Keeps.ANY_AGE, false, false),
                    new Topic(RULES, Keeps.EVERYTHING, true, false),
                    new Topic(CATALOG, Keeps.NEWEST, false, false),
                    new Topic(PRICES, Keeps.NEWEST, false, true),
                    new Topic(METRICS, Keeps.ANY_AGE, false, true),
                    new Topic(ALERTS, Keeps.ANY_AGE, false, true),
                    new Topic(RULE_STATUS, Keeps.NEWEST, false, true),
                    new Topic(DEAD_LETTERS, Keeps.ANY_AGE, false, true));

    /** How long the broker may take to answer. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(KafkaTopics.class);

    private KafkaTopics() {}

    /** Which records a topic must keep. */
    enum Keeps {
        /** All of them for ever: older ones count again. */
        EVERYTHING,
        /** The newest of each key for ever: it is a table. */
        NEWEST,
        /** All of them for as long as its owner likes: keys repeat, and every record counts. */
        ANY_AGE
    }

    /**
     * A topic of the contract.
     *
     * @param name its name
     * @param keeps which records it must keep
     * @param single whether it has one partition only, because its order counts
     * @param output whether the job writes to it; else the job reads it
     */
    record Topic(String name, Keeps keeps, boolean single, boolean output) {

        /** What makes an existing topic keep what it must, as {@code kafka-configs} is told it. */
        Map<String, String> configs() {
            return switch (keeps) {
                case EVERYTHING -> {
                    Map<String, String> configs = new LinkedHashMap<>();
                    configs.put(
                            TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
                    configs.put(TopicConfig.RETENTION_MS_CONFIG, "-1");
                    configs.put(TopicConfig.RETENTION_BYTES_CONFIG, "-1");
                    yield configs;
                }
                case NEWEST ->
                        Map.of(
                                TopicConfig.CLEANUP_POLICY_CONFIG,
                                TopicConfig.CLEANUP_POLICY_COMPACT);
                case ANY_AGE ->
                        Map.of(
                                TopicConfig.CLEANUP_POLICY_CONFIG,
                                TopicConfig.CLEANUP_POLICY_DELETE);
            };
        }
    }

    /**
     * Creates the topics that are missing. Those that exist stay as they are.
     *
     * @throws StartupException when the broker cannot be reached or refuses
     */
    public static void create(Settings settings) {
        Map<String, String> refused = ask(settings, admin -> createMissing(admin, settings));
        if (!refused.isEmpty()) {
            throw new StartupException(List.copyOf(refused.values()));
        }
    }

    /** Returns what the broker said of each topic that it did not create. */
    private static Map<String, String> createMissing(Admin admin, Settings settings)
            throws ExecutionException, InterruptedException, TimeoutException {
        Collection<String> existing = within(admin.listTopics().names());
        List<NewTopic> missing =
                ALL.stream()
                        .filter(topic -> !existing.contains(topic.name()))
                        .map(topic -> newTopic(topic, settings.kafka()))
                        .toList();
        Map<String, String> refused = new LinkedHashMap<>();
        Set<String> expected = new HashSet<>();
        for (var created : admin.createTopics(missing).values().entrySet()) {
            try {
                within(created.getValue());
                expected.add(created.getKey());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    refused.put(
                            created.getKey(),
                            "kafka.topics.create: topic %s cannot be created: %s"
                                    .formatted(created.getKey(), StartupException.reason(e)));
                }
            }
        }
        await(admin, expected);
        return refused;
    }

    /** A broker says that a topic is created before all that it answers knows of it. */
    private static void await(Admin admin, Set<String> names)
            throws ExecutionException, InterruptedException, TimeoutException {
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
                .configs(topic.configs());
    }

    /**
     * Creates the topics where the settings want it, and checks them, the clients' settings, and
     * for exactly-once delivery the transaction timeout against the broker. Without state it is
     * checked too that nothing is missing that the start needs.
     *
     * @param flink the settings of Flink: the checkpoints' interval and timeout, and whether there
     *     is state to start from
     * @throws StartupException with every fault found
     */
    public static void check(Settings settings, ReadableConfig flink) {
        List<String> faults =
                ask(
                        settings,
                        admin -> {
                            Map<String, String> refused =
                                    settings.kafka().createTopics()
                                            ? createMissing(admin, settings)
                                            : Map.of();
                            return new BrokerChecks(settings, admin).faults(flink, refused);
                        });
        if (!faults.isEmpty()) {
            throw new StartupException(faults);
        }
    }

    /**
     * How many partitions the input topics have: a reader without one would hold event time back.
     *
     * @throws StartupException when the broker cannot be reached or topics are missing
     */
    static Map<String, Integer> inputPartitions(Settings settings) {
        return ask(
                settings,
                admin -> {
                    Map<String, Integer> partitions = new LinkedHashMap<>();
                    List<String> missing = new ArrayList<>();
                    for (String name : List.of(INVENTORY, CATALOG, RULES)) {
                        TopicDescription description = describe(admin, name);
                        if (description == null) {
                            missing.add(missing(name));
                        } else {
                            partitions.put(name, description.partitions().size());
                        }
                    }
                    if (!missing.isEmpty()) {
                        throw new StartupException(missing);
                    }
                    return partitions;
                });
    }

    /**
     * How many bytes of key and value together each output topic takes, by its name.
     *
     * @throws StartupException when the broker cannot be reached
     */
    static Map<String, Integer> rooms(Settings settings) {
        return ask(
                settings,
                admin -> {
                    Map<String, Integer> rooms = new LinkedHashMap<>();
                    for (Topic topic : ALL) {
                        if (topic.output()) {
                            Config config = config(admin, topic.name());
                            rooms.put(
                                    topic.name(),
                                    KafkaClients.room(
                                            settings.kafka(),
                                            BrokerChecks.number(
                                                    config,
                                                    TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                                                    KafkaClients.USUAL_MESSAGE_BYTES)));
                        }
                    }
                    return rooms;
                });
    }

    static String missing(String topic) {
        return "topic %s: does not exist; create it, or set kafka.topics.create=true"
                .formatted(topic);
    }

    /** Null where there is no such topic. */
    static TopicDescription describe(Admin admin, String topic)
            throws ExecutionException, InterruptedException, TimeoutException {
        try {
            return within(
                    admin.describeTopics(
                                    List.of(topic),
                                    new DescribeTopicsOptions().includeAuthorizedOperations(true))
                            .topicNameValues()
                            .get(topic));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            throw e;
        }
    }

    /** The settings of a topic; null where the job may not ask. */
    static Config config(Admin admin, String topic)
            throws ExecutionException, InterruptedException, TimeoutException {
        return allowed(
                admin,
                new ConfigResource(ConfigResource.Type.TOPIC, topic),
                "its clean-up, retention and sizes");
    }

    /** Null where the job may not ask: it may still run, and then nobody has checked. */
    static Config allowed(Admin admin, ConfigResource resource, String what)
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

    static <T> T within(KafkaFuture<T> answer)
            throws ExecutionException, InterruptedException, TimeoutException {
        return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A question to the broker. */
    @FunctionalInterface
    private interface Question<T> {
        T ask(Admin admin) throws ExecutionException, InterruptedException, TimeoutException;
    }

    private static <T> T ask(Settings settings, Question<T> question) {
        try (Admin admin = Admin.create(KafkaClients.admin(settings.kafka()))) {
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
}
