package io.slackwater.pricing.testing;

import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.runtime.io.disk.iomanager.IOManager;
import org.apache.flink.runtime.io.disk.iomanager.IOManagerAsync;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.streaming.api.operators.StreamOperatorFactory;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;

/**
 * Flink's harness of an operator with two inputs, keyed by a string, but in an environment of which
 * ten thousand can be made: Flink's own starts threads that write spill files, for each operator,
 * and nothing is spilled here.
 *
 * @param <A> first input
 * @param <B> second input
 * @param <R> output
 */
final class KeyedHarness<A, B, R> extends AbstractStreamOperatorTestHarness<R> {

    private static final IOManager FOR_ALL = new IOManagerAsync();

    /** A null second key: that input is a broadcast. */
    KeyedHarness(
            StreamOperatorFactory<R> operator,
            KeySelector<A, String> firstKey,
            KeySelector<B, String> secondKey,
            int maxParallelism,
            int subtasks,
            int subtask)
            throws Exception {
        // Not closed by the harness, as it is not its own; that would end the threads of all.
        super(
                operator,
                MockEnvironment.builder()
                        .setIOManager(FOR_ALL)
                        .setMaxParallelism(maxParallelism)
                        .setParallelism(subtasks)
                        .setSubtaskIndex(subtask)
                        .build());
        config.setStatePartitioner(0, firstKey);
        if (secondKey != null) {
            config.setStatePartitioner(1, secondKey);
        }
        config.setStateKeySerializer(
                Types.STRING.createSerializer(executionConfig.getSerializerConfig()));
        config.serializeAllConfigs();
    }

    @SuppressWarnings("unchecked") // The factory makes an operator of two inputs.
    private TwoInputStreamOperator<A, B, R> both() {
        return (TwoInputStreamOperator<A, B, R>) getOperator();
    }

    void processElement1(StreamRecord<A> element) throws Exception {
        both().setKeyContextElement1(element);
        both().processElement1(element);
    }

    void processElement2(StreamRecord<B> element) throws Exception {
        both().setKeyContextElement2(element);
        both().processElement2(element);
    }

    void processWatermark1(Watermark mark) throws Exception {
        both().processWatermark1(mark);
    }

    void processWatermark2(Watermark mark) throws Exception {
        both().processWatermark2(mark);
    }

    void processWatermarkStatus1(WatermarkStatus status) throws Exception {
        both().processWatermarkStatus1(status);
    }

    void processWatermarkStatus2(WatermarkStatus status) throws Exception {
        both().processWatermarkStatus2(status);
    }
}
