package io.slackwater.pricing.dashboard;

import io.slackwater.pricing.dashboard.Topics.Topic;
import io.slackwater.pricing.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the broker every second whether it is there and which topics it has, and every five seconds
 * how much of each topic is not committed: a transaction that stands open holds back every reader
 * of committed records, and the job itself does not see it.
 */
final class BrokerWatch implements AutoCloseable {

    private static final long LOOK_MILLIS = 1_000;
    private static final int NEW_CLIENT_AFTER = 20;
    private static final long MEASURE_NANOS = 5_000_000_000L;
    private static final Logger LOG = LoggerFactory.getLogger(BrokerWatch.class);

    private final Settings settings;
    private final Board board;
    private final Consumer<Topics> reader;
    private final LongSupplier clock;
    private final Thread thread = new Thread(this::run, "dashboard-watch");

    private Topics known = Topics.UNKNOWN;

    /** True if something was missing at the last look; the broker may be starting. */
    private boolean missing;

    private final Map<TopicPartition, Standing> standing = new HashMap<>();

    private volatile Map<String, Unstable> unstable = Map.of();
    private volatile boolean closed;

    /**
     * The records of a topic that readers of committed records cannot see.
     *
     * @param records up to the end
     * @param oldestSeconds how long the first of them has been so; 0: there are none
     */
    record Unstable(long records, double oldestSeconds) {}

    /** The last stable offset of a partition, and since when it stands there below the end. */
    private record Standing(long offset, long sinceNanos) {}

    /**
     * @param reader is told which topics there are, when that changes
     * @param clock epoch milliseconds
     */
    BrokerWatch(Settings settings, Board board, Consumer<Topics> reader, LongSupplier clock) {
        this.settings = settings;
        this.board = board;
        this.reader = reader;
        this.clock = clock;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** By topic; empty while the broker is away: an old figure is worse than none. */
    Map<String, Unstable> unstable() {
        return unstable;
    }

    private void run() {
        String told = "";
        while (!closed) {
            try (Admin admin = Admin.create(Topics.client(settings, "watch"))) {
                try {
                    told = watch(admin, told);
                } finally {
                    admin.close(Duration.ZERO);
                }
            } catch (InterruptedException e) {
                // Only close() interrupts.
                return;
            } catch (KafkaException e) {
                // Such as a name that nobody knows yet.
                told = away(e, told);
                if (pause()) {
                    return;
                }
            }
        }
    }

    private String watch(Admin admin, String before) throws InterruptedException {
        String told = before;
        long measured = System.nanoTime() - MEASURE_NANOS;
        int failures = 0;
        // A broker that stays away may come back under another address: a new client looks it up
        // again.
        while (failures < NEW_CLIENT_AFTER) {
            try {
                Topics now = look(admin);
                if (!board.brokerUp()) {
                    LOG.info("The broker at {} answers", settings.kafka().bootstrapServers());
                    board.broker(true, clock.getAsLong());
                }
                told = "";
                failures = 0;
                boolean less = !now.continues(known);
                // Twice in a row, or it is not believed.
                if (!now.equals(known) && (!less || missing)) {
                    known = now;
                    reader.accept(now);
                    missing = false;
                } else {
                    missing = less;
                }
                if (System.nanoTime() - measured >= MEASURE_NANOS) {
                    measured = System.nanoTime();
                    measure(admin, now);
                }
            } catch (ExecutionException | TimeoutException e) {
                told = away(e, told);
                failures++;
            }
            Thread.sleep(LOOK_MILLIS);
        }
        return told;
    }

    private String away(Exception e, String told) {
        unstable = Map.of();
        standing.clear();
        board.broker(false, clock.getAsLong());
        Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
        if (!cause.toString().equals(told)) {
            LOG.warn(
                    "The broker at {} does not answer; trying again every second ({})",
                    settings.kafka().bootstrapServers(),
                    cause.toString());
        }
        return cause.toString();
    }

    /** Waits; returns true if it was interrupted. */
    private static boolean pause() {
        try {
            Thread.sleep(LOOK_MILLIS);
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    private static Topics look(Admin admin)
            throws ExecutionException, InterruptedException, TimeoutException {
        String cluster = within(admin.describeCluster().clusterId());
        Map<String, Topic> found = new TreeMap<>();
        for (var answer : admin.describeTopics(Topics.ALL).topicNameValues().entrySet()) {
            try {
                TopicDescription topic = within(answer.getValue());
                found.put(answer.getKey(), new Topic(topic.topicId(), topic.partitions().size()));
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
        return new Topics(cluster, found);
    }

    private void measure(Admin admin, Topics topics)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        topics.found()
                .forEach(
                        (name, topic) -> {
                            for (int i = 0; i < topic.partitions(); i++) {
                                ends.put(new TopicPartition(name, i), OffsetSpec.latest());
                            }
                        });
        // In this order: what comes in between counts as not committed, never as less than nothing.
        Map<TopicPartition, ListOffsetsResultInfo> stable =
                offsets(admin, ends, IsolationLevel.READ_COMMITTED);
        Map<TopicPartition, ListOffsetsResultInfo> end =
                offsets(admin, ends, IsolationLevel.READ_UNCOMMITTED);
        Map<String, Long> records = new TreeMap<>();
        Map<String, Double> seconds = new TreeMap<>();
        long now = System.nanoTime();
        for (TopicPartition partition : ends.keySet()) {
            long at = stable.get(partition).offset();
            long open = Math.max(0, end.get(partition).offset() - at);
            double stands = 0;
            if (open == 0) {
                standing.remove(partition);
            } else {
                Standing since = standing.get(partition);
                if (since == null || since.offset() != at) {
                    since = new Standing(at, now);
                    standing.put(partition, since);
                }
                stands = (now - since.sinceNanos()) / 1e9;
            }
            records.merge(partition.topic(), open, Long::sum);
            seconds.merge(partition.topic(), stands, Math::max);
        }
        Map<String, Unstable> measured = new TreeMap<>();
        records.forEach(
                (topic, open) -> measured.put(topic, new Unstable(open, seconds.get(topic))));
        unstable = measured;
    }

    private static Map<TopicPartition, ListOffsetsResultInfo> offsets(
            Admin admin, Map<TopicPartition, OffsetSpec> ends, IsolationLevel isolation)
            throws ExecutionException, InterruptedException, TimeoutException {
        return within(admin.listOffsets(ends, new ListOffsetsOptions(isolation)).all());
    }

    private static <T> T within(KafkaFuture<T> answer)
            throws ExecutionException, InterruptedException, TimeoutException {
        return answer.get(Topics.PATIENCE_MILLIS + 500L, TimeUnit.MILLISECONDS);
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

    /** For those who read figures: the topics in their order. */
    static List<String> inOrder(Map<String, ?> byTopic) {
        List<String> topics = new ArrayList<>(Topics.ALL);
        topics.retainAll(byTopic.keySet());
        return topics;
    }
}
