package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.PricedStock;
import io.slackwater.pricing.model.ProductFacts;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;

/**
 * How the stock of a product lies in keyed state, and one product of it taken out to work on: read
 * with {@link #open}, written with {@link #save} if anything changed.
 *
 * <p>A product is stored in one of two ways: as one entry; or, in more than {@link
 * ProductStock#MOST_WAREHOUSES} warehouses, as its facts and an entry for each warehouse. Release
 * 0.1.0 stored every product in the second way; what it left changes over when it is next opened. A
 * product without stock has only the facts.
 */
final class ProductState {

    private static final ValueStateDescriptor<ProductStock> PRODUCTS =
            new ValueStateDescriptor<>("product-stock", ProductStockSerializer.TYPE);
    private static final ValueStateDescriptor<ProductFacts> FACTS =
            new ValueStateDescriptor<>("product-facts", ProductFactsSerializer.TYPE);
    private static final MapStateDescriptor<String, PricedStock> LEVELS =
            new MapStateDescriptor<>("stock", Types.STRING, PricedStockSerializer.TYPE);

    private static final int ROOM = 8;

    private final ValueState<ProductStock> products;
    private final ValueState<ProductFacts> factsAlone;
    private final MapState<String, PricedStock> levelsAlone;

    /** True once a level of this subtask may have an entry to itself. */
    private boolean anyAlone;

    private String productId;
    private ProductFacts facts;
    private boolean factsChanged;

    /** True where the facts are stored, and not in an entry. */
    private boolean factsApart;

    /** True where an earlier release stored the levels one by one. */
    private boolean levelsApart;

    // What an entry consists of; empty for a product that has none and will have none.
    private String[] warehouses = new String[ROOM];
    private PricedStock[] levels = new PricedStock[ROOM];
    private int size;
    private boolean levelsChanged;
    private String[] storedWarehouses;

    /** Where the level looked for last stands: those of a message come in the same order. */
    private int last;

    ProductState(KeyedStateStore state, KeyedStateBackend<String> backend) {
        products = state.getState(PRODUCTS);
        factsAlone = state.getState(FACTS);
        levelsAlone = state.getMapState(LEVELS);
        try (Stream<String> keys = backend.getKeys(LEVELS.getName(), VoidNamespace.INSTANCE)) {
            anyAlone = keys.findAny().isPresent();
        }
    }

    /** The products with stock, in the order of their key groups; to be closed. */
    static Stream<String> products(KeyedStateBackend<String> backend) {
        Stream<String> entries = backend.getKeys(PRODUCTS.getName(), VoidNamespace.INSTANCE);
        Stream<String> alone = backend.getKeys(LEVELS.getName(), VoidNamespace.INSTANCE);
        return Stream.concat(entries, alone);
    }

    /** Takes out a product; its key is the current one. */
    void open(String product) throws Exception {
        productId = product;
        factsChanged = false;
        levelsChanged = false;
        last = -1;
        factsApart = false;
        levelsApart = false;
        ProductStock entry = products.value();
        if (entry != null) {
            facts = entry.facts();
            take(entry);
            return;
        }
        size = 0;
        storedWarehouses = null;
        ProductFacts alone = factsAlone.value();
        factsApart = alone != null;
        facts = factsApart ? alone : ProductFacts.NONE;
        if (anyAlone && !facts.manyWarehouses()) {
            takeWhatAnEarlierReleaseStored();
        }
    }

    private void take(ProductStock entry) {
        size = entry.levels().length;
        makeRoom(size);
        storedWarehouses = entry.warehouses();
        System.arraycopy(storedWarehouses, 0, warehouses, 0, size);
        System.arraycopy(entry.levels(), 0, levels, 0, size);
    }

    private void takeWhatAnEarlierReleaseStored() throws Exception {
        for (Map.Entry<String, PricedStock> level : levelsAlone.entries()) {
            if (size == ProductStock.MOST_WAREHOUSES) {
                size = 0;
                facts = facts.inManyWarehouses();
                factsChanged = true;
                return;
            }
            append(level.getKey(), level.getValue());
        }
        levelsApart = size > 0;
        levelsChanged = size > 0;
    }

