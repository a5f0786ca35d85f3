package io.slackwater.pricing.connectors;

import io.slackwater.pricing.connectors.KafkaTopics.Keeps;
import io.slackwater.pricing.connectors.KafkaTopics.Topic;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.Settings.Delivery;
import io.slackwater.pricing.settings.Settings.Mode;
import io.slackwater.pricing.settings.Settings.RulesHistory;
import io.slackwater.pricing.settings.SettingsReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;

/**
 * What a start asks the broker, so that no input asks it later: which records each topic keeps and
 * how large they may be, whether the job may use it, how long a transaction may last, and whether a
 * start without state knows enough.
 */
final class BrokerChecks {

    /**
     * How long a restart may take after a checkpoint before its transactions are committed: else
     * the broker aborts them, and what they hold is gone.
     */
    static final Duration RESTART_ALLOWANCE = Duration.ofMinutes(1);

    private final Settings settings;
    private final Admin admin;
    private final List<String> faults = new ArrayList<>();

    BrokerChecks(Settings settings, Admin admin) {
        this.settings = settings;
        this.admin = admin;
    }

    /**
     * Asks everything.
     *
     * @param flink the settings of Flink
     * @param refused what the broker said of topics that it did not create, by topic
     * @return every fault found, a sentence each
     */
    List<String> faults(ReadableConfig flink, Map<String, String> refused)
            throws ExecutionException, InterruptedException, TimeoutException {
        for (Topic topic : KafkaTopics.ALL) {
            if (refused.containsKey(topic.name())) {
                faults.add(refused.get(topic.name()));
            } else {
                checkTopic(topic, flink);
            }
        }
        KafkaClients.check(settings.kafka(), faults);
        if (settings.kafka().delivery() == Delivery.EXACTLY_ONCE) {
            checkTransactions(
                    settings.kafka().transactionTimeout(),
                    brokerMaximum(),
                    flink.get(CheckpointingOptions.CHECKPOINTING_INTERVAL),
                    flink.get(CheckpointingOptions.CHECKPOINTING_TIMEOUT),
                    faults);
        }
        if (settings.mode() == Mode.LIVE && !StoredState.mayExist(flink)) {
            checkFirstStart();
        }
        return faults;
    }

    // ---- topics

