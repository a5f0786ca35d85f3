package io.slackwater.pricing.connectors;

import io.slackwater.pricing.Inputs;
import io.slackwater.pricing.json.CatalogDecoder;
import io.slackwater.pricing.json.InventoryDecoder;
import io.slackwater.pricing.model.CatalogMessage;
import io.slackwater.pricing.model.InventoryMessage;
import io.slackwater.pricing.model.RuleBookMessage;
import io.slackwater.pricing.model.Source;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.Settings.Mode;
import io.slackwater.pricing.settings.Settings.RulesHistory;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The inputs from Kafka. Messages are decoded where they are read, so that event time is that of
 * each partition by the messages' own times; what cannot be decoded flows on as a dead letter, and
 * never fails the reader.
 *
 * <p>Without state to restore, everything is read from its beginning: what the topics have is then
 * all that the job knows. A bounded run reads to the end that it finds at its start, and commits no
 * offsets. A live run commits them for others to see how far it is, and for the next start to know
 * that there was a run.
 */
public final class KafkaInputs {

    private static final String DISCOVERY_MILLIS = "60000";

    private final StreamExecutionEnvironment environment;
    private final Settings settings;
    private final Map<String, Integer> partitions;

    private KafkaInputs(
            StreamExecutionEnvironment environment,
            Settings settings,
            Map<String, Integer> partitions) {
        this.environment = environment;
        this.settings = settings;
        this.partitions = partitions;
    }

    /**
     * Adds the three sources to the environment.
     *
     * @param wallClock what event time follows in silence
     * @throws StartupException when the broker cannot be reached or an input topic is missing
     */
    public static Inputs of(
            StreamExecutionEnvironment environment, Settings settings, WallClock wallClock) {
        KafkaInputs inputs =
                new KafkaInputs(environment, settings, KafkaTopics.inputPartitions(settings));
        return new Inputs(
                inputs.read(
                        KafkaTopics.INVENTORY,
                        "read-inventory",
                        new InventorySchema(settings.input()),
                        EventTimeProgress.of(settings, wallClock)),
                inputs.read(
                        KafkaTopics.CATALOG,
                        "read-catalog",
                        new CatalogSchema(settings.input()),
                        inputs.withoutEventTime()),
                inputs.rules());
    }

    /**
     * The rule books of the topic; before them those that it has lost, where a start needs them.
     */
    private DataStream<RuleBookMessage> rules() {
        boolean fromTheLake =
                settings.start().rulesHistory() == RulesHistory.LAKE
                        && !StoredState.isGiven(environment.getConfiguration());
        // Always there, so that the setting may change between a savepoint and the next start.
        return read(KafkaTopics.RULES, "read-rules", new RulesSchema(), withoutEventTime())
                .transform(
                        "recall-rule-books",
                        TypeInformation.of(RuleBookMessage.class),
                        new RecallRuleBooks(
                                fromTheLake ? RuleHistory.missing(settings) : List.of()))
                .setParallelism(1)
                .uid("recall-rule-books");
    }

    private <T> SingleOutputStreamOperator<T> read(
            String topic,
            String name,
            KafkaRecordDeserializationSchema<T> schema,
            WatermarkStrategy<T> eventTime) {
        boolean bounded = settings.mode() == Mode.BOUNDED;
        String owner = group(settings.kafka());
        KafkaSourceBuilder<T> source = KafkaSource.builder();
        settings.kafka().client().forEach(source::setProperty);
        source.setBootstrapServers(settings.kafka().bootstrapServers())
                .setTopics(topic)
                .setGroupId(owner)
                .setClientIdPrefix(owner + "-" + name)
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setDeserializer(schema)
                .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        if (bounded) {
            source.setBounded(OffsetsInitializer.latest())
                    // The offsets are those of the live run, which must not skip what this one
                    // read.
                    .setProperty(KafkaSourceOptions.COMMIT_OFFSETS_ON_CHECKPOINT.key(), "false");
        } else {
            source.setProperty(
                    KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(), DISCOVERY_MILLIS);
        }
        // A reader without a partition would hold event time back for ever.
        int parallelism = Math.min(environment.getParallelism(), partitions.get(topic));
        return environment
                .fromSource(source.build(), eventTime, name)
                .setParallelism(parallelism)
                .uid(name)
                .setDescription(name + ": topic " + topic);
    }

