package io.slackwater.pricing.contract;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.functions.source.legacy.SourceFunction;

/**
 * A source that says its messages when its gate opens, and then stays silent without ending, as a
 * topic does. Checkpoints pass at any time.
 */
abstract class Script<T> implements SourceFunction<T> {

    private static final long serialVersionUID = 1;
    private static final Map<String, CountDownLatch> GATES = new ConcurrentHashMap<>();

    private final String gate;
    private final int from;
    private final int to;
    private transient volatile CountDownLatch cancelled;

    /** A null gate is always open. */
    Script(String gate, int from, int to) {
        this.gate = gate;
        this.from = from;
        this.to = to;
    }

    static void open(String gate) {
        latch(gate).countDown();
    }

    private static CountDownLatch latch(String gate) {
        return GATES.computeIfAbsent(gate, name -> new CountDownLatch(1));
    }

    abstract T message(int number) throws Exception;

    @Override
    public void run(SourceContext<T> context) throws Exception {
        cancelled = new CountDownLatch(1);
        if (gate != null) {
            latch(gate).await();
        }
        for (int number = from; number < to; number++) {
            T message = message(number);
            synchronized (context.getCheckpointLock()) {
                context.collect(message);
            }
        }
        cancelled.await();
    }

    @Override
    public void cancel() {
        if (cancelled != null) {
            cancelled.countDown();
        }
    }

    /** An input that never holds event time back. */
    static <T> WatermarkStrategy<T> neverCounts() {
        return WatermarkStrategy.forGenerator(
                context ->
                        new WatermarkGenerator<>() {
                            @Override
                            public void onEvent(T event, long timestamp, WatermarkOutput output) {}

                            @Override
                            public void onPeriodicEmit(WatermarkOutput output) {
                                output.markIdle();
                            }
                        });
    }
}
