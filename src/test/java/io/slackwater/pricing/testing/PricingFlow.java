package io.slackwater.pricing.testing;

import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.InventorySignal;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Published;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.RuleBookMessage;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RulesChange;
import io.slackwater.pricing.model.Source;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockShift;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.model.SweepReport;
import io.slackwater.pricing.operators.AcceptRuleBooks;
import io.slackwater.pricing.operators.ApplyPricingRules;
import io.slackwater.pricing.operators.ApplyPricingRulesFactory;
import io.slackwater.pricing.operators.SampleStock;
import io.slackwater.pricing.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.Mail;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/**
 * The two operators that price, wired as the topology wires them, without a cluster: where rule
 * books are accepted, and any number of subtasks where they are applied. What is announced waits on
 * its way to each subtask until it is delivered, as it would on a network.
 */
public final class PricingFlow implements AutoCloseable {

    private static final int MAX_PARALLELISM = 16;

    private final KeyedHarness<RuleBookMessage, InventorySignal, RulesChange> accept;
    private final OneInputStreamOperatorTestHarness<ProductChange, InventorySignal> sampler;
    private final List<KeyedHarness<ProductChange, RulesChange, PricingEvent>> apply =
            new ArrayList<>();
    private final List<Deque<Object>> onTheWay = new ArrayList<>();

    private final List<PricingEvent> events = new ArrayList<>();
    private final List<Alert> alerts = new ArrayList<>();
    private final List<StockShift> shifts = new ArrayList<>();
    private final List<SweepReport> sweeps = new ArrayList<>();
    private final List<RuleStatus> statuses = new ArrayList<>();
    private final List<DeadLetter> deadLetters = new ArrayList<>();
    private final List<Long> watermarks = new ArrayList<>();
    private final List<String> timeSignals = new ArrayList<>();
    private final Map<String, PricingEvent> priceList = new LinkedHashMap<>();
    private long rulesOffset;
    private long newestCatalog;
    private long checkpoint = 1;
    private boolean sweepsSettle = true;

    /** What a restart begins with. */
    public record Snapshot(OperatorSubtaskState accept, OperatorSubtaskState apply, int subtasks) {}

    public PricingFlow(Settings.Pricing settings, int subtasks) throws Exception {
        this(settings, subtasks, null, null);
    }

    /** Restores a snapshot, at any parallelism; a null state backend is the heap. */
    public PricingFlow(
            Settings.Pricing settings, int subtasks, Snapshot snapshot, StateBackend backend)
            throws Exception {
        accept =
                new KeyedHarness<>(
                        SimpleOperatorFactory.of(
                                new KeyedCoProcessOperator<>(new AcceptRuleBooks(settings, 0))),
                        message -> "rules",
                        signal -> "rules",
                        1,
                        1,
                        0);
        start(accept, backend, snapshot == null ? null : snapshot.accept);
        // One for the stock and the catalog; it stores nothing.
        sampler = new OneInputStreamOperatorTestHarness<>(SampleStock.ofStock());
        start(sampler, null, null);
        for (int i = 0; i < subtasks; i++) {
            var harness =
                    new KeyedHarness<ProductChange, RulesChange, PricingEvent>(
                            // Slices of one product each: tests look between any two.
                            new ApplyPricingRulesFactory(settings, 0),
                            ProductChange::productId,
                            null,
                            MAX_PARALLELISM,
                            subtasks,
                            i);
            OperatorSubtaskState state =
                    snapshot == null
                            ? null
                            : AbstractStreamOperatorTestHarness.repartitionOperatorState(
                                    snapshot.apply,
                                    MAX_PARALLELISM,
                                    snapshot.subtasks,
                                    subtasks,
                                    i);
            start(harness, backend, state);
            apply.add(harness);
            onTheWay.add(new ArrayDeque<>());
        }
        // The rules input never holds event time back.
        accept.processWatermarkStatus1(WatermarkStatus.IDLE);
    }

    private static void start(
            AbstractStreamOperatorTestHarness<?> harness,
            StateBackend backend,
            OperatorSubtaskState state)
            throws Exception {
        if (backend != null) {
            harness.setStateBackend(backend);
        }
        harness.setup();
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
    }

    /** Settings for tests: a window of 1000 ms, low below 10, a jump above 30 %. */
    public static Settings.Pricing settings() {
        return settings(Settings.Publish.CHANGES);
    }

    public static Settings.Pricing settings(Settings.Publish publish) {
        return new Settings.Pricing(
                "default", 20, publish, Duration.ofSeconds(1), 10, 30, 100, 50, true);
    }

    // ---------------------------------------------------------------- in

    /** Publishes a rule book; it is delivered at once. */
    public PricingFlow book(Books book) throws Exception {
        publish("default", book.bytes(), 0);
        return deliver();
    }

