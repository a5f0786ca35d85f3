package io.slackwater.pricing.connectors;

import io.slackwater.pricing.Output;
import io.slackwater.pricing.json.OutputJson;
import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.model.DashboardMetric;
import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Published;
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

    /** Of published events: a price is a record, a withdrawal a tombstone. */
    Output<PricingEvent> prices() {
        // Not the field: the serializer goes to every writer, and the settings hold secrets.
        boolean trace = kafka.priceTrace();
        KafkaSink<PricingEvent> sink =
                sink(
                        KafkaTopics.PRICES,
                        OutputJson::priceKey,
                        (json, event, room) ->
                                event.published() == Published.PRICE
                                        ? json.price(event, trace, room)
                                        : null);
        return events -> events.sinkTo(sink).name("write-price-list").uid("write-price-list");
    }

    Output<DashboardMetric> metrics() {
        KafkaSink<DashboardMetric> sink =
                sink(
                        KafkaTopics.METRICS,
                        OutputJson::metricKey,
                        (json, metric, room) -> json.metric(metric));
        return metrics ->
                metrics.sinkTo(sink).name("write-dashboard-metrics").uid("write-dashboard-metrics");
    }

    Output<Alert> alerts() {
        KafkaSink<Alert> sink = sink(KafkaTopics.ALERTS, OutputJson::alertKey, OutputJson::alert);
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
                                OutputJson::ruleStatusKey,
                                OutputJson::ruleStatus,
                                OutputJson::ruleStatusBook));
        return statuses ->
                statuses.sinkTo(sink)
                        .setParallelism(1)
                        .name("write-rule-status")
                        .uid("write-rule-status");
    }

    Output<DeadLetter> deadLetters() {
        KafkaSink<DeadLetter> sink =
                sink(KafkaTopics.DEAD_LETTERS, OutputJson::deadLetterKey, OutputJson::deadLetter);
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

    private <T> KafkaSink<T> sink(String topic, Part<T> key, Value<T> value) {
        return sink(new RecordSchema<>(topic, rooms.get(topic), key, value, null));
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

    /** The key of a record; null where it has none. */
    @FunctionalInterface
    interface Part<T> extends Serializable {
        byte[] of(OutputJson json, T element);
    }

    /** The value of a record, cut to the bytes that there are for it; null: a tombstone. */
    @FunctionalInterface
    interface Value<T> extends Serializable {
        byte[] of(OutputJson json, T element, int room);
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
        private final Part<T> key;
        private final int room;
        private final Value<T> value;
        private final Part<T> together;
        private transient OutputJson json;

        /**
         * @param room how many bytes of key and value together the topic takes
         * @param together what records have in common that go to one partition, as a key would
         *     choose it; null: their key
         */
        RecordSchema(String topic, int room, Part<T> key, Value<T> value, Part<T> together) {
            this.topic = topic;
            this.room = room;
            this.together = together;
            this.key = key;
            this.value = value;
        }

        @Override
        public void open(InitializationContext context, KafkaSinkContext sinkContext) {
            json = new OutputJson();
        }

        @Override
        public ProducerRecord<byte[], byte[]> serialize(
                T element, KafkaSinkContext context, Long timestamp) {
            byte[] name = key.of(json, element);
            int left = name == null ? room : room - name.length;
            Integer partition = null;
            if (together != null) {
                int[] partitions = context.getPartitionsForTopic(topic);
                partition =
                        partitions[
                                Utils.toPositive(Utils.murmur2(together.of(json, element)))
                                        % partitions.length];
            }
            return new ProducerRecord<>(
                    topic, partition, null, name, value.of(json, element, left));
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
