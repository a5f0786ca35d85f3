package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.InventoryMessage;
import io.slackwater.pricing.model.InventoryMessage.Kind;
import io.slackwater.pricing.model.InventorySignal;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Carries event time to where rule books begin and end: the watermarks of the inventory, and, when
 * a bounded run has read everything, the newest event time that it read.
 *
 * <p>The second is needed because the engine ends every bounded input with the greatest watermark
 * of all; taken at its word, it would end promotions of next year.
 */
public final class TrackEventTime extends AbstractStreamOperator<InventorySignal>
        implements OneInputStreamOperator<InventoryMessage, InventorySignal> {

    private static final long serialVersionUID = 1;

    private transient ListState<Long> stored;
    private transient long newest;

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        stored =
                context.getOperatorStateStore()
                        .getUnionListState(new ListStateDescriptor<>("newest", Types.LONG));
        newest = Long.MIN_VALUE;
        for (long restored : stored.get()) {
            newest = Math.max(newest, restored);
        }
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        stored.update(java.util.List.of(newest));
    }

    @Override
    public void processElement(StreamRecord<InventoryMessage> element) {
        InventoryMessage message = element.getValue();
        if (message.kind() != Kind.UNUSABLE) {
            newest = Math.max(newest, message.version().eventTime());
        }
    }

    /** The engine's last watermark comes before the end of the input is told: so must this. */
    @Override
    public void processWatermark(Watermark mark) throws Exception {
        if (mark.getTimestamp() == Long.MAX_VALUE) {
            output.collect(new StreamRecord<>(InventorySignal.read(newest)));
        }
        super.processWatermark(mark);
    }
}
