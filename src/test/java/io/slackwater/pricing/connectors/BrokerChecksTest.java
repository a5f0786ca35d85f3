package io.slackwater.pricing.connectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrokerChecksTest {

    /** A week, as topics have it that nobody has thought about. */
    private static final String WEEK = "604800000";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // topic, clean-up policy, retention in ms and bytes, whether it keeps what it must
                "pricing_rules | delete | -1 | -1 | true",
                "pricing_rules | delete | 604800000 | -1 | false",
                "pricing_rules | delete | -1 | 1000000 | false",
                "pricing_rules | compact | -1 | -1 | false",
                "pricing_rules | compact,delete | -1 | -1 | false",
                "pricing_rules | '' | 604800000 | 1000000 | true",
                "product_catalog | compact | 604800000 | -1 | true",
                "product_catalog | delete | -1 | -1 | false",
                "product_catalog | compact,delete | 604800000 | -1 | false",
                "product_catalog | delete, compact | -1 | -1 | true",
                "price_list | compact | 604800000 | -1 | true",
                "price_list | compact,delete | -1 | 5 | false",
                "rule_status | compact | 604800000 | -1 | true",
                "rule_status | delete | 604800000 | -1 | false",
                "inventory_raw | delete | 604800000 | -1 | true",
                "inventory_raw | compact | -1 | -1 | false",
                "inventory_raw | compact,delete | -1 | -1 | false",
                "dead_letters | delete | 604800000 | 5 | true",
                "dead_letters | compact | -1 | -1 | false",
                "alerts | delete,compact | -1 | -1 | false",
                "dashboard_metrics | compact | -1 | -1 | false",
            })
    void aTopicMustKeepWhatAStartOrAReaderNeeds(
            String topic, String policy, String millis, String bytes, boolean keeps) {
        List<String> faults = kept(topic, policy, millis, bytes);
        assertEquals(keeps, faults.isEmpty(), faults::toString);
    }

    @Test
    void aFaultSaysWhatIsThereWhyItWillNotDoAndTheCommandThatMendsIt() {
        assertEquals(
                List.of(
                        "topic pricing_rules: its cleanup.policy is compact,delete, its retention.ms 604800000, its retention.bytes -1;"
                                + " it must be delete without a limit of time and size, because the versions of a rule book share a key and an older one may decide again:"
                                + " kafka-configs --bootstrap-server broker:9092 --alter --entity-type topics --entity-name pricing_rules --add-config cleanup.policy=delete,retention.ms=-1,retention.bytes=-1"
                                + " (versions that are gone already: rules.history=lake reads them from the lake)"),
                kept("pricing_rules", "compact,delete", WEEK, "-1"));
        assertEquals(
                List.of(
                        "topic rule_status: its cleanup.policy is delete, its retention.ms 604800000, its retention.bytes -1;"
                                + " it must be compact, because it is a table whose newest records must stay:"
                                + " kafka-configs --bootstrap-server broker:9092 --alter --entity-type topics --entity-name rule_status --add-config cleanup.policy=compact"),
                kept("rule_status", "delete", WEEK, "-1"));
        assertEquals(
                List.of(
                        "topic inventory_raw: its cleanup.policy is compact;"
                                + " it must be delete, because a message names some warehouses of its product only, and compaction keeps the last one of each key:"
                                + " kafka-configs --bootstrap-server broker:9092 --alter --entity-type topics --entity-name inventory_raw --add-config cleanup.policy=delete"),
                kept("inventory_raw", "compact", WEEK, "-1"));
    }

    @Test
    void everyTopicThatTheJobCreatesIsOneThatItAccepts() {
        for (KafkaTopics.Topic topic : KafkaTopics.ALL) {
            List<ConfigEntry> entries = new ArrayList<>();
            topic.configs().forEach((name, value) -> entries.add(new ConfigEntry(name, value)));
            List<String> faults = new ArrayList<>();
            BrokerChecks.checkWhatItKeeps(topic, new Config(entries), "b:1", faults);
            assertEquals(List.of(), faults);
        }
    }

    @Test
    void whatTheBrokerDoesNotTellIsNotAFault() {
        for (KafkaTopics.Topic topic : KafkaTopics.ALL) {
            List<String> faults = new ArrayList<>();
            BrokerChecks.checkWhatItKeeps(topic, new Config(List.of()), "b:1", faults);
            BrokerChecks.checkWriting(topic.name(), new Config(List.of()), 1, faults);
            assertEquals(List.of(), faults);
        }
    }

    @Test
    void aTopicMustTakeWhatCannotBeCutAnyFurther() {
        assertEquals(List.of(), writing("16384", "1", 1));
        List<String> faults = writing("16383", "1", 1);
        assertEquals(1, faults.size());
        assertTrue(
                faults.get(0)
                        .startsWith("topic alerts: its max.message.bytes is 16383; at least 16384"),
                faults::toString);
    }

    @Test
    void aTopicMustHaveTheReplicasThatAWriteWaitsFor() {
        assertEquals(List.of(), writing("1048588", "2", 3));
        assertEquals(
                List.of(
                        "topic alerts: its min.insync.replicas is 2 and it has 1 replicas, so that nothing can be written to it; at most 1"),
                writing("1048588", "2", 1));
    }

    private static List<String> kept(String topic, String policy, String millis, String bytes) {
        KafkaTopics.Topic found =
                KafkaTopics.ALL.stream()
                        .filter(t -> t.name().equals(topic))
                        .findFirst()
                        .orElseThrow();
        List<String> faults = new ArrayList<>();
        BrokerChecks.checkWhatItKeeps(
                found,
                config(
                        "cleanup.policy", policy,
                        "retention.ms", millis,
                        "retention.bytes", bytes),
                "broker:9092",
                faults);
        return faults;
    }

    private static List<String> writing(String most, String inSync, int replicas) {
        List<String> faults = new ArrayList<>();
        BrokerChecks.checkWriting(
                "alerts",
                config("max.message.bytes", most, "min.insync.replicas", inSync),
                replicas,
                faults);
        return faults;
    }

    private static Config config(String... namesAndValues) {
        return new Config(
                Stream.iterate(0, i -> i < namesAndValues.length, i -> i + 2)
                        .map(i -> new ConfigEntry(namesAndValues[i], namesAndValues[i + 1]))
                        .toList());
    }
}
