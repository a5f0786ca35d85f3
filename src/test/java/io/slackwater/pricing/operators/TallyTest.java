package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.slackwater.pricing.json.InventoryDecoder;
import io.slackwater.pricing.model.InventoryMessage;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.StockLevel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.metrics.groups.InternalOperatorMetricGroup;
import org.apache.flink.runtime.metrics.groups.UnregisteredMetricGroups.UnregisteredTaskMetricGroup;
import org.apache.flink.runtime.metrics.util.InterceptingOperatorMetricGroup;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;

/** What the counters of the conservation law say of a checkpoint, told by flatten-inventory. */
class TallyTest {

    private static final InventoryDecoder DECODER =
            new InventoryDecoder(new InventoryDecoder.Limits(-9, 9, 600_000, 10), false);

    @Test
    void showsWhatACheckpointCountedOnlyWhenItIsComplete() throws Exception {
        try (Flattener flattener = new Flattener(null)) {
            assertEquals(0, flattener.gauge("countedCheckpoint"));
            flattener.read(3, 1);
            flattener.harness.snapshot(4, 0);
            flattener.read(2, 0);
            assertEquals(0, flattener.gauge("linesCheckpointed"));
            flattener.harness.notifyOfCompletedCheckpoint(4);
            assertEquals(4, flattener.gauge("countedCheckpoint"));
            assertEquals(4, flattener.gauge("linesCheckpointed"));
            assertEquals(1, flattener.gauge("placedCheckpointed"));
            assertEquals(6, flattener.gauge("lines"));
        }
    }

    @Test
    void showsOneOfSeveralCheckpointsSoThatAllSubtasksShowTheSameMostOfTheTime() throws Exception {
        try (Flattener flattener = new Flattener(null)) {
            for (int checkpoint = 1; checkpoint <= 11; checkpoint++) {
                flattener.read(1, 0);
                flattener.harness.snapshot(checkpoint, 0);
                flattener.harness.notifyOfCompletedCheckpoint(checkpoint);
                int shown = checkpoint / Tally.SHOWN_EVERY * Tally.SHOWN_EVERY;
                assertEquals(shown, flattener.gauge("countedCheckpoint"));
                assertEquals(shown, flattener.gauge("linesCheckpointed"));
            }
        }
    }

    @Test
    void neverShowsACheckpointThatFailed() throws Exception {
        try (Flattener flattener = new Flattener(null)) {
            flattener.read(1, 0);
            flattener.harness.snapshot(4, 0);
            flattener.read(1, 0);
            flattener.harness.snapshot(5, 0);
            flattener.harness.notifyOfCompletedCheckpoint(5);
            assertEquals(0, flattener.gauge("linesCheckpointed"));
            flattener.harness.notifyOfCompletedCheckpoint(4);
            assertEquals(0, flattener.gauge("linesCheckpointed"), "it came too late to be true");
        }
    }

    @Test
    void showsWhatWasRestoredAfterAFailure() throws Exception {
        OperatorSubtaskState state;
        try (Flattener flattener = new Flattener(null)) {
            flattener.read(5, 2);
            state = flattener.harness.snapshot(7, 0);
            flattener.read(5, 0);
        }
        try (Flattener restored = new Flattener(state)) {
            assertEquals(7, restored.gauge("linesCheckpointed"));
            assertEquals(2, restored.gauge("placedCheckpointed"));
            assertEquals(7, restored.gauge("lines"));
        }
    }

    @Test
    void countsALineWithoutAnOptionalFieldAsGoodAndItsLetterToo() throws Exception {
        try (Flattener flattener = new Flattener(null)) {
            flattener.read(
                    "{\"product_id\":\"P\",\"inventory\":[{\"warehouse_id\":\"A\",\"restocking_time\":\"\","
                            + "\"delivery_time\":0.5},{\"warehouse_id\":\"B\",\"quantity\":0.5}]}");
            assertEquals(2, flattener.gauge("lines"));
            assertEquals(1, flattener.gauge("deadLines"));
            assertEquals(3, flattener.counter("deadLetters"));
            assertEquals(
                    List.of("A"),
                    flattener.harness.extractOutputValues().stream()
                            .flatMap(change -> change.stockLevels().stream())
                            .map(StockLevel::warehouseId)
                            .toList());
            assertEquals(
                    List.of(
                            "/inventory/0/restocking_time",
                            "/inventory/0/delivery_time",
                            "/inventory/1/quantity"),
                    flattener.harness.getSideOutput(FlattenInventory.DEAD_LETTERS).stream()
                            .map(letter -> letter.getValue().path())
                            .toList());
        }
    }

    @Test
    void countsDelistingsAndNotMessagesThatWithdrawWhatTheyDoNotName() throws Exception {
        try (Flattener flattener = new Flattener(null)) {
            flattener.delist("P");
            flattener.delist("{\"product_id\":\"Q\"}");
            flattener.delist("{}");
            flattener.read(1, 0);
            assertEquals(2, flattener.gauge("delistings"));
            assertEquals(4, flattener.gauge("messages"));
            assertEquals(1, flattener.gauge("deadMessages"));
            assertEquals(1, flattener.gauge("lines"));
        }
    }

