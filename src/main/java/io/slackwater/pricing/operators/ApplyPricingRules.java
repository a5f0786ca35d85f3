package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.RulesChange;
import io.slackwater.pricing.model.StockShift;
import io.slackwater.pricing.model.SweepReport;
import io.slackwater.pricing.rules.PriceBook;
import io.slackwater.pricing.rules.Touched;
import io.slackwater.pricing.settings.Settings;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;

/**
 * Keeps the newest stock level of every product and warehouse, and the price that the rules give
 * it. This is where data in motion meets data at rest.
 *
 * <p>A price follows from the newest level, the catalog entry, the known books and a time, and from
 * nothing else, least of all from the order in which they came:
 *
 * <ul>
 *   <li>a level is priced as of its own event time. If a book or a rule began or ended between that
 *       time and the event time reached, it is priced again at each of those moments, as if it had
 *       come in time;
 *   <li>a new book or a catalog change prices the stock as of the event time reached, the begin or
 *       end of a book or rule as of that moment;
 *   <li>a price that a hold keeps is priced again, by a timer, when the hold is over;
 *   <li>while no book is known, stock waits.
 * </ul>
 *
 * <p>A boundary passes when the watermark of this operator reaches it, after every level before it.
 * How far that has come is stored: after a failure the watermark begins anew, and a boundary that
 * the job slept through is still ahead.
 *
 * <p>A change of the rules re-examines only the stock that it touches, in slices of a few
 * milliseconds: a {@link Sweep}. That is why this is an operator and not a function: Flink's
 * broadcast function can visit all keys only in one call, in which no record and no checkpoint
 * passes, and cannot set a timer there.
 *
 * <p>This class wires its parts to Flink and orders what they do; each part does one thing: {@link
 * StockOfProduct}, {@link KnownBooks}, {@link Sweeps}, {@link SliceSchedule}, {@link HeldWatermark}
 * and {@link PricingResults}.
 */
