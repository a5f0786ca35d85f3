package io.slackwater.pricing.dashboard;

import io.slackwater.pricing.settings.Settings;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads one record again when somebody opens it: dead letters are up to a megabyte each, and nobody
 * looks at most of them.
 */
final class Lookup {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Settings settings;

    Lookup(Settings settings) {
        this.settings = settings;
    }

    /** The broker does not answer now. */
    static final class Unanswered extends Exception {
        private static final long serialVersionUID = 1L;

        Unanswered(Throwable cause) {
            super("the broker does not answer", cause);
        }
    }

    /**
     * Finds a record. One at a time: whoever asks more often waits.
     *
     * @return null where there is none of this place, or none any more
     */
    synchronized byte[] value(String topic, int partition, long offset) throws Unanswered {
        TopicPartition place = new TopicPartition(topic, partition);
        try (KafkaConsumer<byte[], byte[]> consumer = Topics.consumer(settings, "lookup")) {
            if (consumer.partitionsFor(topic, PATIENCE).stream()
                            .noneMatch(known -> known.partition() == partition)
                    || consumer.beginningOffsets(List.of(place), PATIENCE).get(place) > offset
                    || consumer.endOffsets(List.of(place), PATIENCE).get(place) <= offset) {
                return null;
            }
            consumer.assign(List.of(place));
            consumer.seek(place, offset);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    // A record that is gone is followed by another one.
                    return record.offset() == offset ? record.value() : null;
                }
                if (consumer.position(place) > offset) {
                    return null;
                }
            }
            throw new Unanswered(null);
        } catch (InvalidOffsetException e) {
            return null;
        } catch (KafkaException e) {
            throw new Unanswered(e);
        }
    }
}
