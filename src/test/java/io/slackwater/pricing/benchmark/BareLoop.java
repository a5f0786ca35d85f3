package io.slackwater.pricing.benchmark;

import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.connectors.PlainLake;
import io.slackwater.pricing.json.InventoryDecoder;
import io.slackwater.pricing.json.PriceJson;
import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.InventoryMessage;
import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.rules.Price;
import io.slackwater.pricing.rules.PriceBook;
import io.slackwater.pricing.settings.Settings;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The least that makes the job's own {@code price_list} exactly once, beside {@link PlainLoop},
 * which makes a plainer one. One thread reads its partitions, decodes, prices and writes with the
 * very classes of the job, and commits records and offsets in one transaction as often as the job
 * takes checkpoints.
 *
 * <p>What it leaves out is what the job is for: windows, alerts, catalog, changes of the rules,
 * dead letters, stock that is read by another thread than the one that keeps it, and state that
 * outlives the process: after a failure this loop has forgotten every price version.
 */
final class BareLoop implements Runnable {

    private final int number;
    private final Settings settings;
    private final List<TopicPartition> partitions;
    private final Duration commitInterval;
    private final PriceBook book;
    private final PlainLake lake;
    private final Map<String, Held> stock = new HashMap<>();

    /** The newest level of a key and its price, as far as the next one needs it. */
    private record Held(
            StockVersion version,
            long quantity,
            String tier,
            BigDecimal price,
            long priceVersion) {}

    /**
     * @param number of this loop, of those that share the topic
     * @param partitions those that it reads: no other loop has their products
     * @param commitInterval how long a transaction is open
     * @param lake takes every event too, and commits with each transaction; null: none
     */
    BareLoop(
            int number,
            Settings settings,
            List<TopicPartition> partitions,
            Duration commitInterval,
            PlainLake lake) {
        this.number = number;
        this.settings = settings;
        this.partitions = partitions;
        this.commitInterval = commitInterval;
        this.lake = lake;
        this.book = new PriceBook(RuleBookReader.read(Traffic.ruleBook(1)).book(), Period.ALWAYS);
    }

    @Override
    public void run() {
        Settings.Input input = settings.input();
        InventoryDecoder decoder =
                new InventoryDecoder(
                        new InventoryDecoder.Limits(
                                input.quantityMin(),
                                input.quantityMax(),
                                input.maxFuture().toMillis(),
                                input.maxWarehouses()),
                        false);
        PriceJson json = new PriceJson(settings.kafka().priceTrace());
        try (KafkaConsumer<byte[], byte[]> consumer = consumer();
                KafkaProducer<byte[], byte[]> producer = producer();
                PlainLake closedAtTheEnd = lake) {
            producer.initTransactions();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            producer.beginTransaction();
            long commitAt = System.nanoTime() + commitInterval.toNanos();
            boolean more = true;
            while (more) {
                for (ConsumerRecord<byte[], byte[]> record :
                        consumer.poll(Duration.ofMillis(100))) {
                    InventoryMessage message =
                            decoder.decode(
                                    record.key(),
                                    record.value(),
                                    record.topic(),
                                    record.partition(),
                                    record.offset(),
                                    record.timestamp());
                    for (StockLevel level : message.stockLevels()) {
                        PricingEvent event = price(level);
                        if (event != null) {
                            producer.send(
                                    new ProducerRecord<>(
                                            KafkaTopics.PRICES,
                                            json.key(event),
                                            json.value(event)));
                            if (lake != null) {
                                lake.write(event);
                            }
                        }
                    }
                }
                more =
                        partitions.stream()
                                .anyMatch(each -> consumer.position(each) < ends.get(each));
                if (!more || System.nanoTime() >= commitAt) {
                    Map<TopicPartition, OffsetAndMetadata> read = new HashMap<>();
                    partitions.forEach(
                            each -> read.put(each, new OffsetAndMetadata(consumer.position(each))));
                    producer.sendOffsetsToTransaction(read, consumer.groupMetadata());
                    if (lake != null) {
                        lake.commit();
                    }
                    producer.commitTransaction();
                    commitAt = System.nanoTime() + commitInterval.toNanos();
                    if (more) {
                        producer.beginTransaction();
                    }
                }
            }
        } catch (Exception e) {
            throw new IllegalStateException("The bare loop failed: " + e, e);
        }
    }

    /** What becomes of a level; null where it is older than the one known or changes nothing. */
    private PricingEvent price(StockLevel level) {
        String key = level.productId() + '|' + level.warehouseId();
        Held before = stock.get(key);
        if (before != null && level.version().isOlderThan(before.version())) {
            return null;
        }
        Price price =
                book.price(
                        level,
                        Traffic.catalogEntry(Traffic.productOf(level.productId())),
                        level.version().eventTime());
        boolean changed =
                before == null
                        || before.quantity() != level.quantity()
                        || before.price().compareTo(price.amount()) != 0
                        || !before.tier().equals(price.tier());
        long priceVersion = (before == null ? 0 : before.priceVersion()) + (changed ? 1 : 0);
        stock.put(
                key,
                new Held(
                        level.version(),
                        level.quantity(),
                        price.tier(),
                        price.amount(),
                        priceVersion));
        if (!changed) {
            return null;
        }
        return new PricingEvent(
                level,
                PricingEvent.Outcome.PRICED,
                PricingEvent.Published.PRICE,
                price.tier(),
                price.amount(),
                price.segments(),
                book.currency(),
                priceVersion,
                before == null ? null : before.price(),
                book.currency(),
                Cause.INVENTORY,
                level.version().eventTime(),
                book.reference(),
                price.trace());
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        settings.kafka().bootstrapServers(),
                        "group.id",
                        "bare-loop-" + settings.kafka().environment(),
                        "isolation.level",
                        "read_committed",
                        "enable.auto.commit",
                        "false"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** With the settings of the job's own producers. */
    private KafkaProducer<byte[], byte[]> producer() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", settings.kafka().bootstrapServers());
        properties.put(
                "transactional.id", "bare-loop-" + settings.kafka().environment() + "-" + number);
        properties.put("compression.type", "lz4");
        properties.put("batch.size", 256 << 10);
        properties.put("linger.ms", 50);
        return new KafkaProducer<>(
                properties, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