public final class ApplyPricingRules extends AbstractStreamOperator<PricingEvent>
        implements TwoInputStreamOperator<ProductChange, RulesChange, PricingEvent>,
                Triggerable<String, String>,
                SliceSchedule.Work,
                Sweeps.Visit {

    private static final long serialVersionUID = 1;

    public static final OutputTag<Alert> ALERTS = new OutputTag<>("alerts") {};
    public static final OutputTag<StockShift> SHIFTS = new OutputTag<>("stock-shifts") {};
    public static final OutputTag<SweepReport> SWEEPS = new OutputTag<>("sweeps") {};

    /** Sample size of the histogram of the time from an event to its price. */
    private static final int LATENCIES = 2_048;

    private final transient Settings.Pricing settings;
    private final transient SliceSchedule schedule;

    private transient KnownBooks books;
    private transient HeldWatermark watermark;
    private transient Sweeps sweeps;
    private transient StockOfProduct stock;
    private transient PricingResults results;
    private transient ProductsByCategory byCategory;
    private transient SweptProducts.Keys keys;
    private transient Tally tally;
    private transient StockCount stockCount;

    /** Wall clock of the newest completed checkpoint, or of the start; the reporter reads it. */
    private transient volatile long checkpointedAt;

    /**
     * @param sliceNanos how long a slice of a sweep may take, in nanoseconds
     */
    ApplyPricingRules(
            StreamOperatorParameters<PricingEvent> task,
            Settings.Pricing settings,
            long sliceNanos) {
        super(task);
        this.settings = settings;
        this.schedule = new SliceSchedule(task, sliceNanos, this);
    }

    // ---------------------------------------------------------------- life

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        var task = getRuntimeContext().getTaskInfo();
        keys = SweptProducts.Keys.of(getKeyedStateBackend(), task);
        tally = Tally.restore(context, getRuntimeContext(), PricingCount.counters());
        tally.showCheckpointed(getMetricGroup(), "placedCheckpointed", PricingCount.places());
        stockCount = StockCount.restore(context, getRuntimeContext(), keys.groups());
        books = new KnownBooks(context.getOperatorStateStore());
        sweeps =
                new Sweeps(
                        context.getOperatorStateStore(),
                        context.isRestored(),
                        books,
                        task,
                        getProcessingTimeService());
        watermark = new HeldWatermark(output, () -> combinedWatermark.isIdle());
    }

    @Override
    public void open() throws Exception {
        super.open();
        byCategory =
                new ProductsByCategory(
                        getKeyedStateStore().getMapState(ProductsByCategory.STATE),
                        this::setCurrentKey,
                        keys.maxParallelism());
        results =
                new PricingResults(
                        output,
                        tally,
                        watermark,
                        settings.window().toMillis(),
                        eventToPrice(),
                        getProcessingTimeService());
        InternalTimerService<String> holds =
                getInternalTimerService("holds", StringSerializer.INSTANCE, this);
        stock =
                new StockOfProduct(
                        new ProductState(getKeyedStateStore(), getKeyedStateBackend()),
                        byCategory,
                        stockCount,
                        holds,
                        books,
                        watermark,
                        results,
                        settings);
        sweeps.open(this, results);
        showMetrics();
        if (!stockCount.isComplete()) {
            countStock();
        }
        schedule.plan();
    }

    private Histogram eventToPrice() {
        return getMetricGroup()
                .histogram("eventToPriceMillis", new DescriptiveStatisticsHistogram(LATENCIES));
    }

    private void showMetrics() {
        MetricGroup metrics = getMetricGroup();
        metrics.gauge("sweeps", sweeps::size);
        metrics.gauge("sweepPercent", sweeps::percent);
        metrics.gauge("sweepLongestSliceMillis", schedule::longestSliceMillis);
        metrics.gauge("ruleBookVersion", books::versionInForce);
        metrics.gauge("ruleBookAgeSeconds", this::ruleBookAgeSeconds);
        checkpointedAt = getProcessingTimeService().getCurrentProcessingTime();
        metrics.gauge("checkpointAgeSeconds", this::checkpointAgeSeconds);
    }

    private long checkpointAgeSeconds() {
        return (getProcessingTimeService().getCurrentProcessingTime() - checkpointedAt) / 1_000;
    }

    /** Age of the book in force, in event time; -1: there is none. */
    private long ruleBookAgeSeconds() {
        PriceBook book = books.inForce();
        if (book == null) {
            return -1;
        }
        long now = Math.max(books.reached(), watermark.time());
        long from = book.period().from();
        return now <= from ? 0 : (now - from) / 1_000;
    }

    /** Visits all products: once, with state of a release that did not count them. */
    private void countStock() throws Exception {
        try (SweptProducts products = SweptProducts.all(keys)) {
            while (products.hasNext()) {
                open(products.next());
                stock.count();
                stock.save();
            }
        }
    }

    private void open(String productId) throws Exception {
        setCurrentKey(productId);
        stock.open(productId);
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        tally.snapshot(context);
        stockCount.snapshot();
        sweeps.snapshot();
    }

    @Override
    public void notifyCheckpointComplete(long checkpoint) throws Exception {
        super.notifyCheckpointComplete(checkpoint);
        tally.completed(checkpoint);
        checkpointedAt = getProcessingTimeService().getCurrentProcessingTime();
    }

    @Override
    public void close() throws Exception {
        schedule.close();
        if (sweeps != null) {
            sweeps.close();
        }
        super.close();
    }

    // ---------------------------------------------------------------- what is told of a product

    @Override
    public void processElement1(StreamRecord<ProductChange> element) throws Exception {
        schedule.levelCame();
        ProductChange change = element.getValue();
        stock.open(change.productId());
        switch (change.kind()) {
            case STOCK_LEVELS -> stock.take(change.stockLevels());
            case WITHDRAWAL -> stock.withdraw(change.withdrawal());
            case DELISTING -> results.count(stock.withdraw(change.withdrawal()));
            case CATALOG -> stock.catalog(change.catalogEntry(), change.catalogVersion());
        }
        stock.save();
    }

    // ---------------------------------------------------------------- what happens to the rules

    @Override
    public void processElement2(StreamRecord<RulesChange> element) throws Exception {
        RulesChange change = element.getValue();
        if (change.kind() == RulesChange.Kind.ALL_READ) {
            books.allRead(change.eventTime());
            return;
        }
        // What the books known until now had still ahead by then is not forgotten with them.
        sweeps.passBoundaries(change.eventTime());
        sweeps.follow(change);
        schedule.plan();
    }

    // ---------------------------------------------------------------- time

    /** A watermark: the boundaries and holds until then are over. */
    @Override
    public void processWatermark(Watermark mark) throws Exception {
        watermark.reach(mark.getTimestamp());
        sweeps.passBoundaries(books.timeAt(watermark.reached()));
        schedule.plan();
        if (getTimeServiceManager().isPresent()) {
            getTimeServiceManager().get().advanceWatermark(mark);
        }
        if (watermark.reached() == Long.MAX_VALUE) {
            sweeps.finish();
        }
        passWatermarkOn();
    }

    /** All inputs fell silent, or one speaks again. */
    @Override
    protected void processWatermarkStatus(WatermarkStatus status, int input) throws Exception {
        if (combinedWatermark.updateStatus(input, status.isIdle())) {
            processWatermark(new Watermark(combinedWatermark.getCombinedWatermark()));
        }
        passWatermarkOn();
    }

    private void passWatermarkOn() {
        if (sweeps.isEmpty()) {
            watermark.passOn();
        }
    }

    /** A hold is over. */
    @Override
    public void onEventTime(InternalTimer<String, String> timer) throws Exception {
        if (timer.getTimestamp() <= books.timeAt(watermark.reached())) {
            stock.open(timer.getKey());
            stock.release(timer.getNamespace(), timer.getTimestamp());
            stock.save();
        }
    }

    @Override
    public void onProcessingTime(InternalTimer<String, String> timer) {
        throw new IllegalStateException("no hold ends by the wall clock");
    }

    // ---------------------------------------------------------------- sweeps

    @Override
    public boolean isLeft() {
        return !sweeps.isEmpty();
    }

    @Override
    public void goOn(long nanos) throws Exception {
        sweeps.goOn(nanos);
        passWatermarkOn();
    }

    @Override
    public SweptProducts products(Touched touched, boolean isIndexed) {
        return touched.needsWalk() || (!isIndexed && !touched.categories().isEmpty())
                ? SweptProducts.all(keys)
                : SweptProducts.named(touched, byCategory, keys);
    }

    @Override
    public void product(String productId, Sweep sweep, boolean isIndexed) throws Exception {
        open(productId);
        if (!isIndexed) {
            stock.index();
        }
        stock.examine(sweep);
        stock.save();
    }
}
