package io.slackwater.pricing.connectors;

import io.slackwater.pricing.Output;
import io.slackwater.pricing.json.AlertJson;
import io.slackwater.pricing.json.DeadLetterJson;
import io.slackwater.pricing.json.MetricJson;
import io.slackwater.pricing.json.PriceJson;
import io.slackwater.pricing.json.RecordJson;
import io.slackwater.pricing.json.RuleStatusJson;
import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.model.DashboardMetric;
import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.Settings.Delivery;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.serialization.SerializationSchema.InitializationContext;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetIdentifier;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacetProvider;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaSinkBuilder;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.Utils;

/**
 * The output topics, a sink each.
 *
 * <p>Transactions take their ids from a pool that is used again and again: ids that count upwards
 * pile up in the broker by hundreds of thousands a week.
 */
final class KafkaOutputs {

    private final Settings.Kafka kafka;
    private final Map<String, Integer> rooms;

    /**
     * @param rooms how many bytes of key and value together each topic takes, by its name
     */
    KafkaOutputs(Settings.Kafka kafka, Map<String, Integer> rooms) {
        this.kafka = kafka;
        this.rooms = rooms;
    }

    /** Writes published events: a price is a record, a withdrawal a tombstone. */
    Output<PricingEvent> prices() {
        // Not the field: the serializer goes to every writer, and the settings hold secrets.
        boolean trace = kafka.priceTrace();
        KafkaSink<PricingEvent> sink = sink(KafkaTopics.PRICES, () -> new PriceJson(trace));
        return events -> events.sinkTo(sink).name("write-price-list").uid("write-price-list");
    }

    Output<DashboardMetric> metrics() {
        KafkaSink<DashboardMetric> sink = sink(KafkaTopics.METRICS, MetricJson::new);
        return metrics ->
                metrics.sinkTo(sink).name("write-dashboard-metrics").uid("write-dashboard-metrics");
    }

    Output<Alert> alerts() {
        KafkaSink<Alert> sink = sink(KafkaTopics.ALERTS, AlertJson::new);
        return alerts -> alerts.sinkTo(sink).name("write-alerts").uid("write-alerts");
    }

    /**
     * By one writer, and into one partition a book: the answers to a book stay in their order,
     * whichever version they are about.
     */
    Output<RuleStatus> ruleStatus() {
        KafkaSink<RuleStatus> sink =
                sink(
                        new RecordSchema<>(
                                KafkaTopics.RULE_STATUS,
                                rooms.get(KafkaTopics.RULE_STATUS),
                                RuleStatusJson::new,
                                RuleStatusJson::book));
        return statuses ->
                statuses.sinkTo(sink)
                        .setParallelism(1)
                        .name("write-rule-status")
                        .uid("write-rule-status");
    }

    Output<DeadLetter> deadLetters() {
        KafkaSink<DeadLetter> sink = sink(KafkaTopics.DEAD_LETTERS, DeadLetterJson::new);
        return letters -> letters.sinkTo(sink).name("write-dead-letters").uid("write-dead-letters");
    }

    /**
     * What the transactional ids of one sink begin with. None begins with another one, whatever the
     * environments are called: at its start a sink aborts all transactions of its prefix. Therefore
     * the full stop, which no environment and no topic has.
     */
    static String transactionalIdPrefix(String environment, String topic) {
        return "slackwater-" + environment + "." + topic + ".";
    }

    private <T> KafkaSink<T> sink(String topic, Writer<T> writer) {
        return sink(new RecordSchema<>(topic, rooms.get(topic), writer, null));
    }

    private <T> KafkaSink<T> sink(RecordSchema<T> schema) {
        String topic = schema.topic;
        KafkaSinkBuilder<T> sink =
                KafkaSink.<T>builder()
                        .setKafkaProducerConfig(KafkaClients.producer(kafka, schema.room))
                        .setRecordSerializer(schema);
        if (kafka.delivery() == Delivery.EXACTLY_ONCE) {
            sink.setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                    .setTransactionalIdPrefix(transactionalIdPrefix(kafka.environment(), topic))
                    .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING);
        } else {
            // Never left to the default, which is no guarantee at all.
            sink.setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE);
        }
        return sink.build();
    }

    /** Makes what writes the keys and values: it has buffers and is not sent to the writers. */
    @FunctionalInterface
    interface Writer<T> extends Serializable {
        RecordJson<T> make();
    }

    /** What some records have in common that go to one partition, as a key would choose it. */
    @FunctionalInterface
    interface Together<T> extends Serializable {
        byte[] of(T element);
    }

    /**
     * Elements to records, without a timestamp: the broker's clients set the wall clock. The event
     * time would be refused by a broker when it is ahead, and when it is of years ago the record
     * would be deleted by the topic's retention the moment it is written.
     */
    static final class RecordSchema<T>
            implements KafkaRecordSerializationSchema<T>, KafkaDatasetFacetProvider {

        private static final long serialVersionUID = 1L;

        private final String topic;
        private final int room;
        private final Writer<T> writer;
        private final Together<T> together;
        private transient RecordJson<T> json;

        /**
         * @param room how many bytes of key and value together the topic takes
         * @param together null: the key chooses the partition
         */
        RecordSchema(String topic, int room, Writer<T> writer, Together<T> together) {
            this.topic = topic;
            this.room = room;
            this.writer = writer;
            this.together = together;
        }

        @Override
        public void open(InitializationContext context, KafkaSinkContext sinkContext) {
            json = writer.make();
        }

        @Override
        public ProducerRecord<byte[], byte[]> serialize(
                T element, KafkaSinkContext context, Long timestamp) {
            byte[] key = json.key(element);
            Integer partition = null;
            if (together != null) {
                int[] partitions = context.getPartitionsForTopic(topic);
                partition =
                        partitions[
                                Utils.toPositive(Utils.murmur2(together.of(element)))
                                        % partitions.length];
            }
            return new ProducerRecord<>(
                    topic, partition, null, key, json.value(element, room - key.length));
        }

        /** The pool of transactions has to know the topic, to find those left open in it. */
        @Override
        public Optional<KafkaDatasetFacet> getKafkaDatasetFacet() {
            return Optional.of(
                    new DefaultKafkaDatasetFacet(
                            DefaultKafkaDatasetIdentifier.ofTopics(List.of(topic))));
        }
    }
}