    /** A null document retires the book. Nothing is delivered yet. */
    public void publish(String key, byte[] document, long timestamp) throws Exception {
        publish(key, document, timestamp, rulesOffset++);
    }

    /** What the lake keeps of a version, told again when a job starts. */
    public void publishAgain(String key, byte[] document, long timestamp) throws Exception {
        publish(key, document, timestamp, -1);
    }

    private void publish(String key, byte[] document, long timestamp, long offset)
            throws Exception {
        RuleBookMessage message =
                new RuleBookMessage(
                        new Source("pricing_rules", 0, offset, timestamp),
                        key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                        document);
        accept.processElement1(new StreamRecord<>(message, timestamp));
        collectAnnouncements();
    }

    public PricingFlow stock(StockLevel level) throws Exception {
        return change(ProductChange.of(level));
    }

    /** A null entry removes what came before it. */
    public PricingFlow catalog(String product, CatalogEntry entry) throws Exception {
        newestCatalog = Math.max(newestCatalog, entry == null ? 9 : entry.updatedAt());
        return change(
                entry == null
                        ? Catalog.removal(product, newestCatalog)
                        : Catalog.entry(product, entry));
    }

    public PricingFlow withdraw(String product, StockVersion version) throws Exception {
        return change(ProductChange.withdrawal(product, version));
    }

    public PricingFlow change(ProductChange change) throws Exception {
        sampler.processElement(new StreamRecord<>(change));
        var subtask =
                apply.get(
                        KeyGroupRangeAssignment.assignKeyToParallelOperator(
                                change.productId(), MAX_PARALLELISM, apply.size()));
        subtask.processElement1(new StreamRecord<>(change));
        settle(subtask);
        return this;
    }

    /** The inventory's watermark reaches both operators; announcements are delivered. */
    public PricingFlow watermark(long time) throws Exception {
        announceWatermark(time);
        return deliver();
    }

    /** Like {@link #watermark}, but what it announces stays on its way. */
    public void announceWatermark(long time) throws Exception {
        var mark = new Watermark(time);
        deliverSample();
        accept.processWatermark2(mark);
        collectAnnouncements();
        onTheWay.forEach(way -> way.add(mark));
        for (var subtask : apply) {
            subtask.processWatermark1(mark);
            settle(subtask);
        }
    }

    /** The end of a bounded run whose newest event time was this. */
    public PricingFlow end(long newestRead) throws Exception {
        accept.processElement2(new StreamRecord<>(InventorySignal.read(newestRead)));
        return watermark(Long.MAX_VALUE);
    }

    /** What was sampled reaches the place where rule books are accepted, as after a second. */
    public PricingFlow deliverSample() throws Exception {
        sampler.setProcessingTime(sampler.getProcessingTime() + SampleStock.WAIT_MILLIS);
        collectSample();
        return this;
    }

    private void collectSample() throws Exception {
        for (InventorySignal signal : sampler.extractOutputValues()) {
            accept.processElement2(new StreamRecord<>(signal));
        }
        sampler.getOutput().clear();
    }

    /** Delivers all that is on its way. */
    public PricingFlow deliver() throws Exception {
        for (int i = 0; i < apply.size(); i++) {
            while (deliverOne(i)) {
                // Until nothing is left.
            }
        }
        return this;
    }

    /** Delivers the next thing on its way to one subtask, if there is one. */
    public boolean deliverOne(int subtask) throws Exception {
        Object next = onTheWay.get(subtask).poll();
        if (next == null) {
            return false;
        }
        if (next instanceof RulesChange change) {
            apply.get(subtask).processElement2(new StreamRecord<>(change));
        } else {
            apply.get(subtask).processWatermark2((Watermark) next);
        }
        settle(apply.get(subtask));
        return true;
    }

    /** A checkpoint: what is on its way is ahead of the barrier and is delivered first. */
    public Snapshot snapshot() throws Exception {
        deliver();
        checkpoint++;
        sampler.prepareSnapshotPreBarrier(checkpoint);
        collectSample();
        OperatorSubtaskState[] states = new OperatorSubtaskState[apply.size()];
        for (int i = 0; i < states.length; i++) {
            states[i] = apply.get(i).snapshot(checkpoint, checkpoint);
        }
        return new Snapshot(
                accept.snapshot(checkpoint, checkpoint),
                AbstractStreamOperatorTestHarness.repackageState(states),
                states.length);
    }

    private void collectAnnouncements() {
        Object next;
        while ((next = accept.getOutput().poll()) != null) {
            if (next instanceof StreamRecord<?> record) {
                for (Deque<Object> way : onTheWay) {
                    way.add(record.getValue());
                }
            }
        }
        drain(accept.getSideOutput(AcceptRuleBooks.STATUS), statuses);
        drain(accept.getSideOutput(AcceptRuleBooks.DEAD_LETTERS), deadLetters);
    }

