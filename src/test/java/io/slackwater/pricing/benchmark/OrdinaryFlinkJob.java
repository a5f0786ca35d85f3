package io.slackwater.pricing.benchmark;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.Settings.Delivery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The job that most people would write in an afternoon: messages as text, a tree of JSON nodes,
 * POJOs, the newest level of each key in {@link ValueState}, the rules as broadcast state, and the
 * settings that Flink has by itself.
 *
 * <p>It takes a level as newest because it came last, forgets no rules and knows no versions, no
 * windows, no alerts and no bad messages.
 */
final class OrdinaryFlinkJob {

    private static final MapStateDescriptor<String, TierBook> RULES =
            new MapStateDescriptor<>("rules", Types.STRING, Types.POJO(TierBook.class));

    private OrdinaryFlinkJob() {}

    /** One line of a message. */
    public static final class Warehouse {
        public String warehouseId;
        public long quantity;
        public int deliveryTime;
        public int restockingTime;
    }

    /** One message. */
    public static final class Product {
        public String productId;
        public String name;
        public String eventTime;
        public List<Warehouse> inventory;
    }

    /** One product in one warehouse. */
    public static final class Level {
        public String productId;
        public String warehouseId;
        public long quantity;

        public String key() {
            return productId + "|" + warehouseId;
        }
    }

    /** What is written. */
    public static final class Price {
        @JsonProperty("product_id")
        public String productId;

        @JsonProperty("warehouse_id")
        public String warehouseId;

        public long quantity;

        @JsonProperty("price_tier")
        public String priceTier;

        public BigDecimal price;
    }

