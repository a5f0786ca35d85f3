package io.slackwater.pricing.connectors;

import io.slackwater.pricing.model.RuleBookMessage;
import io.slackwater.pricing.model.Source;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Puts the rule books that the topic no longer has before those that it has, once: a job that goes
 * on from its state has heard them already.
 */
final class RecallRuleBooks extends AbstractStreamOperator<RuleBookMessage>
        implements OneInputStreamOperator<RuleBookMessage, RuleBookMessage> {

    private static final long serialVersionUID = 1L;

    private final byte[][] keys;
    private final byte[][] documents;
    private final long[] publishedAt;

    private transient ListState<Boolean> stored;
    private transient boolean recalled;

    /**
     * @param messages in the order of publication
     */
    RecallRuleBooks(List<RuleBookMessage> messages) {
        keys = messages.stream().map(RuleBookMessage::key).toArray(byte[][]::new);
        documents = messages.stream().map(RuleBookMessage::document).toArray(byte[][]::new);
        publishedAt = messages.stream().mapToLong(m -> m.source().timestamp()).toArray();
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        stored =
                context.getOperatorStateStore()
                        .getListState(new ListStateDescriptor<>("recalled", Types.BOOLEAN));
        recalled = context.isRestored();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        // Without any state of its own the operator would not be told that it was restored.
        stored.update(List.of(true));
    }

    /** Records may leave once all tasks run: by a letter to itself, which is read before inputs. */
    @Override
    public void open() throws Exception {
        super.open();
        if (!recalled) {
            getContainingTask()
                    .getMailboxExecutorFactory()
                    .createExecutor(getOperatorConfig().getChainIndex())
                    .execute(this::recall, "recall rule books");
        }
    }

    private void recall() {
        if (documents.length > 0) {
            LOG.info("{} rule books and retirements come from the lake", documents.length);
        }
        for (int i = 0; i < documents.length; i++) {
            output.collect(
                    new StreamRecord<>(
                            new RuleBookMessage(
                                    new Source(
                                            KafkaTopics.RULES,
                                            0,
                                            RuleHistory.NO_OFFSET,
                                            publishedAt[i]),
                                    keys[i],
                                    documents[i]),
                            publishedAt[i]));
        }
        recalled = true;
    }

    @Override
    public void processElement(StreamRecord<RuleBookMessage> element) {
        output.collect(element);
    }
}
