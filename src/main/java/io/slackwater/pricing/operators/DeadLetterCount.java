package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.DeadLetter;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * Counts the dead letters of one operator: {@code deadLetters}, and the same again by {@code
 * reason}. The first is there from the start, so that the very first letter is an increase of it; a
 * reason is there from its first letter on.
 */
final class DeadLetterCount {

    /**
     * Reasons are constants of this code, far fewer than this. Should one ever be made of what
     * somebody sent, it does not make series without end.
     */
    private static final int MOST_REASONS = 100;

    private static final String OTHERS = "OTHERS";

    private final MetricGroup metrics;
    private final Counter all;
    private final Map<String, Counter> byReason = new HashMap<>();

    DeadLetterCount(MetricGroup metrics) {
        this.metrics = metrics;
        this.all = metrics.counter("deadLetters");
    }

    void count(DeadLetter letter) {
        all.inc();
        String reason = letter.reason();
        Counter counter = byReason.get(reason);
        if (counter == null) {
            String label = byReason.size() < MOST_REASONS ? reason : OTHERS;
            counter =
                    byReason.computeIfAbsent(
                            label, name -> metrics.addGroup("reason", name).counter("deadLetters"));
        }
        counter.inc();
    }
}
