package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.InventorySignal;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Crosses the wire for every sampled product that changed, once a second. Nothing stores it. */
public final class InventorySignalSerializer extends RecordSerializer<InventorySignal> {

    private static final long serialVersionUID = 1;

    public static final InventorySignalSerializer INSTANCE = new InventorySignalSerializer();

    /** The type of a stream of signals. */
    public static final TypeInformation<InventorySignal> TYPE =
            new SerializedType<>(InventorySignal.class, INSTANCE);

    @Override
    public void serialize(InventorySignal signal, DataOutputView target) throws IOException {
        boolean sampled = signal.sampled() != null;
        target.writeBoolean(sampled);
        if (sampled) {
            ProductChangeSerializer.INSTANCE.serialize(signal.sampled(), target);
        } else {
            target.writeLong(signal.newestRead());
        }
    }

    @Override
    public InventorySignal deserialize(DataInputView source) throws IOException {
        return source.readBoolean()
                ? InventorySignal.sampled(ProductChangeSerializer.INSTANCE.deserialize(source))
                : InventorySignal.read(source.readLong());
    }

    @Override
    public TypeSerializerSnapshot<InventorySignal> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Stored with every snapshot that holds signals in flight. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<InventorySignal> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
