package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.InventorySignal;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.rules.PriceSample;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
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
 * changes cost a hash and a comparison. What passes waits for a second, or for a checkpoint, and of
 * two changes of the same thing only the newer goes on: a shop with few products does not send all
 * its traffic through one subtask. The wait is by the clock of the engine and not for watermarks,
 * for the catalog of a live run has none.
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

    private transient TreeSet<Long> smallest;
    private transient long largestSampled;
    private transient Map<Place, ProductChange> waiting;
    private transient boolean timed;

    /** What a change replaces; without a warehouse where it concerns the whole product. */
    private record Place(ProductChange.Kind kind, String productId, String warehouseId) {}

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
        smallest = new TreeSet<>();
        largestSampled = Long.MAX_VALUE;
        waiting = new LinkedHashMap<>();
    }

    @Override
    public void processElement(StreamRecord<ProductChange> element) {
        ProductChange change = element.getValue();
        if (!isSampled(PriceSample.hashOf(change.productId()))) {
            return;
        }
        if (!timed) {
            timed = true;
            ProcessingTimeService clock = getProcessingTimeService();
            clock.registerTimer(clock.getCurrentProcessingTime() + WAIT_MILLIS, time -> isTime());
        }
        if (change.kind() == ProductChange.Kind.STOCK_LEVELS) {
            for (StockLevel level : change.stockLevels()) {
                ProductChange single = ProductChange.of(level);
                waiting.merge(placeOf(single), single, SampleStock::newer);
            }
        } else {
            waiting.merge(placeOf(change), change, SampleStock::newer);
        }
        if (waiting.size() >= MOST_WAITING) {
            handOn();
        }
    }

    private boolean isSampled(long hash) {
        if (hash > largestSampled) {
            return false;
        }
        if (smallest.add(hash) && smallest.size() >= most) {
            if (smallest.size() > most) {
                smallest.pollLast();
            }
            largestSampled = smallest.last();
        }
        return hash <= largestSampled;
    }

    private static Place placeOf(ProductChange change) {
        return new Place(
                change.kind(),
                change.productId(),
                change.stockLevels().isEmpty() ? null : change.stockLevels().get(0).warehouseId());
    }

    /** Which of two changes of the same thing the sample would keep; the second came later. */
    private static ProductChange newer(ProductChange first, ProductChange second) {
        boolean outdated =
                switch (first.kind()) {
                    case STOCK_LEVELS ->
                            second.stockLevels()
                                    .get(0)
                                    .version()
                                    .isOlderThan(first.stockLevels().get(0).version());
                    case WITHDRAWAL, DELISTING ->
                            second.withdrawal().isOlderThan(first.withdrawal());
                    case CATALOG -> second.catalogVersion().isOlderThan(first.catalogVersion());
                };
        return outdated ? first : second;
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
        for (ProductChange change : waiting.values()) {
            output.collect(new StreamRecord<>(InventorySignal.sampled(change)));
        }
        waiting.clear();
    }
}
