package io.slackwater.pricing.operators;

import java.util.Arrays;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;

/**
 * Counters that are part of the state: after a failure or a rescale they say what really became of
 * every line, not what this attempt has seen (contract, promise 3). Each is a Flink metric and an
 * accumulator of the same name.
 */
final class Tally {

    private final String[] names;
    private final LongCounter[] counters;
    private transient ListState<long[]> stored;

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
        return tally;
    }

    void snapshot(FunctionSnapshotContext context) throws Exception {
        long[] counts = new long[names.length];
        Arrays.setAll(counts, i -> counters[i].getLocalValuePrimitive());
        stored.update(java.util.List.of(counts));
    }

    void add(int counter, long count) {
        counters[counter].add(count);
    }
}
