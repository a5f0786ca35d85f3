package io.slackwater.pricing.benchmark;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.Settings.Delivery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The bare loop that everything is measured against: the most that a JVM with Kafka's own clients
 * delivers. One partition is read by one thread and priced and written by another; messages are
 * parsed as a stream of tokens, records of five fields are written by hand into one byte array, and
 * records and offsets of a second are committed together.
 *
 * <p>It knows neither stock nor versions nor changes of the rules, and assumes that ids are ASCII
 * without a character that JSON escapes: a product could not.
 */
final class PlainLoop implements Runnable {

    private static final Duration POLL = Duration.ofMillis(100);

    /** Batches that are fetched ahead. */
    private static final int AHEAD = 4;

    private static final byte[] PRODUCT = ascii("{\"product_id\":\"");
    private static final byte[] WAREHOUSE = ascii("\",\"warehouse_id\":\"");
    private static final byte[] QUANTITY = ascii("\",\"quantity\":");
    private static final byte[] TIER = ascii(",\"price_tier\":\"");
    private static final byte[] PRICE = ascii("\",\"price\":");

    private final TopicPartition partition;
    private final Settings.Kafka kafka;
    private final String group;
    private final long commitNanos;
    private final JsonFactory json = new JsonFactory();
    private final BlockingQueue<List<ConsumerRecord<byte[], byte[]>>> fetched =
            new ArrayBlockingQueue<>(AHEAD);
    private final Map<String, Tier> tiers = new HashMap<>();
    private final Tier usual;

    private final String[] warehouses = new String[1_000];
    private final long[] quantities = new long[warehouses.length];
    private byte[] text = new byte[512];
    private int length;
    private volatile boolean stopped;

    /** A tier and its base price in cents. */
    private record Tier(byte[] name, long base) {
        long cents(long quantity) {
            return quantity < 10 ? base * 12 / 10 : quantity < 50 ? base : base * 8 / 10;
        }
    }

    /**
     * @param partition of the inventory
     * @param commitInterval how long a transaction is open
     */
    PlainLoop(TopicPartition partition, Settings.Kafka kafka, Duration commitInterval) {
        this.partition = partition;
        this.kafka = kafka;
        this.group = "plain-loop-" + kafka.environment();
        this.commitNanos = commitInterval.toNanos();
        TierBook book = TierBook.read(newest(KafkaTopics.RULES));
        Map<String, Tier> byName = new HashMap<>();
        book.basePrices.forEach(
                (name, base) ->
                        byName.put(
                                name,
                                new Tier(ascii(name), base.movePointRight(2).longValueExact())));
        book.assignments.forEach((product, tier) -> tiers.put(product, byName.get(tier)));
        usual = byName.get(book.defaultTier);
    }

