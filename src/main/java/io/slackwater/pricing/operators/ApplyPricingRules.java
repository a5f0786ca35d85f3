package io.slackwater.pricing.operators;

import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.AcceptedBook;
import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.PricedStock;
import io.slackwater.pricing.model.PricedStock.Standing;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Published;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.ProductFacts;
import io.slackwater.pricing.model.RulesChange;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockShift;
import io.slackwater.pricing.model.StockShift.Position;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.model.SweepReport;
import io.slackwater.pricing.model.SweepReport.Stage;
import io.slackwater.pricing.model.UnfinishedSweep;
import io.slackwater.pricing.operators.PriceStockLevel.Count;
import io.slackwater.pricing.rules.PriceBook;
import io.slackwater.pricing.rules.PriceBooks;
import io.slackwater.pricing.rules.Touched;
import io.slackwater.pricing.settings.Settings;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.io.network.api.writer.ResultPartitionWriter;
import org.apache.flink.runtime.io.network.partition.consumer.InputGate;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
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
 * passes, and cannot set a timer there. While a sweep goes on, the watermark is not passed on, so
 * that the windows of the moment that is priced are still open for it.
 */
public final class ApplyPricingRules extends AbstractStreamOperator<PricingEvent>
        implements TwoInputStreamOperator<ProductChange, RulesChange, PricingEvent>,
                Triggerable<String, String> {

    private static final long serialVersionUID = 1;

    public static final OutputTag<Alert> ALERTS = new OutputTag<>("alerts") {};
    public static final OutputTag<StockShift> SHIFTS = new OutputTag<>("stock-shifts") {};
    public static final OutputTag<SweepReport> SWEEPS = new OutputTag<>("sweeps") {};

    /** The known versions of the book. */
    private static final MapStateDescriptor<Long, AcceptedBook> BOOKS =
            new MapStateDescriptor<>(
                    "rule-books", Types.LONG, TypeInformation.of(AcceptedBook.class));

    private static final MapStateDescriptor<String, Long> CLOCK =
            new MapStateDescriptor<>("rules-clock", Types.STRING, Types.LONG);

    /** In the clock: the event time reached; present once any book was known. */
    private static final String REACHED = "reached";

    /** In the clock: present once a book came after another one was retired. */
    private static final String AFTER_RETIREMENT = "after-retirement";

    /** In the clock: the newest event time that a bounded run has read, once it has read all. */
    private static final String ALL_READ = "all-read";

    private static final MapStateDescriptor<String, PricedStock> STOCK =
            new MapStateDescriptor<>("stock", Types.STRING, PricedStockSerializer.TYPE);
    private static final ValueStateDescriptor<ProductFacts> FACTS =
            new ValueStateDescriptor<>("product-facts", ProductFactsSerializer.TYPE);
    private static final ListStateDescriptor<UnfinishedSweep> UNFINISHED =
            new ListStateDescriptor<>(
                    "unfinished-sweeps", TypeInformation.of(UnfinishedSweep.class));

    /**
     * How long a slice of a sweep may take: what a stock level may have to wait, in nanoseconds.
     */
    private static final long SLICE_NANOS = 4_000_000;

    /** How long stock levels that wait get between two slices, in milliseconds. */
    private static final long PAUSE_MILLIS = 1;

    /**
     * While more stock levels wait than a pause lets through, no slice is made, but for one after
     * so long: a checkpoint leaves hundreds behind, which should not share the time with a sweep.
     * In nanoseconds.
     */
    private static final long LONGEST_PAUSE_NANOS = 20_000_000;

    /** How often the progress of a sweep is told, in milliseconds. */
    private static final long REPORT_MILLIS = 1_000;

    /**
     * A new book is compared with those before at no more than this many future moments; beyond
     * that, all stock is re-examined.
     */
    private static final int MOST_MOMENTS = 16;

    /** Of so many newest prices it is shown how long they took from the event on. */
    private static final int LATENCIES = 2_048;

    private final long windowMillis;
    private final long sliceNanos;
    private final Settings.Pricing settings;

    private transient MailboxExecutor mailbox;
    private transient MapState<String, PricedStock> stock;
    private transient ValueState<ProductFacts> facts;
    private transient ProductsByCategory byCategory;
    private transient BroadcastState<Long, AcceptedBook> knownBooks;
    private transient BroadcastState<String, Long> clock;
    private transient ListState<UnfinishedSweep> unfinished;
    private transient InternalTimerService<String> holds;
    private transient Tally tally;
    private transient StockCount stockCount;
    private transient Histogram eventToPrice;

    /** Wall clock of the newest completed checkpoint, or of the start; the reporter reads it. */
    private transient volatile long checkpointedAt;

    private transient PriceStockLevel pricing;
    private transient Emitter emit;

    private transient PriceBooks books;

    /** The known versions, ready to price: a version never changes. */
    private transient Map<Long, PriceBook> compiled;

    private transient long reached;
    private transient boolean everKnown;

    /** Of this operator, and what was passed on of it; they differ while a sweep goes on. */
    private transient long watermark;

    private transient long watermarkPassedOn;
    private transient boolean silencePassedOn;

    /** The first is the one that goes on. */
    private transient Deque<Sweep> sweeps;

    /** The newest event time of all stock levels: they may be ahead of the watermark. */
    private transient long newestLevel;

    private transient int attempt;
    private transient boolean indexed;
    private transient boolean sliceAhead;
    private transient boolean levelsWait;
    private transient boolean closed;
    private transient long longestSliceNanos;
    private transient long lastSliceEndedAt;

    /**
     * The levels of a message come one after the other: the facts of the product that came last are
     * at hand without another look into the state.
     */
    private transient String lastProduct;

    private transient ProductFacts lastFacts;

    public ApplyPricingRules(Settings.Pricing settings) {
        this(settings, SLICE_NANOS);
    }

    /**
     * @param sliceNanos how long a slice of a sweep may take, in nanoseconds; 0: one product, so
     *     that a test can look between any two
     */
    public ApplyPricingRules(Settings.Pricing settings, long sliceNanos) {
        this.sliceNanos = sliceNanos;
        this.settings = settings;
        this.windowMillis = settings.window().toMillis();
    }

    // ---------------------------------------------------------------- life

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        knownBooks = context.getOperatorStateStore().getBroadcastState(BOOKS);
        clock = context.getOperatorStateStore().getBroadcastState(CLOCK);
        unfinished = context.getOperatorStateStore().getUnionListState(UNFINISHED);
        tally = Tally.restore(context, getRuntimeContext(), Count.counters());
        tally.showCheckpointed(getMetricGroup(), "placedCheckpointed", Count.places());
        stockCount = StockCount.restore(context, getRuntimeContext(), keyGroups());
        sweeps = new ArrayDeque<>();
        watermark = Long.MIN_VALUE;
        watermarkPassedOn = Long.MIN_VALUE;
        compiled = Map.of();
        compile();
        restoreSweeps(context.isRestored());
    }

    @Override
    public void open() throws Exception {
        super.open();
        mailbox =
                getContainingTask()
                        .getMailboxExecutorFactory()
                        .createExecutor(getOperatorConfig().getChainIndex());
        stock = getRuntimeContext().getMapState(STOCK);
        facts = getRuntimeContext().getState(FACTS);
        byCategory =
                new ProductsByCategory(
                        getRuntimeContext().getMapState(ProductsByCategory.STATE),
                        this::setCurrentKey,
                        getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks());
        holds = getInternalTimerService("holds", StringSerializer.INSTANCE, this);
        emit = new Emitter();
        pricing = new PriceStockLevel(settings, emit);
        showMetrics();
        if (!stockCount.isComplete()) {
            countStock();
        }
        goOn();
    }

    private void showMetrics() {
        MetricGroup metrics = getMetricGroup();
        metrics.gauge("sweeps", () -> sweeps.size());
        metrics.gauge("sweepPercent", this::percent);
        metrics.gauge("sweepLongestSliceMillis", () -> longestSliceNanos / 1_000_000);
        metrics.gauge("ruleBookVersion", this::versionInForce);
        metrics.gauge("ruleBookAgeSeconds", this::ruleBookAgeSeconds);
        eventToPrice =
                metrics.histogram(
                        "eventToPriceMillis", new DescriptiveStatisticsHistogram(LATENCIES));
        checkpointedAt = getProcessingTimeService().getCurrentProcessingTime();
        metrics.gauge("checkpointAgeSeconds", this::checkpointAgeSeconds);
    }

    /** A walk over all keys: once, with state of a release that did not count them. */
    private void countStock() throws Exception {
        try (AllProducts products = new AllProducts()) {
            while (products.hasNext()) {
                String productId = products.next();
                setCurrentKey(productId);
                for (PricedStock level : stock.values()) {
                    stockCount.moved(productId, null, level);
                }
            }
        }
    }

    private long checkpointAgeSeconds() {
        return (getProcessingTimeService().getCurrentProcessingTime() - checkpointedAt) / 1_000;
    }

    /** Of the book in force, in event time; -1: there is none. */
    private long ruleBookAgeSeconds() {
        PriceBook book = books.holdsAt(reached);
        if (book == null) {
            return -1;
        }
        long now = Math.max(reached, watermark == Long.MAX_VALUE ? Long.MIN_VALUE : watermark);
        return now <= book.effectiveFrom() ? 0 : (now - book.effectiveFrom()) / 1_000;
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        tally.snapshot(context);
        stockCount.snapshot();
        List<UnfinishedSweep> left = new ArrayList<>();
        for (Sweep sweep : sweeps) {
            left.add(
                    new UnfinishedSweep(
                            reached,
                            newestLevel,
                            attempt,
                            indexed,
                            sweep.cause,
                            sweep.asOf,
                            sweep.version,
                            sweep.changed,
                            sweep.announcedAt));
        }
        if (left.isEmpty()) {
            left.add(
                    new UnfinishedSweep(
                            reached, newestLevel, attempt, indexed, null, 0, null, 0, 0));
        }
        unfinished.update(left);
    }

    @Override
    public void notifyCheckpointComplete(long checkpoint) throws Exception {
        super.notifyCheckpointComplete(checkpoint);
        tally.completed(checkpoint);
        checkpointedAt = getProcessingTimeService().getCurrentProcessingTime();
    }

    @Override
    public void close() throws Exception {
        closed = true;
        if (sweeps != null && !sweeps.isEmpty() && sweeps.peek().products != null) {
            sweeps.peek().products.close();
        }
        super.close();
    }

    // ---------------------------------------------------------------- what is told of a product

    @Override
    public void processElement1(StreamRecord<ProductChange> element) throws Exception {
        levelsWait = true;
        ProductChange change = element.getValue();
        switch (change.kind()) {
            case STOCK_LEVELS -> {
                for (StockLevel level : change.stockLevels()) {
                    update(level);
                }
            }
            case WITHDRAWAL -> withdraw(change.productId(), change.withdrawal());
            case DELISTING -> emit.count(withdraw(change.productId(), change.withdrawal()));
            case CATALOG ->
                    updateCatalog(
                            change.productId(), change.catalogEntry(), change.catalogVersion());
        }
    }

    private void update(StockLevel level) throws Exception {
        ProductFacts known = factsOf(level.productId());
        PricedStock before = stock.get(level.warehouseId());
        if (level.version().isOlderThan(known.withdrawnBefore())
                || (before != null && level.version().isOlderThan(before.version()))) {
            emit.count(Count.SUPERSEDED);
            pricing.supersede(level);
            return;
        }
        if (before != null
                && before.repeats(level)
                && settings.publish() == Settings.Publish.CHANGES) {
            emit.count(Count.UNCHANGED);
            stock.put(level.warehouseId(), before.movedTo(level));
            return;
        }
        long eventTime = level.version().eventTime();
        newestLevel = Math.max(newestLevel, eventTime);
        if (emit.isClosed(eventTime)) {
            emit.count(Count.LATE_FOR_WINDOW);
        }
        PricedStock after =
                pricing.price(
                        books,
                        everKnown,
                        before,
                        level,
                        known.catalog(),
                        Cause.INVENTORY,
                        eventTime);
        if (after.standing() != Standing.PRICED) {
            emit.count(Count.WAITING);
        } else if (before == null || after.priceVersion() != before.priceVersion()) {
            emit.count(Count.PRICED);
        } else {
            emit.count(Count.UNCHANGED);
        }
        PricedStock now = catchUp(after, level, known.catalog(), eventTime);
        pricing.alert(before, now, level);
        stockCount.moved(level.productId(), before, now);
        stock.put(level.warehouseId(), now);
    }

    /**
     * Prices a level again at every moment since it was priced that has passed already, and sets
     * the timer of a hold that is still to end.
     */
    private PricedStock catchUp(
            PricedStock stock, StockLevel level, CatalogEntry catalog, long pricedAt)
            throws Exception {
        PricedStock now = stock;
        if (now.standing() == Standing.WAITING) {
            return now;
        }
        // A hold may end between two boundaries. Its timer would come too late where event time is
        // past it already: a bounded run has no watermark after its last one.
        long passed = Math.max(reached, end());
        long moment = pricedAt;
        while (true) {
            long release = now.heldUntil() > moment ? now.heldUntil() : Long.MAX_VALUE;
            moment = Math.min(books.nextChange(moment), release);
            if (moment > passed || moment == Long.MAX_VALUE) {
                break;
            }
            now = pricing.price(books, everKnown, now, level, catalog, Cause.SCHEDULE, moment);
        }
        if (now.heldUntil() > passed) {
            holds.registerEventTimeTimer(level.warehouseId(), now.heldUntil());
        }
        return now;
    }

    /**
     * Withdraws all that is older.
     *
     * @return what became of it, were it a delisting
     */
    private Count withdraw(String productId, StockVersion version) throws Exception {
        ProductFacts known = factsOf(productId);
        if (version.isOlderThan(known.withdrawnBefore())) {
            return Count.DELISTINGS_SUPERSEDED;
        }
        remember(productId, new ProductFacts(known.catalog(), known.catalogVersion(), version));
        Count became = Count.DELISTINGS_UNKNOWN;
        for (Map.Entry<String, PricedStock> entry : stock.entries()) {
            PricedStock before = entry.getValue();
            if (!before.version().isOlderThan(version)) {
                became = became == Count.DELISTED ? became : Count.DELISTINGS_SUPERSEDED;
                continue;
            }
            if (before.standing() == Standing.WITHDRAWN) {
                became = became == Count.DELISTINGS_UNKNOWN ? Count.DELISTINGS_UNCHANGED : became;
                continue;
            }
            became = Count.DELISTED;
            StockLevel level = before.stockLevel(productId, entry.getKey());
            PricedStock after = pricing.delist(before, level, version.eventTime());
            stockCount.moved(productId, before, after);
            entry.setValue(after);
        }
        return became;
    }

    private void updateCatalog(String productId, CatalogEntry entry, StockVersion version)
            throws Exception {
        ProductFacts known = factsOf(productId);
        if (version.isOlderThan(known.catalogVersion())) {
            emit.count(Count.CATALOG_SUPERSEDED);
            return;
        }
        remember(productId, new ProductFacts(entry, version, known.withdrawnBefore()));
        String from = known.catalog() == null ? null : known.catalog().category();
        String to = entry == null ? null : entry.category();
        if (from == null ? to != null : !from.equals(to)) {
            byCategory.move(productId, from, to);
        }
        if (books.isEmpty()) {
            return;
        }
        long now = Math.max(reached, watermark == Long.MAX_VALUE ? Long.MIN_VALUE : watermark);
        for (Map.Entry<String, PricedStock> held : stock.entries()) {
            PricedStock before = held.getValue();
            if (before.standing() == Standing.WITHDRAWN) {
                continue;
            }
            PricedStock after =
                    reprice(productId, held.getKey(), before, entry, Cause.CATALOG, now);
            if (after != before) {
                stockCount.moved(productId, before, after);
                held.setValue(after);
            }
        }
    }

    /** Prices what is stored, as of a moment or, where it holds later, as of its own. */
    private PricedStock reprice(
            String productId,
            String warehouseId,
            PricedStock before,
            CatalogEntry catalog,
            Cause cause,
            long moment)
            throws Exception {
        StockLevel level = before.stockLevel(productId, warehouseId);
        long asOf = Math.max(level.version().eventTime(), moment);
        if (before.standing() == Standing.WAITING) {
            // As if the book had been there when the level came.
            asOf = level.version().eventTime();
        } else if (before.changedAt() > asOf) {
            // Another change was faster than the sweep; no price goes back in time.
            asOf = before.changedAt();
        }
        PricedStock after = pricing.price(books, everKnown, before, level, catalog, cause, asOf);
        if (after == before) {
            return before;
        }
        PricedStock now = catchUp(after, level, catalog, asOf);
        pricing.alert(before, now, level);
        return now;
    }

    // ---------------------------------------------------------------- what happens to the rules

    @Override
    public void processElement2(StreamRecord<RulesChange> element) throws Exception {
        RulesChange change = element.getValue();
        if (change.kind() == RulesChange.Kind.ALL_READ) {
            clock.put(ALL_READ, change.eventTime());
            return;
        }
        // What the books known until now had still ahead by then is not forgotten with them.
        passBoundaries(change.eventTime());
        PriceBooks before = books;
        if (change.kind() == RulesChange.Kind.BOOK) {
            if (everKnown && books.isEmpty()) {
                clock.put(AFTER_RETIREMENT, 1L);
            }
            knownBooks.put(change.book().version(), change.book());
            for (long version : change.forgotten()) {
                knownBooks.remove(version);
            }
        } else {
            knownBooks.clear();
        }
        boolean first = !everKnown;
        clock.put(REACHED, reached(change));
        compile();
        Touched touched =
                first
                        ? Touched.EVERYTHING
                        : touchedFrom(reached, Math.max(reached, newestLevel), before);
        // What is unfinished was to price by the books before, as of a moment long ago: of that
        // moment the new one may say something that had ended before it came.
        boolean takesOver =
                !sweeps.isEmpty()
                        && !(touched.isNothing()
                                && touchedFrom(sweeps.peek().asOf, reached, before).isNothing());
        begin(
                new Sweep(
                        Cause.RULE_BOOK,
                        reached,
                        touched,
                        inForce(change.convergenceOf()),
                        change.announcedAt()),
                takesOver);
    }

    /** A book that history has not come to yet converges when it begins. */
    private Long inForce(Long version) {
        return version != null && version == versionInForce() ? version : null;
    }

    /**
     * What the books touch, compared with those before, at any moment between two: from the event
     * time reached up to those as of which stock levels that were faster than the watermark are
     * priced already, or from an unfinished sweep's moment up to the event time reached.
     */
    private Touched touchedFrom(long from, long until, PriceBooks before) {
        Touched touched = Touched.NOTHING;
        int moments = 0;
        for (long moment = from;
                moment == from || moment <= until;
                moment = Math.min(before.nextChange(moment), books.nextChange(moment))) {
            if (++moments > MOST_MOMENTS) {
                return Touched.EVERYTHING;
            }
            touched =
                    touched.plus(
                            Touched.between(
                                    before.holdsAt(moment), moment, books.holdsAt(moment), moment));
            if (moment == Long.MAX_VALUE) {
                break;
            }
        }
        return touched;
    }

    private long reached(RulesChange change) {
        return Math.max(reached, change.eventTime());
    }

    /** A watermark: the boundaries and holds until then are over. */
    @Override
    public void processWatermark(Watermark mark) throws Exception {
        watermark = mark.getTimestamp();
        passBoundaries(end());
        if (getTimeServiceManager().isPresent()) {
            getTimeServiceManager().get().advanceWatermark(mark);
        }
        if (watermark == Long.MAX_VALUE) {
            while (!sweeps.isEmpty()) {
                sweepFor(Long.MAX_VALUE);
            }
        }
        passWatermarkOn();
    }

    /**
     * How far event time has come. The end of a bounded run is not the end of time: what it has
     * read is.
     */
    private long end() throws Exception {
        if (watermark != Long.MAX_VALUE) {
            return watermark;
        }
        Long allRead = clock.get(ALL_READ);
        return allRead == null ? Long.MIN_VALUE : allRead;
    }

    /**
     * All inputs fell silent, or one speaks again. Downstream nobody listens to a watermark of who
     * is silent; so silence waits behind the watermark that a sweep holds back.
     */
    @Override
    protected void processWatermarkStatus(WatermarkStatus status, int input) throws Exception {
        if (combinedWatermark.updateStatus(input, status.isIdle())) {
            processWatermark(new Watermark(combinedWatermark.getCombinedWatermark()));
        }
        passWatermarkOn();
    }

    /** While a sweep goes on, the windows of the moment that it prices have to stay open. */
    private void passWatermarkOn() {
        if (!sweeps.isEmpty()) {
            return;
        }
        boolean silent = combinedWatermark.isIdle();
        if (!silent && silencePassedOn) {
            silencePassedOn = false;
            output.emitWatermarkStatus(WatermarkStatus.ACTIVE);
        }
        if (watermark > watermarkPassedOn) {
            watermarkPassedOn = watermark;
            output.emitWatermark(new Watermark(watermark));
        }
        if (silent && !silencePassedOn) {
            silencePassedOn = true;
            output.emitWatermarkStatus(WatermarkStatus.IDLE);
        }
    }

    /** Books and rules begin and end, one moment after the other. */
    private void passBoundaries(long until) throws Exception {
        for (long moment = books.nextChange(reached);
                moment <= until && moment != Long.MAX_VALUE;
                moment = books.nextChange(moment)) {
            clock.put(REACHED, moment);
            reached = moment;
            PriceBook book = books.holdsAt(moment);
            boolean takesOver = book != null && book != books.holdsAt(moment - 1);
            boolean begins = book != null && book.effectiveFrom() == moment;
            begin(
                    new Sweep(
                            Cause.SCHEDULE,
                            moment,
                            Touched.between(books.holdsAt(moment - 1), moment - 1, book, moment),
                            begins || takesOver ? book.version() : null,
                            getProcessingTimeService().getCurrentProcessingTime()),
                    false);
        }
    }

    /** A hold is over: the price that is then due is published. */
    @Override
    public void onEventTime(InternalTimer<String, String> timer) throws Exception {
        if (timer.getTimestamp() > end()) {
            return;
        }
        PricedStock before = stock.get(timer.getNamespace());
        if (before == null || before.heldUntil() != timer.getTimestamp()) {
            return; // It was released, or held for longer, in the meantime.
        }
        String productId = timer.getKey();
        PricedStock after =
                reprice(
                        productId,
                        timer.getNamespace(),
                        before,
                        factsOf(productId).catalog(),
                        Cause.SCHEDULE,
                        timer.getTimestamp());
        if (after != before) {
            stockCount.moved(productId, before, after);
            stock.put(timer.getNamespace(), after);
        }
    }

    @Override
    public void onProcessingTime(InternalTimer<String, String> timer) {
        throw new IllegalStateException("no hold ends by the wall clock");
    }

    /** Makes the known versions ready to price, each once. */
    private void compile() throws Exception {
        Map<Long, PriceBook> ready = new HashMap<>();
        for (Map.Entry<Long, AcceptedBook> entry : knownBooks.entries()) {
            AcceptedBook accepted = entry.getValue();
            PriceBook known = compiled.get(accepted.version());
            ready.put(
                    accepted.version(),
                    known != null
                            ? known
                            : new PriceBook(
                                    RuleBookReader.readAccepted(accepted.document()),
                                    accepted.effectiveFrom(),
                                    accepted.effectiveTo()));
        }
        compiled = ready;
        books = new PriceBooks(ready.values(), clock.contains(AFTER_RETIREMENT));
        Long stamp = clock.get(REACHED);
        everKnown = stamp != null;
        reached = everKnown ? stamp : Long.MIN_VALUE;
    }

    private long versionInForce() {
        PriceBook book = books.holdsAt(reached);
        return book == null ? 0 : book.version();
    }

    // ---------------------------------------------------------------- sweeps

    /**
     * Takes up a sweep.
     *
     * @param takesOver whether it takes the place of all that are unfinished, as one for a new book
     *     does: it looks at what they would still have looked at, too
     */
    private void begin(Sweep sweep, boolean takesOver) throws Exception {
        if (sweep.touched.isNothing() && !takesOver) {
            report(sweep, Stage.DONE);
            return;
        }
        Sweep next = sweep;
        if (takesOver) {
            Touched touched = sweep.touched;
            for (Sweep old : sweeps) {
                touched = touched.plus(old.touched);
                if (old.products != null) {
                    old.products.close();
                }
                emit.count(Count.SWEEPS_CANCELLED);
                report(old, Stage.CANCELLED);
            }
            sweeps.clear();
            next = new Sweep(sweep.cause, sweep.asOf, touched, sweep.version, sweep.announcedAt);
        }
        sweeps.add(next);
        goOn();
    }

    /** Puts the next slice into the mailbox, behind what waits there already. */
    private void goOn() {
        if (sweeps.isEmpty() || sliceAhead || closed) {
            return;
        }
        sliceAhead = true;
        if (levelsWait || !outputsTakeMore()) {
            // A mail would come after one single record; a timer lets many through.
            levelsWait = false;
            getProcessingTimeService()
                    .registerTimer(
                            getProcessingTimeService().getCurrentProcessingTime() + PAUSE_MILLIS,
                            now -> slice());
            return;
        }
        try {
            mailbox.execute(this::slice, "sweep");
        } catch (RejectedExecutionException stopping) {
            // The task ends; what is unfinished stands in the savepoint.
            sliceAhead = false;
        }
    }

    private void slice() throws Exception {
        sliceAhead = false;
        if (closed || sweeps.isEmpty()) {
            return;
        }
        long began = System.nanoTime();
        if (levelsCrowd() && began - lastSliceEndedAt < LONGEST_PAUSE_NANOS) {
            levelsWait = true;
        } else if (outputsTakeMore()) {
            sweepFor(sliceNanos);
            lastSliceEndedAt = System.nanoTime();
            longestSliceNanos = Math.max(longestSliceNanos, lastSliceEndedAt - began);
        }
        passWatermarkOn();
        goOn();
    }

    /**
     * Returns whether there is more to read than what has been taken out of the network already.
     */
    private boolean levelsCrowd() {
        for (InputGate gate : getContainingTask().getEnvironment().getAllInputGates()) {
            if (gate.isAvailable()) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether writing would not block: a slice must not stand still for a slow reader. */
    private boolean outputsTakeMore() {
        for (ResultPartitionWriter writer : getContainingTask().getEnvironment().getAllWriters()) {
            if (!writer.isAvailable()) {
                return false;
            }
        }
        return true;
    }

    /** Goes on with the first sweep for so long, or to its end. */
    private void sweepFor(long nanos) throws Exception {
        Sweep sweep = sweeps.peek();
        if (sweep.products == null) {
            sweep.products = productsFor(sweep.touched);
        }
        long began = System.nanoTime();
        while (sweep.products.hasNext()) {
            examine(sweep, sweep.products.next());
            if (System.nanoTime() - began >= nanos) {
                long now = getProcessingTimeService().getCurrentProcessingTime();
                if (now - sweep.reportedAt >= REPORT_MILLIS) {
                    sweep.reportedAt = now;
                    report(sweep, Stage.RUNNING);
                }
                return;
            }
        }
        indexed |= sweep.products.areAll();
        sweep.products.close();
        sweeps.remove();
        report(sweep, Stage.DONE);
    }

    private void examine(Sweep sweep, String productId) throws Exception {
        setCurrentKey(productId);
        CatalogEntry catalog = factsOf(productId).catalog();
        String category = catalog == null ? null : catalog.category();
        if (!indexed && category != null) {
            byCategory.move(productId, null, category);
        }
        for (Map.Entry<String, PricedStock> entry : stock.entries()) {
            PricedStock before = entry.getValue();
            if (before.standing() == Standing.WITHDRAWN
                    || !concerns(sweep, productId, catalog, before, entry.getKey())) {
                continue;
            }
            PricedStock after =
                    reprice(productId, entry.getKey(), before, catalog, sweep.cause, sweep.asOf);
            emit.count(Count.REEXAMINED);
            sweep.examined++;
            if (after != before) {
                boolean published = after.priceVersion() != before.priceVersion();
                boolean ended = before.price() != null && after.price() == null;
                sweep.changed += published || ended ? 1 : 0;
                stockCount.moved(productId, before, after);
                entry.setValue(after);
            }
        }
    }

    private static boolean concerns(
            Sweep sweep,
            String productId,
            CatalogEntry catalog,
            PricedStock before,
            String warehouseId) {
        // What is still waiting is of no book yet, and is looked at by any.
        return before.standing() == Standing.WAITING
                || sweep.touched.concerns(
                        productId,
                        catalog == null ? null : catalog.category(),
                        before.priceTier(),
                        warehouseId);
    }

    private void report(Sweep sweep, Stage stage) {
        if (sweep.version == null) {
            return;
        }
        emit.side(
                SWEEPS,
                new SweepReport(
                        sweep.version,
                        getRuntimeContext().getTaskInfo().getIndexOfThisSubtask(),
                        getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks(),
                        attempt,
                        stage,
                        sweep.products == null ? 0 : sweep.products.percent(),
                        sweep.examined,
                        sweep.changed,
                        sweep.asOf,
                        sweep.announcedAt,
                        getProcessingTimeService().getCurrentProcessingTime()));
    }

    /**
     * What a checkpoint found unfinished in any subtask begins again in all of them: after a
     * rescale nobody knows whose keys were done.
     */
    private void restoreSweeps(boolean restored) throws Exception {
        indexed = !restored;
        // A savepoint of 0.1.0 does not say.
        newestLevel = restored ? Long.MAX_VALUE : Long.MIN_VALUE;
        boolean first = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0;
        Map<String, Sweep> again = new TreeMap<>();
        long least = Long.MAX_VALUE;
        long newest = Long.MIN_VALUE;
        boolean allIndexed = true;
        for (UnfinishedSweep left : unfinished.get()) {
            indexed = true;
            allIndexed &= left.indexed();
            least = Math.min(least, left.reached());
            newest = Math.max(newest, left.newestLevel());
            newestLevel = newest;
            attempt = Math.max(attempt, left.attempt() + 1);
            if (left.cause() == null) {
                continue;
            }
            Sweep sweep =
                    again.computeIfAbsent(
                            String.format("%020d %s %s", left.asOf(), left.cause(), left.version()),
                            key ->
                                    new Sweep(
                                            left.cause(),
                                            left.asOf(),
                                            // The version that decided before may be forgotten.
                                            Touched.EVERYTHING,
                                            left.version(),
                                            left.announcedAt()));
            sweep.changed += first ? left.changed() : 0;
        }
        indexed &= allIndexed;
        if (least != Long.MAX_VALUE && everKnown) {
            // A boundary that one subtask had passed and another had not passes again.
            reached = Math.min(reached, least);
            clock.put(REACHED, reached);
        }
        sweeps.addAll(again.values());
    }

    private int percent() {
        Sweep sweep = sweeps.peek();
        return sweep == null || sweep.products == null ? 100 : sweep.products.percent();
    }

    private Sweep.Products productsFor(Touched touched) throws Exception {
        return touched.needsWalk() || (!indexed && !touched.categories().isEmpty())
                ? new AllProducts()
                : new NamedProducts(touched);
    }

    private KeyGroupRange keyGroups() {
        TaskInfo task = getRuntimeContext().getTaskInfo();
        return KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                task.getMaxNumberOfParallelSubtasks(),
                task.getNumberOfParallelSubtasks(),
                task.getIndexOfThisSubtask());
    }

    /** Every product of this subtask. */
    private final class AllProducts implements Sweep.Products {
        private final Stream<String> stream;
        private final Iterator<String> keys;
        private final int copied;
        private final KeyGroupRange groups;
        private int passed;
        private String last;

        AllProducts() {
            Stream<String> stored =
                    ApplyPricingRules.this
                            .<String>getKeyedStateBackend()
                            .getKeys(STOCK.getName(), VoidNamespace.INSTANCE);
            groups = keyGroups();
            if (getKeyedStateBackend().isSafeToReuseKVState()) {
                // A database: its iterator sees what was there when it was made, in key groups.
                stream = stored;
                keys = stored.iterator();
                copied = -1;
            } else {
                // A map on the heap must not be changed while one walks over it.
                List<String> copy;
                try (stored) {
                    copy = stored.collect(Collectors.toCollection(ArrayList::new));
                }
                stream = Stream.empty();
                keys = copy.iterator();
                copied = copy.size();
            }
        }

        @Override
        public boolean hasNext() {
            return keys.hasNext();
        }

        @Override
        public String next() {
            passed++;
            last = keys.next();
            return last;
        }

        @Override
        public int percent() {
            if (copied >= 0) {
                return copied == 0 ? 100 : (int) (100L * passed / copied);
            }
            if (last == null) {
                return 0;
            }
            int group =
                    KeyGroupRangeAssignment.assignToKeyGroup(
                            last,
                            getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks());
            return 100 * (group - groups.getStartKeyGroup()) / groups.getNumberOfKeyGroups();
        }

        @Override
        public boolean areAll() {
            return true;
        }

        @Override
        public void close() {
            stream.close();
        }
    }

    /** The products that rules name, and those of the categories that they name. */
    private final class NamedProducts implements Sweep.Products {
        private final KeyGroupRange groups;
        private final int maxParallelism;
        private final List<String> categories;
        private Iterator<String> now;
        private String mine;
        private int category;
        private int group;

        NamedProducts(Touched touched) {
            groups = keyGroups();
            maxParallelism = getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks();
            categories = List.copyOf(touched.categories());
            group = groups.getStartKeyGroup();
            now = touched.productIds().iterator();
        }

        @Override
        public boolean hasNext() {
            while (mine == null) {
                if (now.hasNext()) {
                    String product = now.next();
                    if (isMine(product)) {
                        mine = product;
                    }
                } else if (category < categories.size()) {
                    now = nextGroup();
                } else {
                    return false;
                }
            }
            return true;
        }

        private boolean isMine(String product) {
            return groups.contains(
                    KeyGroupRangeAssignment.assignToKeyGroup(product, maxParallelism));
        }

        private Iterator<String> nextGroup() {
            List<String> products;
            try {
                products = byCategory.of(categories.get(category), group);
            } catch (Exception failure) {
                throw new IllegalStateException("the index of categories cannot be read", failure);
            }
            if (++group > groups.getEndKeyGroup()) {
                group = groups.getStartKeyGroup();
                category++;
            }
            return products.iterator();
        }

        @Override
        public String next() {
            String product = mine;
            mine = null;
            return product;
        }

        @Override
        public int percent() {
            return categories.isEmpty() ? 0 : 100 * category / categories.size();
        }

        @Override
        public boolean areAll() {
            return false;
        }

        @Override
        public void close() {}
    }

    // ---------------------------------------------------------------- in and out

    private ProductFacts factsOf(String productId) throws Exception {
        if (!productId.equals(lastProduct)) {
            ProductFacts stored = facts.value();
            lastFacts = stored == null ? ProductFacts.NONE : stored;
            lastProduct = productId;
        }
        return lastFacts;
    }

    private void remember(String productId, ProductFacts known) throws Exception {
        facts.update(known);
        lastFacts = known;
        lastProduct = productId;
    }

    /** Where results go. Never with a timestamp: they carry their times themselves. */
    private final class Emitter implements PriceStockLevel.Listener {

        /** Returns whether the window of a moment has closed. */
        boolean isClosed(long moment) {
            return Math.floorDiv(moment, windowMillis) * windowMillis + windowMillis - 1
                    <= watermarkPassedOn;
        }

        <X> void side(OutputTag<X> tag, X value) {
            output.collect(tag, new StreamRecord<>(value));
        }

        @Override
        public void event(PricingEvent event) {
            if (event.published() == Published.PRICE && event.cause() == Cause.INVENTORY) {
                long now = getProcessingTimeService().getCurrentProcessingTime();
                eventToPrice.update(Math.max(0, now - event.stock().version().eventTime()));
            }
            output.collect(new StreamRecord<>(event));
        }

        @Override
        public void alert(Alert alert) {
            side(ALERTS, alert);
        }

        /**
         * A shift whose window has closed moves the stock of the next window, and is neither an
         * update nor a price change of it: late for the window is not late for the stock.
         */
        @Override
        public void shift(
                long at,
                String warehouseId,
                Position before,
                Position after,
                int updates,
                BigDecimal updatePrice,
                int priceChanges) {
            boolean late = isClosed(at);
            side(
                    SHIFTS,
                    new StockShift(
                            late ? watermarkPassedOn + 1 : at,
                            warehouseId,
                            before,
                            after,
                            late ? 0 : updates,
                            late ? null : updatePrice,
                            late ? 0 : priceChanges));
        }

        @Override
        public void count(Count count) {
            tally.add(count.ordinal(), 1);
        }
    }
}
