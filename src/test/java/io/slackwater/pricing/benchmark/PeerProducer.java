package io.slackwater.pricing.benchmark;

import java.util.HashMap;
import java.util.Map;

/** How every contestant but the job itself writes: large compressed batches. */
final class PeerProducer {

    private PeerProducer() {}

    /** Returns settings of a producer, without brokers and transactions. */
    static Map<String, Object> properties() {
        Map<String, Object> properties = new HashMap<>();
        properties.put("acks", "all");
        properties.put("compression.type", "lz4");
        properties.put("batch.size", 256 << 10);
        properties.put("linger.ms", 20);
        properties.put("buffer.memory", 64L << 20);
        return properties;
    }
}
