package io.slackwater.pricing.connectors;

import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.RuleBookMessage;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.model.Source;
import io.slackwater.pricing.settings.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The rule books that {@code pricing_rules} no longer has: what was accepted and retired before its
 * first message, from the table {@code pricing.rule_books}.
 */
final class RuleHistory {

    /** The place of a message that comes from the lake: it is on no topic. */
    static final long NO_OFFSET = -1;

    private static final Duration POLL = Duration.ofMillis(200);

    private RuleHistory() {}

    /**
     * Where the topic begins.
     *
     * @param offset of its first message of all; where it had some and has none, its end; 0 where
     *     it never had one
     * @param book its first message about the book that prices; null: there is none
     */
    record Beginning(long offset, First book) {}

    /**
     * The first message about a book that the topic has.
     *
     * @param version null where it is not known: a retirement, or no rule book
     * @param publishedAt its timestamp, epoch milliseconds
     */
    record First(Long version, long publishedAt) {

        /**
         * Returns whether this was published after a version, or after a retirement that followed
         * it.
         */
        private boolean follows(Step step, RuleStatus answer) {
            // The clocks of those who publish differ; what is numbered is ordered all the same.
            return answer.publishedAt() < publishedAt
                    || (version != null && step.version() < version);
        }
    }

    /** A version, or the retirement that followed it. */
    private record Step(long version, boolean retired) implements Comparable<Step> {
        @Override
        public int compareTo(Step other) {
            return Comparator.comparingLong(Step::version)
                    .thenComparing(Step::retired)
                    .compare(this, other);
        }
    }

    /**
     * Reads the topic as far as its first message about the book that prices.
     *
     * @throws KafkaException when the broker refuses
     * @throws TimeoutException when it does not answer
     */
    static Beginning beginning(Settings settings) throws TimeoutException {
        TopicPartition rules = new TopicPartition(KafkaTopics.RULES, 0);
        String bookId = settings.pricing().book();
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        KafkaClients.consumer(settings.kafka()),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        try {
            consumer.assign(List.of(rules));
            consumer.seekToBeginning(List.of(rules));
            long end = consumer.endOffsets(List.of(rules)).get(rules);
            long first = end;
            long deadline = System.nanoTime() + KafkaTopics.PATIENCE.toNanos();
            while (consumer.position(rules) < end) {
                for (ConsumerRecord<byte[], byte[]> message : consumer.poll(POLL)) {
                    first = Math.min(first, message.offset());
                    First found = about(bookId, message);
                    if (found != null) {
                        return new Beginning(first, found);
                    }
                    deadline = System.nanoTime() + KafkaTopics.PATIENCE.toNanos();
                }
                if (System.nanoTime() > deadline) {
                    throw new TimeoutException("No message of " + rules);
                }
            }
            return new Beginning(first, null);
        } finally {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    /** Null where the message is about another book, as the job reads it. */
    private static First about(String bookId, ConsumerRecord<byte[], byte[]> message) {
        String key =
                message.key() == null ? null : new String(message.key(), StandardCharsets.UTF_8);
        if (message.value() == null) {
            return bookId.equals(key) ? new First(null, message.timestamp()) : null;
        }
        RuleBookReader.Result read = RuleBookReader.read(message.value());
        return bookId.equals(read.bookId() == null ? key : read.bookId())
                ? new First(read.version(), message.timestamp())
                : null;
    }

    /**
     * Reads from the lake what the topic no longer has.
     *
     * @return in the order of publication, each with {@link #NO_OFFSET}
     * @throws StartupException when the broker or the lake cannot be read
     */
    static List<RuleBookMessage> missing(Settings settings) {
        try (LakeReader lake = LakeReader.open(settings.lake())) {
            return before(
                    beginning(settings).book(),
                    lake.answers(settings.pricing().book()),
                    settings.pricing().book());
        } catch (LakeReader.Unreadable | KafkaException | TimeoutException | IOException e) {
            throw new StartupException(
                    List.of(
                            "rules.history: what pricing_rules no longer has cannot be read: "
                                    + StartupException.reason(e)));
        }
    }

    /**
     * What was accepted or retired before the first message that the topic has.
     *
     * @param first null: it has none
     * @param answers of the lake about the book, in any order
     */
    static List<RuleBookMessage> before(First first, List<RuleStatus> answers, String bookId) {
        TreeMap<Step, RuleStatus> steps = new TreeMap<>();
        answers.stream()
                .filter(answer -> answer.publishedAt() != null && answer.version() != null)
                .filter(answer -> isRetirement(answer) || LakeReader.isAcceptance(answer))
                .sorted(
                        Comparator.comparing(RuleStatus::publishedAt)
                                .thenComparing(RuleStatus::version))
                .forEach(answer -> put(steps, answer));
        List<RuleBookMessage> messages = new ArrayList<>();
        steps.forEach(
                (step, answer) -> {
                    if (first == null || first.follows(step, answer)) {
                        messages.add(
                                new RuleBookMessage(
                                        new Source(
                                                KafkaTopics.RULES,
                                                0,
                                                NO_OFFSET,
                                                answer.publishedAt()),
                                        bytes(bookId),
                                        step.retired() ? null : bytes(answer.document())));
                    }
                });
        return messages;
    }

    private static boolean isRetirement(RuleStatus answer) {
        return answer.state() == State.RETIRED;
    }

    /**
     * Accepted versions only grow, so the order of versions is that of publication. A version that
     * was accepted twice at different times was given again on a topic that began anew: whatever
     * followed its first giving is of the old topic and no longer counts.
     */
    private static void put(TreeMap<Step, RuleStatus> steps, RuleStatus answer) {
        if (isRetirement(answer)) {
            // It is told of every version that it took back, not of those whose time was over.
            long after = answer.version();
            for (Map.Entry<Step, RuleStatus> known : steps.entrySet()) {
                if (known.getValue().publishedAt() < answer.publishedAt()) {
                    after = Math.max(after, known.getKey().version());
                }
            }
            steps.put(new Step(after, true), answer);
            return;
        }
        Step step = new Step(answer.version(), false);
        RuleStatus before = steps.get(step);
        if (before != null && !before.publishedAt().equals(answer.publishedAt())) {
            steps.tailMap(step, true).clear();
        }
        steps.put(step, answer);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
