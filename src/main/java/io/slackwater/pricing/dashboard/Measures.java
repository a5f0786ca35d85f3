package io.slackwater.pricing.dashboard;

import io.slackwater.pricing.dashboard.BrokerWatch.Unstable;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What can only be seen from outside the job, in the text format of Prometheus: <a
 * href="https://prometheus.io/docs/instrumenting/exposition_formats/">version 0.0.4</a>.
 */
final class Measures {

    private final StringBuilder text = new StringBuilder(1_024);

    private Measures() {}

    /** The text for a scrape. */
    static String of(Board board, BrokerWatch watch, TopicReader reader, int visitors) {
        Measures measures = new Measures();
        Map<String, Unstable> unstable = watch.unstable();
        Map<String, Number> records = new TreeMap<>();
        Map<String, Number> seconds = new TreeMap<>();
        unstable.forEach(
                (topic, open) -> {
                    records.put(topic, open.records());
                    seconds.put(topic, open.oldestSeconds());
                });
        Map<String, Number> read = new TreeMap<>();
        Map<String, Number> skipped = new TreeMap<>();
        for (String topic : Topics.ALL) {
            read.put(topic, reader.read(topic));
            skipped.put(topic, reader.skipped(topic));
        }
        measures.one(
                "slackwater_broker_up",
                "gauge",
                "Whether the Kafka broker answers: 1 or 0.",
                board.brokerUp() ? 1 : 0);
        measures.byTopic(
                "slackwater_topic_unstable_records",
                "gauge",
                "Records between the last stable offset and the end: in open transactions.",
                records);
        measures.byTopic(
                "slackwater_topic_oldest_unstable_seconds",
                "gauge",
                "How long the last stable offset has been standing still below the end.",
                seconds);
        measures.byTopic(
                "slackwater_dashboard_records_read_total",
                "counter",
                "Records that the live page has read.",
                read);
        measures.byTopic(
                "slackwater_dashboard_records_skipped_total",
                "counter",
                "Records that are not as the contract says, so that the live page leaves them out.",
                skipped);
        measures.one(
                "slackwater_dashboard_visitors",
                "gauge",
                "Browsers that look at the live page now.",
                visitors);
        return measures.text.toString();
    }

    private void one(String name, String type, String help, Number value) {
        head(name, type, help);
        text.append(name).append(' ').append(number(value)).append('\n');
    }

    private void byTopic(String name, String type, String help, Map<String, Number> values) {
        head(name, type, help);
        values.forEach(
                (topic, value) ->
                        text.append(name)
                                .append("{topic=\"")
                                .append(escaped(topic))
                                .append("\"} ")
                                .append(number(value))
                                .append('\n'));
    }

    private void head(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static String number(Number value) {
        return value instanceof Double seconds
                ? String.format(Locale.ROOT, "%.3f", seconds)
                : value.toString();
    }

    /** The value of a label. */
    static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