    /** The consumer group of a job, which also begins the names of its clients. */
    static String group(Settings.Kafka kafka) {
        return "slackwater-" + kafka.environment();
    }

    /**
     * Event time of the rule books and the catalog, whose messages do not move it.
     *
     * <p>Live: they do not count, else a silent topic would hold back every window. They are idle
     * and not at the end of time: beside an inventory that is idle itself, the end of time would be
     * taken for the time of all.
     *
     * <p>Bounded: they stay at its beginning until they have been read to their end, so that
     * nothing is closed before all rule books and catalog entries are known, and history replays
     * alike.
     */
    private <T> WatermarkStrategy<T> withoutEventTime() {
        return settings.mode() == Mode.LIVE
                ? WatermarkStrategy.forGenerator(context -> new NeverCounts<>())
                : WatermarkStrategy.noWatermarks();
    }

    /**
     * Says it time and again, also for a reader that has not read anything yet. A message does not
     * wake it, as it would with {@code withIdleness}.
     */
    private static final class NeverCounts<T> implements WatermarkGenerator<T> {

        @Override
        public void onEvent(T event, long timestamp, WatermarkOutput output) {}

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            output.markIdle();
        }
    }

    /** Bytes to an inventory message. */
    static final class InventorySchema
            implements KafkaRecordDeserializationSchema<InventoryMessage> {

        private static final long serialVersionUID = 1L;

        private final Settings.Input input;
        private transient InventoryDecoder decoder;

        InventorySchema(Settings.Input input) {
            this.input = input;
        }

        @Override
        public void open(DeserializationSchema.InitializationContext context) {
            decoder =
                    new InventoryDecoder(
                            new InventoryDecoder.Limits(
                                    input.quantityMin(),
                                    input.quantityMax(),
                                    input.maxFuture().toMillis(),
                                    input.maxWarehouses()),
                            input.completeMessages());
        }

        @Override
        public void deserialize(
                ConsumerRecord<byte[], byte[]> message, Collector<InventoryMessage> out) {
            out.collect(
                    decoder.decode(
                            message.key(),
                            message.value(),
                            message.topic(),
                            message.partition(),
                            message.offset(),
                            message.timestamp()));
        }

        @Override
        public TypeInformation<InventoryMessage> getProducedType() {
            return TypeInformation.of(InventoryMessage.class);
        }
    }

    /** Bytes to a catalog message. */
    static final class CatalogSchema implements KafkaRecordDeserializationSchema<CatalogMessage> {

        private static final long serialVersionUID = 1L;

        private final Settings.Input input;
        private transient CatalogDecoder decoder;

        CatalogSchema(Settings.Input input) {
            this.input = input;
        }

        @Override
        public void open(DeserializationSchema.InitializationContext context) {
            decoder = new CatalogDecoder(input.maxFuture().toMillis());
        }

        @Override
        public void deserialize(
                ConsumerRecord<byte[], byte[]> message, Collector<CatalogMessage> out) {
            out.collect(
                    decoder.decode(
                            message.key(),
                            message.value(),
                            message.topic(),
                            message.partition(),
                            message.offset(),
                            message.timestamp()));
        }

        @Override
        public TypeInformation<CatalogMessage> getProducedType() {
            return TypeInformation.of(CatalogMessage.class);
        }
    }

    /** Bytes that stay bytes: what a rule book means is decided where books are accepted. */
    static final class RulesSchema implements KafkaRecordDeserializationSchema<RuleBookMessage> {

        private static final long serialVersionUID = 1L;

        @Override
        public void deserialize(
                ConsumerRecord<byte[], byte[]> message, Collector<RuleBookMessage> out) {
            out.collect(
                    new RuleBookMessage(
                            new Source(
                                    message.topic(),
                                    message.partition(),
                                    message.offset(),
                                    message.timestamp()),
                            message.key(),
                            message.value()));
        }

        @Override
        public TypeInformation<RuleBookMessage> getProducedType() {
            return TypeInformation.of(RuleBookMessage.class);
        }
    }
}
