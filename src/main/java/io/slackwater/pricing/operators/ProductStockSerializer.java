package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.PricedStock;
import io.slackwater.pricing.model.PricedStock.Limit;
import io.slackwater.pricing.model.PricedStock.Standing;
import io.slackwater.pricing.model.ProductFacts;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import java.io.IOException;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Read from and written to the state once for every message. What the levels of a product usually
 * have in common, such as the message that told of them, is written once: a level says what it
 * shares with the one before it.
 */
final class ProductStockSerializer extends RecordSerializer<ProductStock> {

    private static final long serialVersionUID = 1;

    static final ProductStockSerializer INSTANCE = new ProductStockSerializer();

    /** The type of the state. */
    static final TypeInformation<ProductStock> TYPE =
            new SerializedType<>(ProductStock.class, INSTANCE);

    private static final int FORMAT = 1;

    // What a level shares with the one before it, or has not got.
    private static final int SAME_VERSION = 1;
    private static final int SAME_TIER = 1 << 1;
    private static final int SAME_CURRENCY = 1 << 2;
    private static final int NO_DAYS = 1 << 3;
    private static final int CHANGED_WITH_VERSION = 1 << 4;
    private static final int PLAIN = 1 << 5;

    private static final Standing[] STANDINGS = Standing.values();
    private static final Limit[] LIMITS = Limit.values();

    @Override
    public void serialize(ProductStock product, DataOutputView target) throws IOException {
        target.writeByte(FORMAT);
        ProductFactsSerializer.INSTANCE.serialize(product.facts(), target);
        String[] warehouses = product.warehouses();
        writeLong(warehouses.length, target);
        PricedStock before = null;
        for (int i = 0; i < warehouses.length; i++) {
            writeText(warehouses[i], target);
            PricedStock level = product.levels()[i];
            writeLevel(level, before, target);
            before = level;
        }
    }

    private static void writeLevel(PricedStock level, PricedStock before, DataOutputView target)
            throws IOException {
        StockVersion version = level.version();
        boolean sameVersion =
                before != null
                        && version.equals(before.version())
                        && level.ingestedAt() == before.ingestedAt();
        boolean sameTier = before != null && same(level.priceTier(), before.priceTier());
        boolean sameCurrency = before != null && same(level.currency(), before.currency());
        boolean noDays =
                level.deliveryTime() == StockLevel.ABSENT
                        && level.restockingTime() == StockLevel.ABSENT;
        boolean changedNow = level.changedAt() == version.eventTime();
        boolean plain =
                level.limit() == Limit.NONE
                        && level.heldUntil() == PricedStock.NEVER
                        && level.segmentPrices().isEmpty()
                        && level.segmentMarks().isEmpty();
        target.writeByte(
                (sameVersion ? SAME_VERSION : 0)
                        | (sameTier ? SAME_TIER : 0)
                        | (sameCurrency ? SAME_CURRENCY : 0)
                        | (noDays ? NO_DAYS : 0)
                        | (changedNow ? CHANGED_WITH_VERSION : 0)
                        | (plain ? PLAIN : 0));
        target.writeByte(level.standing().ordinal());
        target.writeByte(level.condition());
        writeLong(level.quantity(), target);
        if (!noDays) {
            writeLong(level.deliveryTime(), target);
            writeLong(level.restockingTime(), target);
        }
        if (!sameVersion) {
            writeLong(version.eventTime(), target);
            writeLong(version.partition(), target);
            writeLong(version.offset(), target);
            writeLong(level.ingestedAt(), target);
        }
        if (!sameTier) {
            writeText(level.priceTier(), target);
        }
        if (!sameCurrency) {
            writeText(level.currency(), target);
        }
        writeShortDecimal(level.price(), target);
        writeLong(level.priceVersion(), target);
        if (!changedNow) {
            writeLong(level.changedAt(), target);
        }
        if (!plain) {
            target.writeByte(level.limit().ordinal());
            writeLong(level.heldUntil(), target);
            PricedStockSerializer.writeSegments(level, target);
        }
    }

    @Override
    public ProductStock deserialize(DataInputView source) throws IOException {
        expectFormat(FORMAT, source.readByte(), ProductStock.class);
        ProductFacts facts = ProductFactsSerializer.INSTANCE.deserialize(source);
        int count = (int) readLong(source);
        String[] warehouses = new String[count];
        PricedStock[] levels = new PricedStock[count];
        PricedStock before = null;
        for (int i = 0; i < count; i++) {
            warehouses[i] = readText(source);
            before = readLevel(before, source);
            levels[i] = before;
        }
        return new ProductStock(facts, warehouses, levels);
    }

    private static PricedStock readLevel(PricedStock before, DataInputView source)
            throws IOException {
        int flags = source.readByte();
        Standing standing = STANDINGS[source.readByte()];
        int condition = source.readByte();
        long quantity = readLong(source);
        boolean noDays = (flags & NO_DAYS) != 0;
        int deliveryTime = noDays ? StockLevel.ABSENT : (int) readLong(source);
        int restockingTime = noDays ? StockLevel.ABSENT : (int) readLong(source);
        boolean sameVersion = (flags & SAME_VERSION) != 0;
        StockVersion version =
                sameVersion
                        ? before.version()
                        : new StockVersion(
                                readLong(source), (int) readLong(source), readLong(source));
        long ingestedAt = sameVersion ? before.ingestedAt() : readLong(source);
        String tier = (flags & SAME_TIER) != 0 ? before.priceTier() : readText(source);
        String currency = (flags & SAME_CURRENCY) != 0 ? before.currency() : readText(source);
        var price = readShortDecimal(source);
        long priceVersion = readLong(source);
        long changedAt =
                (flags & CHANGED_WITH_VERSION) != 0 ? version.eventTime() : readLong(source);
        boolean plain = (flags & PLAIN) != 0;
        return new PricedStock(
                standing,
                condition,
                quantity,
                deliveryTime,
                restockingTime,
                version,
                ingestedAt,
                tier,
                price,
                currency,
                priceVersion,
                plain ? Limit.NONE : LIMITS[source.readByte()],
                changedAt,
                plain ? PricedStock.NEVER : readLong(source),
                plain ? Map.of() : PricedStockSerializer.readSegments(source),
                plain ? Map.of() : PricedStockSerializer.readMarks(source));
    }

    private static boolean same(String a, String b) {
        return a == null ? b == null : a.equals(b);
    }

    @Override
    public TypeSerializerSnapshot<ProductStock> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Stored with every snapshot. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<ProductStock> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
