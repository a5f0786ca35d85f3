package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.PricedStock;
import io.slackwater.pricing.model.PricedStock.Limit;
import io.slackwater.pricing.model.PricedStock.SegmentMark;
import io.slackwater.pricing.model.PricedStock.Standing;
import io.slackwater.pricing.model.StockVersion;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes a stock level that has an entry of the state to itself. */
public final class PricedStockSerializer extends RecordSerializer<PricedStock> {

    private static final long serialVersionUID = 1;

    public static final PricedStockSerializer INSTANCE = new PricedStockSerializer();

    /** The type of the state. */
    public static final TypeInformation<PricedStock> TYPE =
            new SerializedType<>(PricedStock.class, INSTANCE);

    /** What release 0.1.0 wrote: nothing of segments, limits and holds. */
    private static final int FIRST_FORMAT = 1;

    /** Nothing of the marks of segments, and at most 255 of these. */
    private static final int SECOND_FORMAT = 2;

    private static final int FORMAT = 3;
    private static final Standing[] STANDINGS = Standing.values();
    private static final Limit[] LIMITS = Limit.values();
    private static final SegmentMark[] MARKS = SegmentMark.values();

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
        target.writeByte(stock.limit().ordinal());
        target.writeLong(stock.changedAt());
        target.writeLong(stock.heldUntil());
        writeSegments(stock, target);
    }

    static void writeSegments(PricedStock stock, DataOutputView target) throws IOException {
        target.writeInt(stock.segmentPrices().size());
        for (Map.Entry<String, BigDecimal> segment : stock.segmentPrices().entrySet()) {
            writeText(segment.getKey(), target);
            writeDecimal(segment.getValue(), target);
        }
        target.writeInt(stock.segmentMarks().size());
        for (Map.Entry<String, SegmentMark> segment : stock.segmentMarks().entrySet()) {
            writeText(segment.getKey(), target);
            target.writeByte(segment.getValue().ordinal());
        }
    }

    @Override
    public PricedStock deserialize(DataInputView source) throws IOException {
        int format = source.readByte();
        if (format != FIRST_FORMAT && format != SECOND_FORMAT) {
            expectFormat(FORMAT, format, PricedStock.class);
        }
        Standing standing = STANDINGS[source.readByte()];
        int condition = source.readByte();
        long quantity = source.readLong();
        int deliveryTime = source.readInt();
        int restockingTime = source.readInt();
        StockVersion version = ProductChangeSerializer.readVersion(source);
        long ingestedAt = source.readLong();
        String priceTier = readText(source);
        BigDecimal price = readDecimal(source);
        String currency = readText(source);
        long priceVersion = source.readLong();
        boolean first = format == FIRST_FORMAT;
        return new PricedStock(
                standing,
                condition,
                quantity,
                deliveryTime,
                restockingTime,
                version,
                ingestedAt,
                priceTier,
                price,
                currency,
                priceVersion,
                first ? Limit.NONE : LIMITS[source.readByte()],
                first ? PricedStock.NEVER : source.readLong(),
                first ? PricedStock.NEVER : source.readLong(),
                first ? Map.of() : readSegments(source, format == SECOND_FORMAT),
                format == FORMAT ? readMarks(source) : Map.of());
    }

    static Map<String, BigDecimal> readSegments(DataInputView source) throws IOException {
        return readSegments(source, false);
    }

    private static Map<String, BigDecimal> readSegments(DataInputView source, boolean few)
            throws IOException {
        int size = few ? source.readUnsignedByte() : source.readInt();
        if (size == 0) {
            return Map.of();
        }
        Map<String, BigDecimal> segments = new TreeMap<>();
        for (int i = 0; i < size; i++) {
            segments.put(readText(source), readDecimal(source));
        }
        return segments;
    }

    static Map<String, SegmentMark> readMarks(DataInputView source) throws IOException {
        int size = source.readInt();
        if (size == 0) {
            return Map.of();
        }
        Map<String, SegmentMark> marks = new TreeMap<>();
        for (int i = 0; i < size; i++) {
            marks.put(readText(source), MARKS[source.readByte()]);
        }
        return marks;
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