    /** Ends the loop after its last commit. */
    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        Thread reader = new Thread(this::fetch, "fetch-" + partition.partition());
        reader.start();
        boolean exactlyOnce = kafka.delivery() == Delivery.EXACTLY_ONCE;
        try (KafkaProducer<byte[], byte[]> producer = producer(exactlyOnce);
                KafkaConsumer<byte[], byte[]> offsets = consumer()) {
            if (exactlyOnce) {
                producer.initTransactions();
            }
            boolean open = false;
            long position = 0;
            long commitAt = System.nanoTime() + commitNanos;
            while (!stopped || open) {
                List<ConsumerRecord<byte[], byte[]>> batch =
                        stopped ? null : fetched.poll(10, TimeUnit.MILLISECONDS);
                if (batch != null) {
                    if (exactlyOnce && !open) {
                        producer.beginTransaction();
                    }
                    open = true;
                    for (ConsumerRecord<byte[], byte[]> message : batch) {
                        price(message.value(), producer);
                    }
                    position = batch.get(batch.size() - 1).offset() + 1;
                }
                if (open && (stopped || System.nanoTime() >= commitAt)) {
                    var read = Map.of(partition, new OffsetAndMetadata(position));
                    if (exactlyOnce) {
                        producer.sendOffsetsToTransaction(read, offsets.groupMetadata());
                        producer.commitTransaction();
                    } else {
                        producer.flush();
                        offsets.commitSync(read);
                    }
                    open = false;
                    commitAt = System.nanoTime() + commitNanos;
                }
            }
            reader.join();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("The bare loop failed: " + e, e);
        }
    }

    private void fetch() {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (!stopped) {
                List<ConsumerRecord<byte[], byte[]>> batch = consumer.poll(POLL).records(partition);
                while (!batch.isEmpty()
                        && !stopped
                        && !fetched.offer(batch, 100, TimeUnit.MILLISECONDS)) {
                    // The other thread is still busy with the batches before.
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---------------------------------------------------------------- one message

    private void price(byte[] message, KafkaProducer<byte[], byte[]> producer) throws IOException {
        String product = null;
        int lines = 0;
        try (JsonParser in = json.createParser(message)) {
            in.nextToken();
            for (String field = in.nextFieldName(); field != null; field = in.nextFieldName()) {
                in.nextToken();
                switch (field) {
                    case "product_id" -> product = in.getText();
                    case "inventory" -> lines = lines(in);
                    default -> in.skipChildren();
                }
            }
        }
        Tier tier = tiers.getOrDefault(product, usual);
        for (int i = 0; i < lines; i++) {
            length = 0;
            put(product);
            put((byte) '|');
            put(warehouses[i]);
            byte[] key = Arrays.copyOf(text, length);
            length = 0;
            put(PRODUCT);
            put(product);
            put(WAREHOUSE);
            put(warehouses[i]);
            put(QUANTITY);
            put(quantities[i]);
            put(TIER);
            put(tier.name());
            put(PRICE);
            long cents = tier.cents(quantities[i]);
            put(cents / 100);
            put((byte) '.');
            put((byte) ('0' + cents / 10 % 10));
            put((byte) ('0' + cents % 10));
            put((byte) '}');
            producer.send(
                    new ProducerRecord<>(KafkaTopics.PRICES, key, Arrays.copyOf(text, length)));
        }
    }

    private int lines(JsonParser in) throws IOException {
        int lines = 0;
        while (in.nextToken() == JsonToken.START_OBJECT) {
            for (String field = in.nextFieldName(); field != null; field = in.nextFieldName()) {
                in.nextToken();
                switch (field) {
                    case "warehouse_id" -> warehouses[lines] = in.getText();
                    case "quantity" -> quantities[lines] = in.getLongValue();
                    default -> in.skipChildren();
                }
            }
            lines++;
        }
        return lines;
    }

    // ---------------------------------------------------------------- bytes

    private void room(int more) {
        if (length + more > text.length) {
            text = Arrays.copyOf(text, 2 * (length + more));
        }
    }

    private void put(byte one) {
        room(1);
        text[length++] = one;
    }

    private void put(byte[] bytes) {
        room(bytes.length);
        System.arraycopy(bytes, 0, text, length, bytes.length);
        length += bytes.length;
    }

    private void put(String ascii) {
        room(ascii.length());
        for (int i = 0; i < ascii.length(); i++) {
            text[length++] = (byte) ascii.charAt(i);
        }
    }

    private void put(long number) {
        if (number < 0) {
            put((byte) '-');
            number = -number;
        }
        int digits = 1;
        for (long rest = number / 10; rest > 0; rest /= 10) {
            digits++;
        }
        room(digits);
        for (int at = length + digits - 1; at >= length; at--) {
            text[at] = (byte) ('0' + number % 10);
            number /= 10;
        }
        length += digits;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    // ---------------------------------------------------------------- Kafka

    private byte[] newest(String topic) {
        List<TopicPartition> first = List.of(new TopicPartition(topic, 0));
        byte[] newest = null;
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.assign(first);
            consumer.seekToBeginning(first);
            while (newest == null) {
                for (ConsumerRecord<byte[], byte[]> message : consumer.poll(POLL)) {
                    newest = message.value();
                }
            }
        }
        return newest;
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> properties = new HashMap<>();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        properties.put("group.id", group);
        properties.put("isolation.level", "read_committed");
        properties.put("enable.auto.commit", "false");
        properties.put("max.poll.records", 2_000);
        properties.put("max.partition.fetch.bytes", 4 << 20);
        return new KafkaConsumer<>(
                properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private KafkaProducer<byte[], byte[]> producer(boolean transactions) {
        Map<String, Object> properties = PeerProducer.properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        if (transactions) {
            properties.put("transactional.id", group + "-" + partition.partition());
        }
        return new KafkaProducer<>(
                properties, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
