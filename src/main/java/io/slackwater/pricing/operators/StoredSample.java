package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.rules.PriceSample;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;

/** A {@link PriceSample} and how it lies in operator state. */
final class StoredSample {

    private final ListState<ProductChange> changes;

    /** The sample's bound, and 1 where it is complete. */
    private final ListState<long[]> bound;

    private PriceSample sample;

    /** With what the state holds of it. */
    StoredSample(OperatorStateStore state, boolean isRestored) throws Exception {
        changes =
                state.getListState(
                        new ListStateDescriptor<>("price-sample", ProductChangeSerializer.TYPE));
        bound =
                state.getListState(
                        new ListStateDescriptor<>(
                                "price-sample-bound",
                                PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO));
        // Release 0.1.0 stored no sample.
        sample = isRestored ? PriceSample.begunLate() : new PriceSample();
        for (long[] stored : bound.get()) {
            sample = PriceSample.restored(stored[0], stored[1] == 1);
        }
        for (ProductChange change : changes.get()) {
            sample.take(change);
        }
    }

    PriceSample sample() {
        return sample;
    }

    void snapshot() throws Exception {
        changes.update(sample.changes());
        bound.update(List.of(new long[] {sample.bound(), sample.isComplete() ? 1 : 0}));
    }
}
