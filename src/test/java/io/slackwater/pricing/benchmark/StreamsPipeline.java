package io.slackwater.pricing.benchmark;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.Settings.Delivery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.GlobalKTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.Stores;

/**
 * The pricing pipeline with Kafka Streams: the inventory joined with a global table of the rule
 * books, and a price a warehouse of it. It keeps no stock, so that a change of the rules prices
 * what comes after it.
 */
final class StreamsPipeline {

    private StreamsPipeline() {}

    /** One line of a message. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Warehouse(
            @JsonProperty("warehouse_id") String warehouseId,
            @JsonProperty("quantity") long quantity) {}

    /** One message. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Product(
            @JsonProperty("product_id") String productId,
            @JsonProperty("inventory") List<Warehouse> inventory) {}

    /** What is written. */
    record Price(
            @JsonProperty("product_id") String productId,
            @JsonProperty("warehouse_id") String warehouseId,
            @JsonProperty("quantity") long quantity,
            @JsonProperty("price_tier") String priceTier,
            @JsonProperty("price") BigDecimal price) {}

    /**
     * Starts it, and stops it when the JVM ends.
     *
     * @param state folder of its own
     */
    static void start(Settings.Kafka kafka, int threads, Duration commitInterval, String state) {
        ObjectMapper mapper = new ObjectMapper();
        StreamsBuilder builder = new StreamsBuilder();
        LastBook last = new LastBook();
        GlobalKTable<String, byte[]> books =
                builder.globalTable(
                        KafkaTopics.RULES,
                        Consumed.with(Serdes.String(), Serdes.ByteArray()),
                        Materialized.as(Stores.inMemoryKeyValueStore("books")));
        builder.stream(
                        KafkaTopics.INVENTORY,
                        Consumed.with(Serdes.ByteArray(), json(mapper, Product.class)))
                .join(
                        books,
                        (key, product) -> "default",
                        (product, book) -> prices(product, last.read(book)))
                .flatMap((key, prices) -> prices)
                .to(KafkaTopics.PRICES, Produced.with(Serdes.String(), json(mapper, Price.class)));
        KafkaStreams streams =
                new KafkaStreams(
                        builder.build(), properties(kafka, threads, commitInterval, state));
        streams.setUncaughtExceptionHandler(
                e -> {
                    e.printStackTrace();
                    Runtime.getRuntime().halt(1);
                    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
                });
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(10))));
        streams.start();
    }

    private static Properties properties(
            Settings.Kafka kafka, int threads, Duration commitInterval, String state) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "streams-" + kafka.environment());
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        properties.put(StreamsConfig.STATE_DIR_CONFIG, state);
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
        properties.put(
                StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                kafka.delivery() == Delivery.EXACTLY_ONCE
                        ? StreamsConfig.EXACTLY_ONCE_V2
                        : StreamsConfig.AT_LEAST_ONCE);
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, commitInterval.toMillis());
        properties.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 5_000);
        properties.put(
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 2_000);
        properties.put(
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG),
                4 << 20);
        PeerProducer.properties()
                .forEach(
                        (name, value) -> properties.put(StreamsConfig.producerPrefix(name), value));
        return properties;
    }

    private static List<KeyValue<String, Price>> prices(Product product, TierBook book) {
        String id = product.productId();
        String tier = book.tier(id);
        List<KeyValue<String, Price>> prices = new ArrayList<>(product.inventory().size());
        for (Warehouse line : product.inventory()) {
            prices.add(
                    KeyValue.pair(
                            id + "|" + line.warehouseId(),
                            new Price(
                                    id,
                                    line.warehouseId(),
                                    line.quantity(),
                                    tier,
                                    book.price(tier, line.quantity()))));
        }
        return prices;
    }

    private static <T> Serde<T> json(ObjectMapper mapper, Class<T> type) {
        ObjectReader reader = mapper.readerFor(type);
        ObjectWriter writer = mapper.writerFor(type);
        return Serdes.serdeFrom(
                (topic, value) -> {
                    try {
                        return value == null ? null : writer.writeValueAsBytes(value);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                (topic, bytes) -> {
                    try {
                        return bytes == null ? null : reader.readValue(bytes);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    /**
     * The rule book that each thread read last: the table hands out bytes, and a join would parse
     * the same book again for every message.
     */
    private static final class LastBook {

        private record Read(byte[] message, TierBook book) {}

        private final ThreadLocal<Read> last = new ThreadLocal<>();

        TierBook read(byte[] message) {
            Read known = last.get();
            if (known == null || !Arrays.equals(known.message(), message)) {
                known = new Read(message, TierBook.read(message));
                last.set(known);
            }
            return known.book();
        }
    }
}