    /** Lets sweeps go on to their end, unless a test wants to see what happens between slices. */
    private void settle(KeyedHarness<?, ?, PricingEvent> subtask) throws Exception {
        while (sweepsSettle && slice(subtask)) {
            // Until nothing is left to do.
        }
        collect(subtask);
    }

    /** From now on sweeps go on by {@link #slice(int)} only. */
    public PricingFlow sweepByHand() {
        sweepsSettle = false;
        return this;
    }

    /** Lets every sweep go on to its end. */
    public PricingFlow settle() throws Exception {
        for (var subtask : apply) {
            settle(subtask);
        }
        return this;
    }

    /** Whether a slice of any subtask is ahead. */
    public boolean isSweeping() {
        return apply.stream()
                .anyMatch(
                        subtask ->
                                subtask.getProcessingTimeService().getNumActiveTimers() > 0
                                        || subtask.getTaskMailbox().hasMail());
    }

    /** One slice of an unfinished sweep of a subtask; false: there is none. */
    public boolean slice(int subtask) throws Exception {
        boolean went = slice(apply.get(subtask));
        collect(apply.get(subtask));
        return went;
    }

    private static boolean slice(KeyedHarness<?, ?, PricingEvent> subtask) throws Exception {
        if (subtask.getProcessingTimeService().getNumActiveTimers() > 0) {
            subtask.setProcessingTime(subtask.getProcessingTime() + 1);
            return true;
        }
        Optional<Mail> mail = subtask.getTaskMailbox().tryTake(TaskMailbox.MIN_PRIORITY);
        if (mail.isEmpty()) {
            return false;
        }
        mail.get().run();
        return true;
    }

    private void collect(AbstractStreamOperatorTestHarness<PricingEvent> subtask) {
        Object next;
        while ((next = subtask.getOutput().poll()) != null) {
            if (next instanceof StreamRecord<?> record) {
                PricingEvent event = (PricingEvent) record.getValue();
                events.add(event);
                if (event.published() != Published.NOTHING) {
                    priceList.put(
                            event.stock().productId() + "|" + event.stock().warehouseId(), event);
                }
            } else if (next instanceof Watermark mark) {
                watermarks.add(mark.getTimestamp());
                timeSignals.add(Long.toString(mark.getTimestamp()));
            } else if (next instanceof WatermarkStatus status) {
                timeSignals.add(status.isIdle() ? "IDLE" : "ACTIVE");
            }
        }
        drain(side(subtask, ApplyPricingRules.ALERTS), alerts);
        drain(side(subtask, ApplyPricingRules.SHIFTS), shifts);
        drain(side(subtask, ApplyPricingRules.SWEEPS), sweeps);
    }

    private static <X> Queue<StreamRecord<X>> side(
            AbstractStreamOperatorTestHarness<?> harness, OutputTag<X> tag) {
        return harness.getSideOutput(tag);
    }

    private static <X> void drain(Queue<StreamRecord<X>> from, List<X> to) {
        if (from == null) {
            return;
        }
        StreamRecord<X> next;
        while ((next = from.poll()) != null) {
            to.add(next.getValue());
        }
    }

    // ---------------------------------------------------------------- out

    /** Everything that was emitted, in order. */
    public List<PricingEvent> events() {
        return events;
    }

    /** The newest record of each key of the price list. */
    public Map<String, PricingEvent> priceList() {
        return priceList;
    }

    /** Both inputs of the pricing subtasks fall silent, or speak again. */
    public PricingFlow silence(boolean silent) throws Exception {
        WatermarkStatus status = silent ? WatermarkStatus.IDLE : WatermarkStatus.ACTIVE;
        for (var subtask : apply) {
            subtask.processWatermarkStatus1(status);
            subtask.processWatermarkStatus2(status);
            settle(subtask);
        }
        return this;
    }

    /** What the pricing subtasks passed on of event time: watermarks, and silence. */
    public List<String> timeSignals() {
        return timeSignals;
    }

    /** The watermarks that the pricing subtasks passed on. */
    public List<Long> watermarks() {
        return watermarks;
    }

    public List<Alert> alerts() {
        return alerts;
    }

    public List<StockShift> shifts() {
        return shifts;
    }

    public List<SweepReport> sweeps() {
        return sweeps;
    }

    public List<RuleStatus> statuses() {
        return statuses;
    }

    public List<DeadLetter> deadLetters() {
        return deadLetters;
    }

    /** A counter of the conservation law, over all subtasks. */
    public long count(String name) {
        long sum = 0;
        for (var subtask : apply) {
            LongCounter counter =
                    (LongCounter)
                            subtask.getOperator()
                                    .getRuntimeContext()
                                    .<Long, Long>getAccumulator(name);
            sum += counter.getLocalValuePrimitive();
        }
        return sum;
    }

    @Override
    public void close() throws Exception {
        accept.close();
        sampler.close();
        for (var subtask : apply) {
            subtask.close();
        }
    }
}
