package io.slackwater.pricing;

import org.apache.flink.streaming.api.datastream.DataStream;

/** A place that a stream can go to: a topic, a table, a list in a test. */
@FunctionalInterface
public interface Output<T> {

    /** Attaches the stream. */
    void write(DataStream<T> stream);

    /** Attaches the stream here and there. */
    default Output<T> and(Output<T> other) {
        return stream -> {
            write(stream);
            other.write(stream);
        };
    }
}
