package io.slackwater.pricing.operators;

import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;

/**
 * Counters that are part of the state: after a failure or a rescale they say what really became of
 * every line, not what this attempt has seen (contract, promise 3). Each is a Flink metric and an
 * accumulator of the same name.
 *
 * <p>While records are on their way from one operator to the next, the counters of the two do not
 * add up, and cannot. At a checkpoint they do: barriers are aligned, so what one has counted the
 * other has too. {@link #showCheckpointed} shows what was counted by a completed checkpoint.
 */
final class Tally {

    /**
     * Of so many checkpoints one is shown: that whose number divides by it. The subtasks hear of a
     * completed checkpoint one after the other, and Prometheus asks one process after the other. If
     * every checkpoint were shown, a scrape as frequent as the checkpoints could for ever find some
     * subtasks before the change and some after it.
     */
    static final int SHOWN_EVERY = 4;

    private final String[] names;
    private final LongCounter[] counters;
    private transient ListState<long[]> stored;

    /** Counts of checkpoints that may yet complete, by the number of the checkpoint. */
    private final TreeMap<Long, long[]> pending = new TreeMap<>();

    /** Read by the thread that reports. */
    private volatile Shown shown;

    private record Shown(long checkpoint, long[] counts) {}

    private Tally(String... names) {
        this.names = names;
        this.counters = new LongCounter[names.length];
        Arrays.setAll(counters, i -> new LongCounter());
    }

    /** Counters by these names, with what the state holds of them. */
    static Tally restore(
            FunctionInitializationContext state, RuntimeContext runtime, String... names)
            throws Exception {
        Tally tally = new Tally(names);
        tally.stored =
                state.getOperatorStateStore()
                        .getListState(
                                new ListStateDescriptor<>(
                                        "tally",
                                        PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO));
        // Fewer subtasks than before: one gets the counts of several. More: some get none.
        for (long[] counts : tally.stored.get()) {
            for (int i = 0; i < Math.min(counts.length, names.length); i++) {
                tally.counters[i].add(counts[i]);
            }
        }
        for (int i = 0; i < names.length; i++) {
            LongCounter counter = tally.counters[i];
            runtime.addAccumulator(names[i], counter);
            runtime.getMetricGroup().gauge(names[i], counter::getLocalValuePrimitive);
        }
        tally.shown = new Shown(state.getRestoredCheckpointId().orElse(0), tally.counts());
        runtime.getMetricGroup().gauge("countedCheckpoint", () -> tally.shown.checkpoint);
        return tally;
    }

    /**
     * Shows the sum of some counters as a completed checkpoint stored it. The gauge {@code
     * countedCheckpoint} says which one: where all subtasks of the job say the same, their sums are
     * of the same moment of the stream.
     *
     * @param name of the gauge
     * @param summed the counters, by their place among the names
     */
    void showCheckpointed(MetricGroup metrics, String name, int... summed) {
        metrics.gauge(
                name,
                () -> {
                    long[] counts = shown.counts;
                    long sum = 0;
                    for (int counter : summed) {
                        sum += counts[counter];
                    }
                    return sum;
                });
    }

    void snapshot(FunctionSnapshotContext context) throws Exception {
        long[] counts = counts();
        stored.update(List.of(counts));
        if (context.getCheckpointId() % SHOWN_EVERY == 0) {
            pending.put(context.getCheckpointId(), counts);
        }
    }

    /** A checkpoint is complete; those before it will not be any more. */
    void completed(long checkpoint) {
        long[] counts = pending.get(checkpoint);
        pending.headMap(checkpoint, true).clear();
        if (counts != null) {
            shown = new Shown(checkpoint, counts);
        }
    }

    void add(int counter, long count) {
        counters[counter].add(count);
    }

    private long[] counts() {
        return Arrays.stream(counters).mapToLong(LongCounter::getLocalValuePrimitive).toArray();
    }
}