    /** Runs until it is stopped. */
    static void run(
            Settings.Kafka kafka,
            String stateBackend,
            int parallelism,
            Duration commitInterval,
            String checkpoints)
            throws Exception {
        Configuration flink = new Configuration();
        flink.set(StateBackendOptions.STATE_BACKEND, stateBackend);
        flink.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, stateBackend.equals("rocksdb"));
        flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, commitInterval);
        flink.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints);
        flink.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(512));
        flink.set(RestOptions.BIND_PORT, "0");
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(parallelism, flink);
        var rules =
                environment
                        .fromSource(
                                source(kafka, KafkaTopics.RULES),
                                WatermarkStrategy.noWatermarks(),
                                "rules")
                        .setParallelism(1)
                        .map(book -> TierBook.read(book.getBytes(StandardCharsets.UTF_8)))
                        .returns(TierBook.class)
                        .setParallelism(1)
                        .broadcast(RULES);
        environment
                .fromSource(
                        source(kafka, KafkaTopics.INVENTORY),
                        WatermarkStrategy.noWatermarks(),
                        "inventory")
                .map(new Parse())
                .flatMap(new Flatten())
                .keyBy(Level::key)
                .connect(rules)
                .process(new ApplyRules())
                .sinkTo(sink(kafka));
        environment.execute("ordinary-job");
    }

    private static KafkaSource<String> source(Settings.Kafka kafka, String topic) {
        return KafkaSource.<String>builder()
                .setBootstrapServers(kafka.bootstrapServers())
                .setTopics(topic)
                .setGroupId("ordinary-job-" + kafka.environment())
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setValueOnlyDeserializer(new SimpleStringSchema())
                .setProperty("isolation.level", "read_committed")
                .build();
    }

    private static KafkaSink<Price> sink(Settings.Kafka kafka) {
        Properties producer = new Properties();
        PeerProducer.properties().forEach((name, value) -> producer.put(name, value.toString()));
        producer.put("transaction.timeout.ms", "600000");
        return KafkaSink.<Price>builder()
                .setBootstrapServers(kafka.bootstrapServers())
                .setKafkaProducerConfig(producer)
                .setDeliveryGuarantee(
                        kafka.delivery() == Delivery.EXACTLY_ONCE
                                ? DeliveryGuarantee.EXACTLY_ONCE
                                : DeliveryGuarantee.AT_LEAST_ONCE)
                .setTransactionalIdPrefix("ordinary-job-" + kafka.environment())
                .setRecordSerializer(
                        KafkaRecordSerializationSchema.<Price>builder()
                                .setTopic(KafkaTopics.PRICES)
                                .setKeySerializationSchema(
                                        (Price price) ->
                                                (price.productId + "|" + price.warehouseId)
                                                        .getBytes(StandardCharsets.UTF_8))
                                .setValueSerializationSchema(new Write())
                                .build())
                .build();
    }

    private static final class Parse extends RichMapFunction<String, Product> {
        private static final long serialVersionUID = 1L;
        private transient ObjectMapper mapper;

        @Override
        public void open(OpenContext context) {
            mapper = new ObjectMapper();
        }

        @Override
        public Product map(String message) throws Exception {
            JsonNode json = mapper.readTree(message);
            Product product = new Product();
            product.productId = json.get("product_id").asText();
            product.name = json.get("name").asText();
            product.eventTime = json.get("event_time").asText();
            product.inventory = new ArrayList<>();
            for (JsonNode line : json.get("inventory")) {
                Warehouse warehouse = new Warehouse();
                warehouse.warehouseId = line.get("warehouse_id").asText();
                warehouse.quantity = line.get("quantity").asLong();
                warehouse.deliveryTime = line.get("delivery_time").asInt();
                warehouse.restockingTime = line.get("restocking_time").asInt();
                product.inventory.add(warehouse);
            }
            return product;
        }
    }

    private static final class Flatten implements FlatMapFunction<Product, Level> {
        private static final long serialVersionUID = 1L;

        @Override
        public void flatMap(Product product, Collector<Level> out) {
            for (Warehouse warehouse : product.inventory) {
                Level level = new Level();
                level.productId = product.productId;
                level.warehouseId = warehouse.warehouseId;
                level.quantity = warehouse.quantity;
                out.collect(level);
            }
        }
    }

    /** Keeps the newest level, for a change of the rules; what comes before any rules waits. */
    private static final class ApplyRules
            extends KeyedBroadcastProcessFunction<String, Level, TierBook, Price> {
        private static final long serialVersionUID = 1L;
        private static final ListStateDescriptor<Level> WAITING =
                new ListStateDescriptor<>("waiting", Types.POJO(Level.class));

        private transient ValueState<Level> newest;
        private transient ListState<Level> waiting;

        @Override
        public void open(OpenContext context) {
            newest =
                    getRuntimeContext()
                            .getState(
                                    new ValueStateDescriptor<>("newest", Types.POJO(Level.class)));
            waiting = getRuntimeContext().getListState(WAITING);
        }

        @Override
        public void processElement(Level level, ReadOnlyContext context, Collector<Price> out)
                throws Exception {
            newest.update(level);
            TierBook book = context.getBroadcastState(RULES).get("default");
            if (book == null) {
                waiting.add(level);
            } else {
                out.collect(price(level, book));
            }
        }

        @Override
        public void processBroadcastElement(TierBook book, Context context, Collector<Price> out)
                throws Exception {
            context.getBroadcastState(RULES).put("default", book);
            context.applyToKeyedState(
                    WAITING,
                    (key, state) -> {
                        for (Level level : state.get()) {
                            out.collect(price(level, book));
                        }
                        state.clear();
                    });
        }

        private static Price price(Level level, TierBook book) {
            Price price = new Price();
            price.productId = level.productId;
            price.warehouseId = level.warehouseId;
            price.quantity = level.quantity;
            price.priceTier = book.tier(level.productId);
            price.price = book.price(price.priceTier, level.quantity);
            return price;
        }
    }

    private static final class Write implements SerializationSchema<Price> {
        private static final long serialVersionUID = 1L;
        private transient ObjectMapper mapper;

        @Override
        public void open(InitializationContext context) {
            mapper = new ObjectMapper();
        }

        @Override
        public byte[] serialize(Price price) {
            try {
                return mapper.writeValueAsBytes(price);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
