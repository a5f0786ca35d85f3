package io.slackwater.pricing.benchmark;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;

/**
 * Holds the job's inventory readers back at their start until the rule book and the catalog have
 * been read. Stock that comes before any rule book waits, and is overtaken while it does, so that
 * the records due could not be known.
 *
 * <p>Kafka makes it with each client, told by {@code kafka.client.metric.reporters}: nothing of the
 * job is changed, and no record passes through it.
 */
public final class StartGate implements MetricsReporter {

    private static final long MILLIS = 5_000;

    @Override
    public void configure(Map<String, ?> configs) {
        if (String.valueOf(configs.get("client.id")).matches(".*-read-inventory-\\d+")) {
            try {
                Thread.sleep(MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void init(List<KafkaMetric> metrics) {}

    @Override
    public void metricChange(KafkaMetric metric) {}

    @Override
    public void metricRemoval(KafkaMetric metric) {}

    @Override
    public void close() {}
}
