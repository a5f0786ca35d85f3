package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.PricedStock;
import io.slackwater.pricing.model.PricedStock.Standing;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Read from and written to the state once for every stock level. */
public final class PricedStockSerializer extends RecordSerializer<PricedStock> {

    private static final long serialVersionUID = 1;

    public static final PricedStockSerializer INSTANCE = new PricedStockSerializer();

    /** The type of the state. */
    public static final TypeInformation<PricedStock> TYPE =
            new SerializedType<>(PricedStock.class, INSTANCE);

    private static final int FORMAT = 1;
    private static final Standing[] STANDINGS = Standing.values();

    @Override
    public void serialize(PricedStock stock, DataOutputView target) throws IOException {
        target.writeByte(FORMAT);
        target.writeByte(stock.standing().ordinal());
        target.writeByte(stock.condition());
        target.writeLong(stock.quantity());
        target.writeInt(stock.deliveryTime());
        target.writeInt(stock.restockingTime());
        ProductChangeSerializer.writeVersion(stock.version(), target);
        target.writeLong(stock.ingestedAt());
        writeText(stock.priceTier(), target);
        writeDecimal(stock.price(), target);
        writeText(stock.currency(), target);
        target.writeLong(stock.priceVersion());
    }

    @Override
    public PricedStock deserialize(DataInputView source) throws IOException {
        expectFormat(FORMAT, source.readByte(), PricedStock.class);
        return new PricedStock(
                STANDINGS[source.readByte()],
                source.readByte(),
                source.readLong(),
                source.readInt(),
                source.readInt(),
                ProductChangeSerializer.readVersion(source),
                source.readLong(),
                readText(source),
                readDecimal(source),
                readText(source),
                source.readLong(),
                java.util.Map.of(),
                PricedStock.Limit.NONE,
                PricedStock.NEVER,
                PricedStock.NEVER);
    }

    @Override
    public TypeSerializerSnapshot<PricedStock> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Stored with every snapshot. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<PricedStock> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