    @Test
    void goesOnFromTheFourCountersOfTheFirstRelease() throws Exception {
        OperatorSubtaskState stored;
        try (var first =
                new OneInputStreamOperatorTestHarness<>(
                        new ProcessOperator<>(new FourCounters()))) {
            first.open();
            stored = first.snapshot(7, 0);
        }
        try (Flattener flattener = new Flattener(stored)) {
            flattener.delist("P");
            assertEquals(12, flattener.gauge("messages"));
            assertEquals(2, flattener.gauge("deadMessages"));
            assertEquals(30, flattener.gauge("lines"));
            assertEquals(4, flattener.gauge("deadLines"));
            assertEquals(1, flattener.gauge("delistings"));
        }
    }

    /** What flatten-inventory stored in release 0.1.0. */
    private static final class FourCounters extends ProcessFunction<InventoryMessage, ProductChange>
            implements CheckpointedFunction {

        @Override
        public void initializeState(FunctionInitializationContext context) throws Exception {
            context.getOperatorStateStore()
                    .getListState(
                            new ListStateDescriptor<>(
                                    "tally", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO))
                    .update(List.of(new long[] {11, 2, 30, 4}));
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) {}

        @Override
        public void processElement(
                InventoryMessage message, Context context, Collector<ProductChange> out) {}
    }

    @Test
    void countsDeadLettersByReason() throws Exception {
        try (Flattener flattener = new Flattener(null)) {
            assertEquals(0, flattener.counter("deadLetters"));
            flattener.read(0, 2);
            flattener.read("no JSON");
            assertEquals(3, flattener.counter("deadLetters"));
            assertEquals(2, flattener.counter("QUANTITY_NOT_INTEGER/deadLetters"));
            assertEquals(1, flattener.counter("MALFORMED_JSON/deadLetters"));
        }
    }

    /** flatten-inventory, and what it registers. */
    private static final class Flattener implements AutoCloseable {
        private final Map<String, Metric> metrics = new HashMap<>();
        private final OneInputStreamOperatorTestHarness<InventoryMessage, ProductChange> harness;
        private long offset;

        Flattener(OperatorSubtaskState state) throws Exception {
            harness =
                    new OneInputStreamOperatorTestHarness<>(
                            new ProcessOperator<>(new FlattenInventory()),
                            MockEnvironment.builder()
                                    .setMetricGroup(
                                            new UnregisteredTaskMetricGroup() {
                                                @Override
                                                public InternalOperatorMetricGroup getOrAddOperator(
                                                        OperatorID id, String name) {
                                                    return new Registered(metrics);
                                                }
                                            })
                                    .build());
            harness.setup();
            if (state != null) {
                harness.initializeState(state);
            }
            harness.open();
        }

        void read(int good, int bad) throws Exception {
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < good + bad; i++) {
                lines.append(i == 0 ? "" : ",")
                        .append("{\"warehouse_id\":\"W%d\",\"quantity\":".formatted(i))
                        .append(i < good ? "1}" : "\"none\"}");
            }
            read("{\"product_id\":\"P\",\"inventory\":[%s]}".formatted(lines));
        }

        void read(String message) throws Exception {
            read(null, message.getBytes(StandardCharsets.UTF_8));
        }

        /** A tombstone. */
        void delist(String key) throws Exception {
            read(key.getBytes(StandardCharsets.UTF_8), null);
        }

        private void read(byte[] key, byte[] value) throws Exception {
            harness.processElement(
                    new StreamRecord<>(
                            DECODER.decode(key, value, "inventory_raw", 0, offset++, 1_000)));
        }

        long gauge(String name) {
            return (Long) ((Gauge<?>) metrics.get(name)).getValue();
        }

        long counter(String name) {
            return ((Counter) metrics.get(name)).getCount();
        }

        @Override
        public void close() throws Exception {
            harness.close();
        }
    }

    /** Remembers what is registered; below a label by its value. */
    private static final class Registered extends InterceptingOperatorMetricGroup {
        private final Map<String, Metric> metrics;

        Registered(Map<String, Metric> metrics) {
            this.metrics = metrics;
        }

        @Override
        protected void addMetric(String name, Metric metric) {
            // The super constructor registers the task's own before there is a map.
            if (metrics != null) {
                metrics.put(name, metric);
            }
        }

        @Override
        public MetricGroup addGroup(String key, String value) {
            Map<String, Metric> below = metrics;
            return new InterceptingOperatorMetricGroup() {
                @Override
                protected void addMetric(String name, Metric metric) {
                    if (below != null) {
                        below.put(value + "/" + name, metric);
                    }
                }
            };
        }
    }
}
