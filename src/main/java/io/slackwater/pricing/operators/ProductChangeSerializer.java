package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.ProductChange.Kind;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Crosses the wire once for every message. */
public final class ProductChangeSerializer extends RecordSerializer<ProductChange> {

    private static final long serialVersionUID = 1;

    public static final ProductChangeSerializer INSTANCE = new ProductChangeSerializer();

    /** The type of a stream of product changes. */
    public static final TypeInformation<ProductChange> TYPE =
            new SerializedType<>(ProductChange.class, INSTANCE);

    // What release 0.1.0 wrote: a single stock level.
    private static final int STOCK_LEVEL = 1;
    private static final int WITHDRAWAL = 2;

    // What earlier releases wrote: a catalog change without its version.
    private static final int CATALOG = 3;
    private static final int CATALOG_REMOVED = 4;
    private static final int DELISTING = 5;
    private static final int VERSIONED_CATALOG = 6;
    private static final int VERSIONED_CATALOG_REMOVED = 7;
    private static final int STOCK_LEVELS = 8;

    @Override
    public void serialize(ProductChange change, DataOutputView target) throws IOException {
        switch (change.kind()) {
            case STOCK_LEVELS -> {
                List<StockLevel> levels = change.stockLevels();
                target.writeByte(STOCK_LEVELS);
                writeText(change.productId(), target);
                writeVersion(levels.get(0).version(), target);
                target.writeLong(levels.get(0).ingestedAt());
                target.writeInt(levels.size());
                for (int i = 0; i < levels.size(); i++) {
                    StockLevel level = levels.get(i);
                    writeText(level.warehouseId(), target);
                    target.writeLong(level.quantity());
                    target.writeInt(level.deliveryTime());
                    target.writeInt(level.restockingTime());
                }
            }
            case WITHDRAWAL, DELISTING -> {
                target.writeByte(change.kind() == Kind.DELISTING ? DELISTING : WITHDRAWAL);
                writeText(change.productId(), target);
                writeVersion(change.withdrawal(), target);
            }
            case CATALOG -> {
                CatalogEntry entry = change.catalogEntry();
                target.writeByte(entry == null ? VERSIONED_CATALOG_REMOVED : VERSIONED_CATALOG);
                writeText(change.productId(), target);
                if (entry != null) {
                    writeEntry(entry, target);
                }
                writeVersion(change.catalogVersion(), target);
            }
        }
    }

    @Override
    public ProductChange deserialize(DataInputView source) throws IOException {
        int tag = source.readByte();
        String productId = readText(source);
        return switch (tag) {
            case STOCK_LEVELS -> ProductChange.stock(productId, readLevels(productId, source));
            case STOCK_LEVEL ->
                    ProductChange.of(
                            new StockLevel(
                                    productId,
                                    readText(source),
                                    source.readLong(),
                                    source.readInt(),
                                    source.readInt(),
                                    readVersion(source),
                                    source.readLong()));
            case WITHDRAWAL -> ProductChange.withdrawal(productId, readVersion(source));
            case DELISTING -> ProductChange.delisting(productId, readVersion(source));
            case VERSIONED_CATALOG ->
                    ProductChange.catalog(productId, readEntry(source), readVersion(source));
            case VERSIONED_CATALOG_REMOVED ->
                    ProductChange.catalog(productId, null, readVersion(source));
            case CATALOG -> {
                CatalogEntry entry = readEntry(source);
                yield ProductChange.catalog(productId, entry, unversioned(entry));
            }
            case CATALOG_REMOVED -> ProductChange.catalog(productId, null, StockVersion.OLDEST);
            default -> throw new IOException("a product change has an unknown tag: " + tag);
        };
    }

    private static List<StockLevel> readLevels(String productId, DataInputView source)
            throws IOException {
        StockVersion version = readVersion(source);
        long ingestedAt = source.readLong();
        int count = source.readInt();
        List<StockLevel> levels = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            levels.add(
                    new StockLevel(
                            productId,
                            readText(source),
                            source.readLong(),
                            source.readInt(),
                            source.readInt(),
                            version,
                            ingestedAt));
        }
        return levels;
    }

    static void writeVersion(StockVersion version, DataOutputView target) throws IOException {
        target.writeLong(version.eventTime());
        target.writeInt(version.partition());
        target.writeLong(version.offset());
    }

    static StockVersion readVersion(DataInputView source) throws IOException {
        return new StockVersion(source.readLong(), source.readInt(), source.readLong());
    }

    /** The version of an entry that was stored without one: older than any other of its time. */
    static StockVersion unversioned(CatalogEntry entry) {
        return new StockVersion(entry.updatedAt(), -1, -1);
    }

    static void writeEntry(CatalogEntry entry, DataOutputView target) throws IOException {
        writeText(entry.priceTier(), target);
        writeDecimal(entry.listPrice(), target);
        writeText(entry.category(), target);
        target.writeLong(entry.updatedAt());
    }

    static CatalogEntry readEntry(DataInputView source) throws IOException {
        return new CatalogEntry(
                readText(source), readDecimal(source), readText(source), source.readLong());
    }

    @Override
    public TypeSerializerSnapshot<ProductChange> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Stored with every snapshot that holds product changes in flight. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<ProductChange> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
