package io.slackwater.pricing.dashboard;

import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.settings.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the topics to the board until it is closed, whatever happens to the broker. It belongs to
 * no consumer group: it commits nothing, and disturbs nobody.
 *
 * <p>While the broker is away, a consumer waits by itself. Where the topics that come back are not
 * the ones before (other ids, fewer records), the board is filled again from the beginning.
 */
final class TopicReader implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final long PAUSE_MILLIS = 1_000;
    private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);

    private final Settings settings;
    private final Board board;
    private final LongSupplier clock;
    private final PriceReader prices = new PriceReader();
    private final RecordReader others = new RecordReader();
    private final Thread thread = new Thread(this::run, "dashboard-reader");
    private final Map<String, LongAdder> read = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> skipped = new ConcurrentHashMap<>();

    private volatile Topics wanted = Topics.UNKNOWN;
    private volatile boolean closed;

    /** True where something was read before, which may be on the board. */
    private boolean used;

    /** The topics that are being read. */
    private Topics reads = Topics.UNKNOWN;

    /** Where the tables ended when they were first seen; empty: they are read up to there. */
    private final Map<TopicPartition, Long> unread = new HashMap<>();

    /**
     * @param clock epoch milliseconds
     */
    TopicReader(Settings settings, Board board, LongSupplier clock) {
        this.settings = settings;
        this.board = board;
        this.clock = clock;
        for (String topic : Topics.ALL) {
            read.put(topic, new LongAdder());
            skipped.put(topic, new LongAdder());
        }
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Which topics there are. */
    void topics(Topics now) {
        wanted = now;
    }

    /** Records read of a topic since the start. */
    long read(String topic) {
        return read.get(topic).sum();
    }

    /** Those of them that were not as expected. */
    long skipped(String topic) {
        return skipped.get(topic).sum();
    }

    private void run() {
        String told = "";
        while (!closed) {
            try (KafkaConsumer<byte[], byte[]> consumer = Topics.consumer(settings, "reader")) {
                try {
                    readWith(consumer);
                } finally {
                    // The wake-up of a close is for a poll, not for this.
                    closeQuickly(consumer);
                }
            } catch (WakeupException | InterruptException e) {
                // It is closed; else it goes on.
                LOG.debug("Woken up", e);
            } catch (OffsetOutOfRangeException e) {
                LOG.warn("The topics have lost records; reading them again ({})", e.getMessage());
            } catch (KafkaException e) {
                // Once for each trouble: it may last for days.
                if (!e.toString().equals(told)) {
                    told = e.toString();
                    LOG.warn("The topics cannot be read; trying again every second", e);
                }
                pause();
            }
        }
    }

    private static void closeQuickly(KafkaConsumer<byte[], byte[]> consumer) {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }

    @SuppressWarnings("ThreadSleep") // The broker refuses; asking at once would be refused again.
    private void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            // Only close() interrupts.
            Thread.currentThread().interrupt();
        }
    }

    /** Until the topics are not what they were. */
    private void readWith(KafkaConsumer<byte[], byte[]> consumer) {
        if (used) {
            board.reset();
        }
        reads = Topics.UNKNOWN;
        unread.clear();
        boolean loaded = false;
        while (!closed) {
            Topics now = wanted;
            if (now != reads) {
                if (!now.continues(reads)) {
                    LOG.info("The topics are not the ones before; reading them again");
                    return;
                }
                used = true;
                assign(consumer, now);
                reads = now;
            }
            if (consumer.assignment().isEmpty()) {
                pause();
                continue;
            }
            show(consumer.poll(POLL));
            if (!unread.isEmpty()) {
                unread.entrySet()
                        .removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            }
            if (!loaded && unread.isEmpty()) {
                loaded = true;
                board.loaded();
            }
        }
    }

    /** Partitions that are read already go on where they are. */
    private void assign(KafkaConsumer<byte[], byte[]> consumer, Topics now) {
        List<TopicPartition> all = new ArrayList<>();
        now.found()
                .forEach(
                        (name, topic) -> {
                            for (int i = 0; i < topic.partitions(); i++) {
                                all.add(new TopicPartition(name, i));
                            }
                        });
        List<TopicPartition> fresh = new ArrayList<>(all);
        fresh.removeAll(consumer.assignment());
        if (fresh.isEmpty()) {
            return;
        }
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(fresh);
        Map<TopicPartition, Long> ends = consumer.endOffsets(fresh);
        consumer.assign(all);
        for (TopicPartition partition : fresh) {
            long begin = begins.get(partition);
            long end = ends.get(partition);
            Integer newest = Topics.NEWEST.get(partition.topic());
            // A partition that is new since we look is read whole.
            boolean whole = newest == null || reads.found().containsKey(partition.topic());
            consumer.seek(partition, whole ? begin : Math.max(begin, end - newest));
            unread.put(partition, end);
        }
    }

    /** Each partition in its order; of several, the record with the older timestamp first. */
    private void show(ConsumerRecords<byte[], byte[]> records) {
        PriorityQueue<Line> lines =
                new PriorityQueue<>(Comparator.comparingLong(line -> line.next().timestamp()));
        for (TopicPartition partition : records.partitions()) {
            lines.add(new Line(records.records(partition)));
        }
        while (!lines.isEmpty()) {
            Line line = lines.poll();
            show(line.next());
            if (line.advance()) {
                lines.add(line);
            }
        }
    }

    /** The records of one partition that were polled, in their order. */
    private static final class Line {
        private final List<ConsumerRecord<byte[], byte[]>> records;
        private int at;

        Line(List<ConsumerRecord<byte[], byte[]>> records) {
            this.records = records;
        }

        ConsumerRecord<byte[], byte[]> next() {
            return records.get(at);
        }

        boolean advance() {
            return ++at < records.size();
        }
    }

    private void show(ConsumerRecord<byte[], byte[]> record) {
        read.get(record.topic()).increment();
        try {
            put(record);
        } catch (IOException e) {
            LongAdder count = skipped.get(record.topic());
            count.increment();
            board.skipped();
            // The first of each topic: more would be a log for whoever writes them.
            if (count.sum() == 1) {
                LOG.warn(
                        "A record of {} is not as expected, and is skipped: partition {}, offset {}:"
                                + " {}",
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        e.getMessage());
            }
        }
    }

    private void put(ConsumerRecord<byte[], byte[]> record) throws IOException {
        String id = record.partition() + "-" + record.offset();
        byte[] value = record.value();
        long at = record.timestamp();
        switch (record.topic()) {
            case KafkaTopics.PRICES -> {
                if (record.key() == null) {
                    throw new IOException("it has no key");
                }
                String key = new String(record.key(), StandardCharsets.UTF_8);
                Row.Position position = new Row.Position(at, record.partition(), record.offset());
                if (value == null) {
                    board.withdrawn(prices.key(key), position, clock.getAsLong());
                } else {
                    board.price(prices.price(key, value, position));
                }
            }
            case KafkaTopics.METRICS -> board.window(others.window(value));
            case KafkaTopics.ALERTS -> board.alert(others.alert(id, value, at));
            case KafkaTopics.DEAD_LETTERS -> board.deadLetter(others.deadLetter(id, value, at));
            default -> board.status(others.status(id, value, at));
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
