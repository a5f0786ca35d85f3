package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.InventoryMessage;
import io.slackwater.pricing.model.InventoryMessage.Kind;
import io.slackwater.pricing.model.ProductChange;
import java.util.List;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * One inventory message becomes one record per warehouse. What could not be used, messages, lines
 * or single fields, leaves by {@link #DEAD_LETTERS}.
 *
 * <p>A flattened level cannot tell which warehouses its message did <em>not</em> name. Where
 * messages are complete, a withdrawal therefore follows the levels: at the product it ends all that
 * was told before this message.
 */
public final class FlattenInventory extends ProcessFunction<InventoryMessage, ProductChange>
        implements CheckpointedFunction, CheckpointListener {

    public static final OutputTag<DeadLetter> DEAD_LETTERS = new OutputTag<>("dead-letters") {};

    private static final int MESSAGES = 0;
    private static final int DEAD_MESSAGES = 1;
    private static final int LINES = 2;
    private static final int DEAD_LINES = 3;
    private static final int DELISTINGS = 4;

    private transient Tally tally;
    private transient DeadLetterCount dead;

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        tally =
                Tally.restore(
                        context,
                        getRuntimeContext(),
                        "messages",
                        "deadMessages",
                        "lines",
                        "deadLines",
                        // Last: release 0.1.0 stored those before it, by their place.
                        "delistings");
        MetricGroup metrics = getRuntimeContext().getMetricGroup();
        tally.showCheckpointed(metrics, "linesCheckpointed", LINES);
        tally.showCheckpointed(metrics, "placedCheckpointed", DEAD_LINES);
        dead = new DeadLetterCount(metrics);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        tally.snapshot(context);
    }

    @Override
    public void notifyCheckpointComplete(long checkpoint) {
        tally.completed(checkpoint);
    }

    @Override
    public void processElement(
            InventoryMessage message, Context context, Collector<ProductChange> out) {
        tally.add(MESSAGES, 1);
        List<DeadLetter> deadLetters = message.deadLetters();
        for (int i = 0; i < deadLetters.size(); i++) {
            dead.count(deadLetters.get(i));
            context.output(DEAD_LETTERS, deadLetters.get(i));
        }
        if (message.kind() == Kind.UNUSABLE) {
            tally.add(DEAD_MESSAGES, 1);
            return;
        }
        tally.add(LINES, message.lines());
        tally.add(DEAD_LINES, message.lines() - message.stockLevels().size());
        if (!message.stockLevels().isEmpty()) {
            out.collect(ProductChange.stock(message.productId(), message.stockLevels()));
        }
        if (message.kind() == Kind.DELISTED) {
            tally.add(DELISTINGS, 1);
            out.collect(ProductChange.delisting(message.productId(), message.version()));
        } else if (message.kind() == Kind.COMPLETE) {
            out.collect(ProductChange.withdrawal(message.productId(), message.version()));
        }
    }
}
