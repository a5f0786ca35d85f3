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
import java.nio.charset.StandardCharsets;
import java.util.List;
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
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The output topics, a sink each.
 *
 * <p>Transactions take their ids from a pool that is used again and again: ids that count upwards
 * pile up in the broker by hundreds of thousands a week.
 */
final class KafkaOutputs {

    /** Less is sent in many small requests; records of one subtask fill this in milliseconds. */
    private static final String BATCH_BYTES = Integer.toString(128 << 10);

    private static final String LINGER_MILLIS = "5";

    /** The cheapest for the processor. */
    private static final String COMPRESSION = "lz4";

    private final Settings.Kafka kafka;

    KafkaOutputs(Settings.Kafka kafka) {
        this.kafka = kafka;
    }

    /** Of published events: a price is a record, a withdrawal a tombstone. */
    Output<PricingEvent> prices() {
        // Not the field: the serializer goes to every writer, and the settings hold secrets.
        boolean trace = kafka.priceTrace();
        KafkaSink<PricingEvent> sink =
                sink(
                        KafkaTopics.PRICES,
                        OutputJson::priceKey,
                        (json, event) ->
                                event.published() == Published.PRICE
                                        ? json.price(event, trace)
                                        : null);
        return events -> events.sinkTo(sink).name("write-price-list").uid("write-price-list");
    }

    Output<DashboardMetric> metrics() {
        KafkaSink<DashboardMetric> sink =
                sink(KafkaTopics.METRICS, OutputJson::metricKey, OutputJson::metric);
        return metrics ->
                metrics.sinkTo(sink).name("write-dashboard-metrics").uid("write-dashboard-metrics");
    }

    Output<Alert> alerts() {
        KafkaSink<Alert> sink = sink(KafkaTopics.ALERTS, OutputJson::alertKey, OutputJson::alert);
        return alerts -> alerts.sinkTo(sink).name("write-alerts").uid("write-alerts");
    }

    /** By one writer: the answers to a book stay in their order. */
    Output<RuleStatus> ruleStatus() {
        KafkaSink<RuleStatus> sink =
                sink(KafkaTopics.RULE_STATUS, OutputJson::ruleStatusKey, OutputJson::ruleStatus);
        return statuses ->
                statuses.sinkTo(sink)
                        .setParallelism(1)
                        .name("write-rule-status")
                        .uid("write-rule-status");
    }

    /** By the key of the input that is dead, where it had one. */
    Output<DeadLetter> deadLetters() {
        KafkaSink<DeadLetter> sink =
                sink(
                        KafkaTopics.DEAD_LETTERS,
                        (json, letter) ->
                                letter.key() == null
                                        ? null
                                        : letter.key().getBytes(StandardCharsets.UTF_8),
                        OutputJson::deadLetter);
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

    private <T> KafkaSink<T> sink(String topic, Part<T> key, Part<T> value) {
        KafkaSinkBuilder<T> sink = KafkaSink.builder();
        sink.setProperty(ProducerConfig.COMPRESSION_TYPE_CONFIG, COMPRESSION)
                .setProperty(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES)
                .setProperty(ProducerConfig.LINGER_MS_CONFIG, LINGER_MILLIS);
        // What the settings hand to the clients may replace the above, and nothing of the below.
        kafka.client().forEach(sink::setProperty);
        sink.setBootstrapServers(kafka.bootstrapServers())
                .setProperty(
                        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                        Long.toString(kafka.transactionTimeout().toMillis()))
                .setRecordSerializer(new RecordSchema<>(topic, key, value));
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

    /** The key or the value of a record; null where it has none. */
    @FunctionalInterface
    interface Part<T> extends Serializable {
        byte[] of(OutputJson json, T element);
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
        private final Part<T> value;
        private transient OutputJson json;

        RecordSchema(String topic, Part<T> key, Part<T> value) {
            this.topic = topic;
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
            return new ProducerRecord<>(
                    topic, null, null, key.of(json, element), value.of(json, element));
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
