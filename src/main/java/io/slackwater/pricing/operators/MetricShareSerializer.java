package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.MetricShare;
import io.slackwater.pricing.model.MetricShare.Amounts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Crosses the wire once for every window and value that a subtask saw. */
public final class MetricShareSerializer extends RecordSerializer<MetricShare> {

    private static final long serialVersionUID = 1;

    public static final MetricShareSerializer INSTANCE = new MetricShareSerializer();

    /** The type of a stream of shares, and of the state of open windows. */
    public static final TypeInformation<MetricShare> TYPE =
            new SerializedType<>(MetricShare.class, INSTANCE);

    private static final int FORMAT = 1;

    /** Written as their place here; what is not among them is spelled out. */
    private static final List<String> DIMENSIONS = List.of("all", "warehouse", "price_tier");

    private static final int SPELLED_OUT = -1;

    @Override
    public void serialize(MetricShare share, DataOutputView target) throws IOException {
        target.writeByte(FORMAT);
        target.writeLong(share.windowStart());
        int dimension = DIMENSIONS.indexOf(share.dimension());
        target.writeByte(dimension);
        if (dimension == SPELLED_OUT) {
            writeText(share.dimension(), target);
        }
        writeText(share.value(), target);
        target.writeLong(share.units());
        target.writeLong(share.low());
        target.writeLong(share.out());
        target.writeLong(share.oversold());
        List<Amounts> amounts = share.amounts();
        target.writeInt(amounts.size());
        for (int i = 0; i < amounts.size(); i++) {
            Amounts one = amounts.get(i);
            writeText(one.currency(), target);
            target.writeLong(one.updates());
            target.writeLong(one.priced());
            target.writeLong(one.priceChanges());
            writeDecimal(one.minPrice(), target);
            writeDecimal(one.maxPrice(), target);
            writeDecimal(one.priceSum(), target);
            writeDecimal(one.stockValue(), target);
        }
    }

    @Override
    public MetricShare deserialize(DataInputView source) throws IOException {
        expectFormat(FORMAT, source.readByte(), MetricShare.class);
        long windowStart = source.readLong();
        int place = source.readByte();
        String dimension = place == SPELLED_OUT ? readText(source) : DIMENSIONS.get(place);
        String value = readText(source);
        long units = source.readLong();
        long low = source.readLong();
        long out = source.readLong();
        long oversold = source.readLong();
        int size = source.readInt();
        List<Amounts> amounts = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            amounts.add(readAmounts(source));
        }
        return MetricShare.of(windowStart, dimension, value, amounts, units, low, out, oversold);
    }

    private static Amounts readAmounts(DataInputView source) throws IOException {
        return new Amounts(
                readText(source),
                source.readLong(),
                source.readLong(),
                source.readLong(),
                readDecimal(source),
                readDecimal(source),
                readDecimal(source),
                readDecimal(source));
    }

    @Override
    public TypeSerializerSnapshot<MetricShare> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Stored with every snapshot. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<MetricShare> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