    private void checkTopic(Topic topic, ReadableConfig flink)
            throws ExecutionException, InterruptedException, TimeoutException {
        TopicDescription description;
        try {
            description = KafkaTopics.describe(admin, topic.name());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                faults.add("topic %s: the Kafka user may not see it".formatted(topic.name()));
                return;
            }
            throw e;
        }
        if (description == null) {
            faults.add(KafkaTopics.missing(topic.name()));
            return;
        }
        int partitions = description.partitions().size();
        if (topic.single() && partitions != 1) {
            faults.add(
                    "topic %s: has %d partitions; it must have one, else the order of the rule books is lost"
                            .formatted(topic.name(), partitions));
        }
        AclOperation needed = topic.output() ? AclOperation.WRITE : AclOperation.READ;
        Set<AclOperation> allowed = description.authorizedOperations();
        if (allowed != null && !allowed.isEmpty() && !allowed.contains(needed)) {
            faults.add(
                    "topic %s: the Kafka user may not %s it"
                            .formatted(topic.name(), topic.output() ? "write to" : "read"));
        }
        Config config = KafkaTopics.config(admin, topic.name());
        if (config == null) {
            return;
        }
        boolean elsewhere =
                topic.keeps() == Keeps.EVERYTHING
                        && settings.start().rulesHistory() == RulesHistory.LAKE;
        if (!elsewhere) {
            int before = faults.size();
            checkWhatItKeeps(topic, config, settings.kafka().bootstrapServers(), faults);
            boolean keepsAll = faults.size() == before;
            if (keepsAll
                    && topic.keeps() == Keeps.EVERYTHING
                    && partitions == 1
                    && !settings.start().fresh()
                    && !StoredState.mayExist(flink)) {
                checkBeginning();
            }
        }
        if (topic.output()) {
            checkWriting(
                    topic.name(),
                    config,
                    description.partitions().get(0).replicas().size(),
                    faults);
        }
    }

    /** Checks that a topic keeps the records that it must; an unknown setting is no fault. */
    static void checkWhatItKeeps(Topic topic, Config config, String servers, List<String> faults) {
        ConfigEntry entry = config.get(TopicConfig.CLEANUP_POLICY_CONFIG);
        if (entry == null || entry.value() == null) {
            return;
        }
        String policy = entry.value();
        Set<String> policies =
                Stream.of(policy.split(",")).map(String::trim).collect(Collectors.toSet());
        boolean compacts = policies.contains(TopicConfig.CLEANUP_POLICY_COMPACT);
        boolean expires =
                policies.contains(TopicConfig.CLEANUP_POLICY_DELETE)
                        && (number(config, TopicConfig.RETENTION_MS_CONFIG, -1) >= 0
                                || number(config, TopicConfig.RETENTION_BYTES_CONFIG, -1) >= 0);
        String is =
                "topic %s: its cleanup.policy is %s%s; "
                        .formatted(
                                topic.name(),
                                policy,
                                expires
                                        ? ", its retention.ms %s, its retention.bytes %s"
                                                .formatted(
                                                        value(
                                                                config,
                                                                TopicConfig.RETENTION_MS_CONFIG),
                                                        value(
                                                                config,
                                                                TopicConfig.RETENTION_BYTES_CONFIG))
                                        : "");
        String remedy =
                "kafka-configs --bootstrap-server %s --alter --entity-type topics --entity-name %s --add-config %s"
                        .formatted(
                                servers,
                                topic.name(),
                                topic.configs().entrySet().stream()
                                        .map(config1 -> config1.getKey() + "=" + config1.getValue())
                                        .collect(Collectors.joining(",")));
        switch (topic.keeps()) {
            case EVERYTHING -> {
                if (compacts || expires) {
                    faults.add(
                            is
                                    + "it must be delete without a limit of time and size, because the versions of a rule book share a key and an older one may decide again: "
                                    + remedy
                                    + " (versions that are gone already: rules.history=lake reads them from the lake)");
                }
            }
            case NEWEST -> {
                if (!compacts || expires) {
                    faults.add(
                            is
                                    + "it must be compact, because it is a table whose newest records must stay: "
                                    + remedy);
                }
            }
            case ANY_AGE -> {
                if (compacts) {
                    faults.add(
                            is
                                    + "it must be delete, because "
                                    + (topic.output()
                                            ? "its keys repeat and each record counts: "
                                            : "a message names some warehouses of its product only, and compaction keeps the last one of each key: ")
                                    + remedy);
                }
            }
        }
    }

    /** Checks that every record that the job writes can be cut to what the topic takes. */
    static void checkWriting(String topic, Config config, int replicas, List<String> faults) {
        long most =
                number(
                        config,
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                        KafkaClients.USUAL_MESSAGE_BYTES);
        if (most < SettingsReader.LEAST_RECORD_BYTES) {
            faults.add(
                    "topic %s: its max.message.bytes is %d; at least %d, the size to which every record can be cut"
                            .formatted(topic, most, SettingsReader.LEAST_RECORD_BYTES));
        }
        long inSync = number(config, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, 1);
        if (inSync > replicas) {
            faults.add(
                    "topic %s: its min.insync.replicas is %d and it has %d replicas, so that nothing can be written to it; at most %d"
                            .formatted(topic, inSync, replicas, replicas));
        }
    }

    static long number(Config config, String name, long otherwise) {
        ConfigEntry entry = config == null ? null : config.get(name);
        return entry == null || entry.value() == null ? otherwise : Long.parseLong(entry.value());
    }

    private static String value(Config config, String name) {
        ConfigEntry entry = config.get(name);
        return entry == null ? "unknown" : entry.value();
    }

    // ---- a start without state

    /** A topic that was compacted once keeps everything since, and has lost what was before. */
    private void checkBeginning() throws InterruptedException, TimeoutException {
        long first = RuleHistory.beginning(settings).offset();
        if (first > 0) {
            faults.add(
                    "topic %s: its first message is at offset %d, so older ones are gone, and a version of the rule book among them may still decide; set rules.history=lake, which reads them from the lake, or begin with what is left by start.fresh=true (jobs/submit --fresh)"
                            .formatted(KafkaTopics.RULES, first));
        }
    }

    /** Checks that no job of this name has run before: then a start without its state is a slip. */
    private void checkFirstStart()
            throws ExecutionException, InterruptedException, TimeoutException {
        if (settings.start().fresh()) {
            return;
        }
        String group = KafkaInputs.group(settings.kafka());
        boolean hasRun;
        try {
            hasRun =
                    KafkaTopics.within(
                                    admin.listConsumerGroupOffsets(group)
                                            .partitionsToOffsetAndMetadata())
                            .entrySet()
                            .stream()
                            .anyMatch(
                                    read ->
                                            read.getKey().topic().equals(KafkaTopics.INVENTORY)
                                                    && read.getValue() != null
                                                    && read.getValue().offset() > 0);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                faults.add(
                        "kafka.environment: the Kafka user may not use the consumer group %s"
                                .formatted(group));
                return;
            }
            throw e;
        }
        if (hasRun) {
            faults.add(
                    "kafka.environment: the job %s has read %s before (its consumer group %s has offsets), and this start has no state of it; start it from its newest savepoint or retained checkpoint by jobs/submit --savepoint PATH, or let it begin again by jobs/submit --fresh (start.fresh=true): then price versions count from 1 again, and all inventory that is still on the topic is read again"
                            .formatted(
                                    settings.kafka().environment(), KafkaTopics.INVENTORY, group));
        }
    }

    // ---- transactions

    /** The first broker's; null where it may not be asked. */
    private Duration brokerMaximum()
            throws ExecutionException, InterruptedException, TimeoutException {
        String node =
                KafkaTopics.within(admin.describeCluster().nodes()).iterator().next().idString();
        Config config =
                KafkaTopics.allowed(
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
}
