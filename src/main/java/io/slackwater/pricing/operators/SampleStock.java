package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.InventorySignal;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.rules.PriceSample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/**
 * Lets pass only the changes of products that are in a {@link PriceSample}, to the one place where
 * rule books are accepted: there a book is tried on the sample before it moves a price.
 *
 * <p>The sample has the products with the k smallest hashes of all that were ever told of; whose
 * hash is not among the k smallest that <em>this</em> subtask has seen cannot be in it. So most
 * changes cost a hash and a comparison. What passes waits for a second, or for a checkpoint; of two
 * changes of the same thing only the newer goes on, and what is left of a message goes on together:
 * a shop with few products does not send all its traffic through one subtask. The wait is by the
 * clock of the engine and not for watermarks, for the catalog of a live run has none.
 *
 * <p>It stores nothing. What has passed is stored where it went; and the hashes seen serve only to
 * let less pass. After a restart it has seen none and lets too many through until it has seen k
 * again; the sample, whose bound is stored, turns those away.
 */
public final class SampleStock extends AbstractStreamOperator<InventorySignal>
        implements OneInputStreamOperator<ProductChange, InventorySignal> {

    private static final long serialVersionUID = 1;

    /** How long what passes waits, milliseconds: how much older than the stock the sample is. */
    public static final long WAIT_MILLIS = 1_000;

    /** So many waiting changes go on early: a sampled product may have any number of warehouses. */
    private static final int MOST_WAITING = 8 * PriceSample.MOST_PRODUCTS;

    private final int most;

    /** The products with the smallest hashes, by hash. */
    private transient TreeMap<Long, Product> smallest;

    /** The same by their ids, so that a product that is known is not hashed again. */
    private transient Map<String, Product> products;

    /** Those of which changes wait, in the order of their first. */
    private transient List<Product> changed;

    private transient int waiting;
    private transient boolean timed;

    /** A sampled product, and which of its changes wait; null: none. */
    private static final class Product {
        private final String productId;
        private Map<String, StockLevel> levels;
        private ProductChange withdrawal;
        private ProductChange delisting;
        private ProductChange catalog;
        private boolean isWaiting;

        Product(String productId) {
            this.productId = productId;
        }
    }

    private SampleStock(int most) {
        this.most = most;
    }

    /** For the changes of the stock. */
    public static SampleStock ofStock() {
        return new SampleStock(PriceSample.MOST_PRODUCTS);
    }

    /** For the changes of the catalog. */
    public static SampleStock ofCatalog() {
        return new SampleStock(PriceSample.MOST_CATALOG_PRODUCTS);
    }

    @Override
    public void open() throws Exception {
        super.open();
        smallest = new TreeMap<>();
        products = new HashMap<>();
        changed = new ArrayList<>();
    }

    @Override
    public void processElement(StreamRecord<ProductChange> element) {
        ProductChange change = element.getValue();
        Product product = products.get(change.productId());
        if (product == null) {
            product = sample(change.productId());
            if (product == null) {
                return;
            }
        }
        if (!timed) {
            timed = true;
            ProcessingTimeService clock = getProcessingTimeService();
            clock.registerTimer(clock.getCurrentProcessingTime() + WAIT_MILLIS, time -> isTime());
        }
        if (!product.isWaiting) {
            product.isWaiting = true;
            changed.add(product);
        }
        keep(product, change);
        if (waiting >= MOST_WAITING) {
            handOn();
        }
    }

    /** A product that was not in the sample; null: nor is it now. */
    private Product sample(String productId) {
        long hash = PriceSample.hashOf(productId);
        if (smallest.size() >= most) {
            if (hash > smallest.lastKey()) {
                return null;
            }
            if (!smallest.containsKey(hash)) {
                products.remove(smallest.pollLastEntry().getValue().productId);
            }
        }
        Product product = new Product(productId);
        products.put(productId, product);
        smallest.put(hash, product);
        return product;
    }

    /** Keeps of two changes of the same thing the one that the sample would keep. */
    private void keep(Product product, ProductChange change) {
        switch (change.kind()) {
            case STOCK_LEVELS -> {
                if (product.levels == null) {
                    product.levels = new LinkedHashMap<>();
                }
                int before = product.levels.size();
                for (StockLevel level : change.stockLevels()) {
                    StockLevel known = product.levels.get(level.warehouseId());
                    if (known == null || !level.version().isOlderThan(known.version())) {
                        product.levels.put(level.warehouseId(), level);
                    }
                }
                waiting += product.levels.size() - before;
            }
            case WITHDRAWAL -> product.withdrawal = newer(product.withdrawal, change);
            case DELISTING -> product.delisting = newer(product.delisting, change);
            case CATALOG -> {
                if (product.catalog == null
                        || !change.catalogVersion().isOlderThan(product.catalog.catalogVersion())) {
                    product.catalog = change;
                }
            }
        }
    }

    private static ProductChange newer(ProductChange first, ProductChange second) {
        return first == null || !second.withdrawal().isOlderThan(first.withdrawal())
                ? second
                : first;
    }

    private void isTime() {
        timed = false;
        handOn();
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        handOn();
    }

    @Override
    public void finish() throws Exception {
        handOn();
        super.finish();
    }

    private void handOn() {
        for (Product product : changed) {
            if (product.levels != null) {
                PriceSample.messages(product.productId, product.levels.values())
                        .forEach(this::handOn);
            }
            handOn(product.withdrawal);
            handOn(product.delisting);
            handOn(product.catalog);
            product.levels = null;
            product.withdrawal = null;
            product.delisting = null;
            product.catalog = null;
            product.isWaiting = false;
        }
        changed.clear();
        waiting = 0;
    }

    private void handOn(ProductChange change) {
        if (change != null) {
            output.collect(new StreamRecord<>(InventorySignal.sampled(change)));
        }
    }
}