    private void makeRoom(int count) {
        if (count > levels.length) {
            int room = Math.max(count, 2 * levels.length);
            warehouses = Arrays.copyOf(warehouses, room);
            levels = Arrays.copyOf(levels, room);
        }
    }

    private void append(String warehouse, PricedStock level) {
        makeRoom(size + 1);
        warehouses[size] = warehouse;
        levels[size] = level;
        size++;
    }

    String productId() {
        return productId;
    }

    ProductFacts facts() {
        return facts;
    }

    void facts(ProductFacts known) {
        facts = known;
        factsChanged = true;
    }

    /** What is stored of the product in a warehouse; null: nothing. */
    PricedStock get(String warehouse) throws Exception {
        if (facts.manyWarehouses()) {
            return levelsAlone.get(warehouse);
        }
        int at = indexOf(warehouse);
        return at < 0 ? null : levels[at];
    }

    private int indexOf(String warehouse) {
        int next = last + 1;
        if (next < size && warehouses[next].equals(warehouse)) {
            last = next;
            return next;
        }
        for (int i = 0; i < size; i++) {
            if (warehouses[i].equals(warehouse)) {
                last = i;
                return i;
            }
        }
        return -1;
    }

    void put(String warehouse, PricedStock level) throws Exception {
        if (facts.manyWarehouses()) {
            levelsAlone.put(warehouse, level);
            return;
        }
        boolean atHand = last >= 0 && last < size && warehouses[last].equals(warehouse);
        int at = atHand ? last : indexOf(warehouse);
        if (at >= 0) {
            levels[at] = level;
        } else if (size < ProductStock.MOST_WAREHOUSES) {
            append(warehouse, level);
            last = size - 1;
        } else {
            storeAlone();
            levelsAlone.put(warehouse, level);
            return;
        }
        levelsChanged = true;
    }

    /** From now on each level has an entry to itself. */
    private void storeAlone() throws Exception {
        for (int i = 0; i < size; i++) {
            levelsAlone.put(warehouses[i], levels[i]);
        }
        products.clear();
        anyAlone = true;
        size = 0;
        levelsChanged = false;
        facts(facts.inManyWarehouses());
    }

    /** Changes the stock of one warehouse after the other. */
    interface Change {

        /** Returns what is to be stored; the very same object where nothing changed. */
        PricedStock of(String warehouse, PricedStock before) throws Exception;
    }

    void forEach(Change change) throws Exception {
        if (facts.manyWarehouses()) {
            for (Map.Entry<String, PricedStock> entry : levelsAlone.entries()) {
                PricedStock before = entry.getValue();
                PricedStock after = change.of(entry.getKey(), before);
                if (after != before) {
                    entry.setValue(after);
                }
            }
            return;
        }
        for (int i = 0; i < size; i++) {
            PricedStock before = levels[i];
            PricedStock after = change.of(warehouses[i], before);
            if (after != before) {
                levels[i] = after;
                levelsChanged = true;
            }
        }
    }

    /** Writes what changed. The product's key is the current one. */
    void save() throws Exception {
        if (size == 0) {
            if (factsChanged) {
                factsAlone.update(facts);
            }
        } else if (levelsChanged || factsChanged) {
            String[] ids = storedWarehouses;
            if (ids == null || ids.length != size) {
                ids = Arrays.copyOf(warehouses, size);
            }
            products.update(new ProductStock(facts, ids, Arrays.copyOf(levels, size)));
            storedWarehouses = ids;
            if (factsApart) {
                factsAlone.clear();
            }
            if (levelsApart) {
                levelsAlone.clear();
            }
            factsApart = false;
            levelsApart = false;
        }
        factsChanged = false;
        levelsChanged = false;
    }
}
