package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.DashboardMetric;
import io.slackwater.pricing.model.MetricShare;
import io.slackwater.pricing.model.MetricShare.Amounts;
import io.slackwater.pricing.model.StockTotals;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ReducingState;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * At the end of a window: adds what it brought to the stock carried over from the windows before,
 * so that keys without an event count too. A window in which the currency changes has a metric for
 * each currency.
 *
 * <p>Keyed by dimension and value. Open windows and totals live on the heap and are written to the
 * keyed state when a checkpoint is taken, only where they changed: there are few values, and a
 * state access and a timer for each share (as Flink's own windows have them) cost more than the
 * sums.
 */
public final class CloseMetricsWindow extends AbstractStreamOperator<DashboardMetric>
        implements OneInputStreamOperator<MetricShare, DashboardMetric>,
                Triggerable<String, TimeWindow> {

    private static final long serialVersionUID = 1;

    private static final ValueStateDescriptor<StockTotals> TOTALS =
            new ValueStateDescriptor<>("stock-totals", TypeInformation.of(StockTotals.class));

    private static final ListStateDescriptor<MetricShare> OPEN_WINDOWS =
            new ListStateDescriptor<>("open-windows", MetricShareSerializer.TYPE);

    /** The open windows as releases up to 0.1.1 stored them: Flink's own windows. */
    private static final ReducingStateDescriptor<MetricShare> OLD_WINDOWS =
            new ReducingStateDescriptor<>(
                    "window-contents", MetricShare::plus, TypeInformation.of(MetricShare.class));

    private static final String OLD_TIMERS = "window-timers";

    private final long windowMillis;

    private transient ValueState<StockTotals> storedTotals;
    private transient ListState<MetricShare> storedWindows;

    /** By start, then by key. */
    private transient TreeMap<Long, Map<String, MetricShare>> windows;

    private transient Map<String, StockTotals> totals;

    /** The keys whose totals are not stored as they are. */
    private transient Set<String> changed;

    /** The keys of which the state has open windows. */
    private transient Set<String> stored;

    private transient long watermark;
    private transient Counter late;

    public CloseMetricsWindow(long windowMillis) {
        this.windowMillis = windowMillis;
    }

    /** The key of a share: its dimension and value. */
    public static String keyOf(MetricShare share) {
        return share.dimension() + '|' + share.value();
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        windows = new TreeMap<>();
        totals = new HashMap<>();
        changed = new HashSet<>();
        stored = new HashSet<>();
        watermark = Long.MIN_VALUE;
        storedTotals = context.getKeyedStateStore().getState(TOTALS);
        storedWindows = context.getKeyedStateStore().getListState(OPEN_WINDOWS);
        for (String key : keys(TOTALS.getName())) {
            setCurrentKey(key);
            totals.put(key, storedTotals.value());
        }
        for (String key : keys(OPEN_WINDOWS.getName())) {
            setCurrentKey(key);
            storedWindows.get().forEach(share -> open(key, share));
            stored.add(key);
        }
        takeOverOldWindows();
    }

    private List<String> keys(String state) {
        try (var keys = backend().getKeys(state, VoidNamespace.INSTANCE)) {
            return keys.toList();
        }
    }

    private KeyedStateBackend<String> backend() {
        return getKeyedStateBackend();
    }

    private void takeOverOldWindows() throws Exception {
        // Claimed so that timers stored with the old windows go away as their time comes.
        getInternalTimerService(OLD_TIMERS, new TimeWindow.Serializer(), this);
        List<Tuple2<String, TimeWindow>> old;
        try (var places =
                this.<String>getKeyedStateBackend()
                        .<TimeWindow>getKeysAndNamespaces(OLD_WINDOWS.getName())) {
            old = places.toList();
        }
        for (Tuple2<String, TimeWindow> place : old) {
            setCurrentKey(place.f0);
            ReducingState<MetricShare> window =
                    backend()
                            .getPartitionedState(
                                    place.f1, new TimeWindow.Serializer(), OLD_WINDOWS);
            open(place.f0, window.get());
            window.clear();
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        late = metrics.counter("numLateRecordsDropped");
    }

    /** Nothing is read or written for a single share, so no key is set. */
    @Override
    public void setKeyContextElement1(StreamRecord record) {}

    @Override
    public void setKeyContextElement(StreamRecord<MetricShare> record) {}

    @Override
    public void processElement(StreamRecord<MetricShare> element) {
        MetricShare share = element.getValue();
        if (isClosed(share.windowStart(), watermark)) {
            late.inc();
            return;
        }
        open(keyOf(share), share);
    }

    private void open(String key, MetricShare share) {
        windows.computeIfAbsent(share.windowStart(), start -> new LinkedHashMap<>())
                .merge(key, share, MetricShare::plus);
    }

    private boolean isClosed(long windowStart, long time) {
        return windowStart + windowMillis - 1 <= time;
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        watermark = mark.getTimestamp();
        while (!windows.isEmpty() && isClosed(windows.firstKey(), watermark)) {
            windows.pollFirstEntry().getValue().forEach(this::close);
        }
        super.processWatermark(mark);
    }

    private void close(String key, MetricShare share) {
        StockTotals now = totals.getOrDefault(key, StockTotals.NONE).plus(share);
        totals.put(key, now.withoutEmptyValues());
        changed.add(key);
        if (isQuiet(share)) {
            return;
        }
        List<Amounts> told = new ArrayList<>(share.amountsByCurrency());
        if (told.size() > 1) {
            told.removeIf(Amounts::isQuiet);
        }
        long end = share.windowStart() + windowMillis - 1;
        for (Amounts amounts : told.isEmpty() ? share.amountsByCurrency().subList(0, 1) : told) {
            output.collect(new StreamRecord<>(metric(share, amounts, now), end));
        }
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        for (String key : changed) {
            setCurrentKey(key);
            storedTotals.update(totals.get(key));
        }
        changed.clear();
        Map<String, List<MetricShare>> open = new HashMap<>();
        for (Map<String, MetricShare> window : windows.values()) {
            window.forEach(
                    (key, share) ->
                            open.computeIfAbsent(key, none -> new ArrayList<>()).add(share));
        }
        stored.removeAll(open.keySet());
        for (String key : stored) {
            setCurrentKey(key);
            storedWindows.clear();
        }
        stored.clear();
        for (Map.Entry<String, List<MetricShare>> entry : open.entrySet()) {
            setCurrentKey(entry.getKey());
            storedWindows.update(entry.getValue());
            stored.add(entry.getKey());
        }
    }

    @Override
    public void onEventTime(InternalTimer<String, TimeWindow> timer) {
        // The watermark has closed the window.
    }

    @Override
    public void onProcessingTime(InternalTimer<String, TimeWindow> timer) {
        // No release has set one.
    }

    private DashboardMetric metric(MetricShare share, Amounts amounts, StockTotals totals) {
        // What came without a price says nothing of the currency of what is there.
        String currency = amounts.currency();
        if (currency == null && !totals.values().isEmpty()) {
            currency = totals.values().keySet().iterator().next();
        }
        BigDecimal value = currency == null ? null : totals.values().get(currency);
        BigDecimal average =
                amounts.priced() == 0
                        ? null
                        : amounts.priceSum()
                                .divide(
                                        BigDecimal.valueOf(amounts.priced()),
                                        amounts.maxPrice().scale(),
                                        RoundingMode.HALF_UP);
        return new DashboardMetric(
                share.windowStart(),
                share.windowStart() + windowMillis,
                share.dimension(),
                share.value(),
                currency,
                amounts.updates(),
                amounts.priceChanges(),
                amounts.minPrice(),
                amounts.maxPrice(),
                average,
                totals.units(),
                value == null ? totals.stockValue() : value,
                totals.low(),
                totals.out(),
                totals.oversold());
    }

    /** Nothing came and nothing changed, such as where a level moved out of a tier and back. */
    private static boolean isQuiet(MetricShare share) {
        return share.units() == 0
                && share.low() == 0
                && share.out() == 0
                && share.oversold() == 0
                && share.amounts().stream().allMatch(Amounts::isQuiet);
    }
}
