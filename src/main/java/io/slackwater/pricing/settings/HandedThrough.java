package io.slackwater.pricing.settings;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The properties that are handed to the clients as they are: {@code kafka.client.NAME} to every
 * Kafka client, {@code lake.catalog.NAME} to the catalog. Refused are those that the job decides
 * itself, and values with which it could not keep its promises.
 */
final class HandedThrough {

    static final String KAFKA_CLIENT = "kafka.client.";
    static final String LAKE_CATALOG = "lake.catalog.";

    /** What the job itself decides about its clients, and the setting that decides it, if any. */
    private static final Map<String, String> OWNED =
            map(
                    "kafka.client.bootstrap.servers", "kafka.bootstrap.servers",
                    "kafka.client.transaction.timeout.ms", "kafka.transaction.timeout",
                    "kafka.client.acks", "kafka.delivery",
                    "kafka.client.enable.idempotence", "kafka.delivery",
                    "kafka.client.transactional.id", "kafka.environment",
                    "kafka.client.group.id", "kafka.environment",
                    "kafka.client.group.instance.id", "kafka.environment",
                    "kafka.client.client.id.prefix", "kafka.environment",
                    "kafka.client.transaction.two.phase.commit.enable", "kafka.delivery",
                    // A producer that gives up sooner fails the job at every hiccup of a broker.
                    "kafka.client.retries", "kafka.client.delivery.timeout.ms",
                    // The versions of a price must stay in one partition, in their order.
                    "kafka.client.partitioner.class", "",
                    "kafka.client.partitioner.ignore.keys", "",
                    // A start finds out by these offsets that the job has run before.
                    "kafka.client.commit.offsets.on.checkpoint", "",
                    "kafka.client.partition.discovery.interval.ms", "",
                    "kafka.client.isolation.level", "",
                    "kafka.client.enable.auto.commit", "",
                    "kafka.client.auto.offset.reset", "",
                    "kafka.client.key.serializer", "",
                    "kafka.client.value.serializer", "",
                    "kafka.client.key.deserializer", "",
                    "kafka.client.value.deserializer", "",
                    "lake.catalog.uri", "lake.uri",
                    "lake.catalog.warehouse", "lake.warehouse",
                    "lake.catalog.type", "lake.catalog",
                    "lake.catalog.catalog-impl", "lake.catalog",
                    "lake.catalog.jdbc.user", "lake.user");

    /**
     * Client settings outside of whose limits the job could not keep its promises, or no record
     * would pass.
     */
    private static final Map<String, ValueType<Long>> LIMITS =
            Map.of(
                    // The largest record that cannot be cut any further; a broker's request.
                    "kafka.client.max.request.size",
                            ValueType.number(SettingsReader.LEAST_RECORD_BYTES, 100 << 20),
                    "kafka.client.buffer.memory", ValueType.number(1 << 20, Integer.MAX_VALUE),
                    // With more, a retried batch may overtake the next one.
                    "kafka.client.max.in.flight.requests.per.connection", ValueType.number(1, 5),
                    "kafka.client.request.timeout.ms", ValueType.number(1_000, 600_000),
                    "kafka.client.default.api.timeout.ms", ValueType.number(1_000, 600_000),
                    "kafka.client.max.block.ms", ValueType.number(1_000, 600_000),
                    "kafka.client.delivery.timeout.ms", ValueType.number(10_000, 86_400_000));

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");

    private HandedThrough() {}

    /** Returns whether a key belongs to one of the families. */
    static boolean isOne(String key) {
        return Stream.of(KAFKA_CLIENT, LAKE_CATALOG)
                .anyMatch(
                        family ->
                                key.startsWith(family)
                                        && NAME.matcher(key.substring(family.length())).matches());
    }

    /** Checks whether a property may be given, and that its secrets are references. */
    static void check(String key, Given value, Faults faults) {
        String owner = OWNED.get(key);
        if (owner != null) {
            String instead = owner.isEmpty() ? "" : "; use " + owner;
            faults.add(key, value, "must not be given, the job decides it" + instead);
        } else if (key.equals("lake.catalog.jdbc.password")) {
            faults.add(key, value, "must come from the environment, as " + Secrets.variables(key));
        } else if (Secrets.isNamedLikeOne(key) && !Secrets.isReference(value.value())) {
            faults.add(key, value, "must be a reference to a secret, such as ${env:NAME}");
        } else if (Secrets.isSpelledOut(value.value())) {
            faults.add(key, value, "must not spell out a secret; write ${env:NAME} in its place");
        }
    }

    /**
     * Checks the limits of a property.
     *
     * @param text the value with its environment variables
     */
    static void checkLimits(String key, Given value, String text, Faults faults) {
        ValueType<Long> limits = LIMITS.get(key);
        // What another config provider fills in is not known here.
        if (limits != null && !Secrets.isReference(text) && limits.parse(text) == null) {
            faults.add(key, value, limits.fault());
        }
    }

    private static Map<String, String> map(String... keysAndValues) {
        Map<String, String> map = new TreeMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}
