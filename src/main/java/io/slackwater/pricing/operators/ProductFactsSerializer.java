package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.ProductFacts;
import io.slackwater.pricing.model.StockVersion;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes the facts of a product, alone or as part of its entry. */
public final class ProductFactsSerializer extends RecordSerializer<ProductFacts> {

    private static final long serialVersionUID = 1;

    public static final ProductFactsSerializer INSTANCE = new ProductFactsSerializer();

    /** The type of the state. */
    public static final TypeInformation<ProductFacts> TYPE =
            new SerializedType<>(ProductFacts.class, INSTANCE);

    /** What release 0.1.0 wrote: no version of the catalog entry. */
    private static final int FIRST_FORMAT = 1;

    /** Nothing of products in many warehouses. */
    private static final int SECOND_FORMAT = 2;

    private static final int FORMAT = 3;

    @Override
    public void serialize(ProductFacts facts, DataOutputView target) throws IOException {
        target.writeByte(FORMAT);
        target.writeBoolean(facts.catalog() != null);
        if (facts.catalog() != null) {
            ProductChangeSerializer.writeEntry(facts.catalog(), target);
        }
        ProductChangeSerializer.writeVersion(facts.catalogVersion(), target);
        ProductChangeSerializer.writeVersion(facts.withdrawnBefore(), target);
        target.writeBoolean(facts.manyWarehouses());
    }

    @Override
    public ProductFacts deserialize(DataInputView source) throws IOException {
        int format = source.readByte();
        if (format != FIRST_FORMAT && format != SECOND_FORMAT) {
            expectFormat(FORMAT, format, ProductFacts.class);
        }
        CatalogEntry entry =
                source.readBoolean() ? ProductChangeSerializer.readEntry(source) : null;
        StockVersion entryVersion;
        if (format != FIRST_FORMAT) {
            entryVersion = ProductChangeSerializer.readVersion(source);
        } else {
            entryVersion =
                    entry == null
                            ? StockVersion.OLDEST
                            : ProductChangeSerializer.unversioned(entry);
        }
        return new ProductFacts(
                entry,
                entryVersion,
                ProductChangeSerializer.readVersion(source),
                format == FORMAT && source.readBoolean());
    }

    @Override
    public TypeSerializerSnapshot<ProductFacts> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Stored with every snapshot. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<ProductFacts> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
