package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.PricedStock;
import io.slackwater.pricing.model.PricedStock.Standing;
import java.util.List;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;

/**
 * How many stock levels one subtask keeps ({@code stockLevels}), but for delisted ones, and how
 * many of them have no price now ({@code unpricedLevels}): no rule gives them one, or no rules are
 * known yet. Each is a Flink metric and an accumulator of the same name.
 *
 * <p>Counted as they come and go, because nobody can count the keys of a database at every scrape,
 * and by key group, because that is how keys move to other subtasks: after a rescale each subtask
 * still counts its own. What an earlier release stored without these counts is counted once, by a
 * walk over the keys when the job starts.
 */
final class StockCount {

    /** Of each subtask: its first key group, then levels and unpriced levels of each group. */
    private static final ListStateDescriptor<long[]> STATE =
            new ListStateDescriptor<>(
                    "stock-count", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO);

    private final ListState<long[]> stored;
    private final KeyGroupRange groups;
    private final int maxParallelism;

    /** As stored. */
    private final long[] counts;

    private final boolean complete;

    private final LongCounter levels = new LongCounter();
    private final LongCounter unpriced = new LongCounter();

    private StockCount(
            ListState<long[]> stored, boolean isRestored, KeyGroupRange groups, int maxParallelism)
            throws Exception {
        this.stored = stored;
        this.groups = groups;
        this.maxParallelism = maxParallelism;
        this.counts = new long[1 + 2 * groups.getNumberOfKeyGroups()];
        this.counts[0] = groups.getStartKeyGroup();
        boolean found = false;
        for (long[] part : stored.get()) {
            found = true;
            for (int i = 1; i < part.length; i += 2) {
                int group = (int) part[0] + i / 2;
                if (groups.contains(group)) {
                    add(group, part[i], part[i + 1]);
                }
            }
        }
        this.complete = found || !isRestored;
    }

    /**
     * With what the state holds of it.
     *
     * @param groups the key groups of this subtask
     */
    static StockCount restore(
            StateInitializationContext context, RuntimeContext runtime, KeyGroupRange groups)
            throws Exception {
        StockCount count =
                new StockCount(
                        context.getOperatorStateStore().getUnionListState(STATE),
                        context.isRestored(),
                        groups,
                        runtime.getTaskInfo().getMaxNumberOfParallelSubtasks());
        show(runtime, "stockLevels", count.levels);
        show(runtime, "unpricedLevels", count.unpriced);
        return count;
    }

    private static void show(RuntimeContext runtime, String name, LongCounter counter) {
        runtime.addAccumulator(name, counter);
        runtime.getMetricGroup().gauge(name, counter::getLocalValuePrimitive);
    }

    /** False where the state is of a release that did not count: then everything is to be told. */
    boolean isComplete() {
        return complete;
    }

    /**
     * A stock level comes, changes or goes.
     *
     * @param before null: there was none
     */
    void moved(String productId, PricedStock before, PricedStock after) {
        int known = isKnown(after) - isKnown(before);
        int without = isUnpriced(after) - isUnpriced(before);
        if (known != 0 || without != 0) {
            add(
                    KeyGroupRangeAssignment.assignToKeyGroup(productId, maxParallelism),
                    known,
                    without);
        }
    }

    void snapshot() throws Exception {
        stored.update(List.of(counts.clone()));
    }

    private void add(int group, long known, long without) {
        int at = 1 + 2 * (group - groups.getStartKeyGroup());
        counts[at] += known;
        counts[at + 1] += without;
        levels.add(known);
        unpriced.add(without);
    }

    private static int isKnown(PricedStock stock) {
        return stock == null || stock.standing() == Standing.WITHDRAWN ? 0 : 1;
    }

    private static int isUnpriced(PricedStock stock) {
        return isKnown(stock) == 1 && stock.standing() != Standing.PRICED ? 1 : 0;
    }
}
