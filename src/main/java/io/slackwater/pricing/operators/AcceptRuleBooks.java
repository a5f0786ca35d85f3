package io.slackwater.pricing.operators;

import io.slackwater.pricing.json.DeadLetters;
import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.AcceptedBook;
import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.InventorySignal;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.RuleBook;
import io.slackwater.pricing.model.RuleBookLedger;
import io.slackwater.pricing.model.RuleBookMessage;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.model.RulesChange;
import io.slackwater.pricing.rules.CircuitBreaker;
import io.slackwater.pricing.rules.PriceBook;
import io.slackwater.pricing.rules.PriceBooks;
import io.slackwater.pricing.rules.PriceSample;
import io.slackwater.pricing.settings.Settings;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where rule books are accepted or refused, so that each gets one answer whatever the
 * parallelism, and where it is told that they begin.
 *
 * <p>Runs at parallelism 1, under one key. Its event time is the inventory's. What was accepted is
 * handed on <em>before</em> the next watermark, so no pricing subtask gets past the begin of a book
 * that it has not heard of.
 *
 * <p>A book that would move too many prices too far is refused here too, before any price moves:
 * the pricing subtasks are downstream, and a stream has no way back. So a {@link PriceSample} of
 * the stock and the catalog is kept here ({@link SampleStock} sends it), on the heap and in
 * operator state.
 */
public final class AcceptRuleBooks
        extends KeyedCoProcessFunction<String, RuleBookMessage, InventorySignal, RulesChange>
        implements CheckpointedFunction {

    private static final Logger LOG = LoggerFactory.getLogger(AcceptRuleBooks.class);

    public static final OutputTag<RuleStatus> STATUS = new OutputTag<>("rule-status") {};
    public static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("rules-dead-letters") {};

    private final String pricingBook;
    private final int keptVersions;
    private final int breakerSharePercent;
    private final int breakerMovePercent;

    private transient ValueState<RuleBookLedger> ledger;
    private transient PriceSample sample;
    private transient ListState<ProductChange> storedSample;

    /** Of the stored sample: its bound, and 1 where it is complete. */
    private transient ListState<long[]> storedBound;

    /** The kept versions, as far as they were needed; a stored book is read once. */
    private transient Map<Long, PriceBook> compiled;

    private transient Counter accepted;
    private transient Counter refused;
    private transient DeadLetterCount dead;

    public AcceptRuleBooks(Settings.Pricing settings) {
        this.pricingBook = settings.book();
        this.keptVersions = settings.keptVersions();
        this.breakerSharePercent = settings.breakerSharePercent();
        this.breakerMovePercent = settings.breakerMovePercent();
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        OperatorStateStore state = context.getOperatorStateStore();
        storedSample =
                state.getListState(
                        new ListStateDescriptor<>("price-sample", ProductChangeSerializer.TYPE));
        storedBound =
                state.getListState(
                        new ListStateDescriptor<>(
                                "price-sample-bound",
                                PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO));
        // Release 0.1.0 stored no sample.
        sample = context.isRestored() ? PriceSample.begunLate() : new PriceSample();
        for (long[] bound : storedBound.get()) {
            sample = PriceSample.restored(bound[0], bound[1] == 1);
        }
        for (ProductChange change : storedSample.get()) {
            sample.take(change);
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        storedSample.update(sample.changes());
        storedBound.update(List.of(new long[] {sample.bound(), sample.isComplete() ? 1 : 0}));
    }

    @Override
    public void open(OpenContext context) {
        ledger =
                getRuntimeContext()
                        .getState(
                                new ValueStateDescriptor<>(
                                        "rule-books", TypeInformation.of(RuleBookLedger.class)));
        compiled = new HashMap<>();
        MetricGroup metrics = getRuntimeContext().getMetricGroup();
        accepted = metrics.counter("ruleBooksAccepted");
        refused = metrics.counter("ruleBooksRefused");
        dead = new DeadLetterCount(metrics);
    }

    /** A rule book, or its retirement. */
    @Override
    public void processElement1(
            RuleBookMessage message, Context context, Collector<RulesChange> out) throws Exception {
        RuleBookLedger books = current();
        long reached = reached(books, context.timerService().currentWatermark());
        String key =
                message.key() == null ? null : new String(message.key(), StandardCharsets.UTF_8);
        if (message.document() == null) {
            retire(key, message, books.reachedAt(reached), context, out);
            return;
        }
        RuleBookReader.Result read = RuleBookReader.read(message.document());
        String bookId = read.bookId() == null ? key : read.bookId();
        if (bookId == null) {
            Reason reason = read.reasons().get(0);
            bury(
                    context,
                    DeadLetters.of(
                            reason.reason(),
                            reason.path(),
                            reason.message(),
                            message.source(),
                            message.key(),
                            message.document()));
            return;
        }
        Long version = read.version();
        if (!bookId.equals(pricingBook)) {
            answer(context, bookId, version, State.IGNORED, null, reached, List.of(), message);
            return;
        }
        if (version != null && version <= books.newestVersion()) {
            answer(context, bookId, version, State.STALE, null, reached, List.of(), message);
            return;
        }
        List<Reason> reasons = new ArrayList<>(read.reasons());
        if (key != null && read.bookId() != null && !key.equals(read.bookId())) {
            reasons.add(
                    new Reason(
                            "KEY_MISMATCH",
                            "/book_id",
                            "The Kafka key of a rule book must be its book_id, or compaction"
                                    + " would keep the wrong one."));
        }
        if (!reasons.isEmpty()) {
            answer(context, bookId, version, State.REJECTED, null, reached, reasons, message);
            return;
        }
        accept(read.book(), message, books.reachedAt(reached), context, out);
    }

    /** The newest event time that one subtask of a bounded run has read, or a sampled change. */
    @Override
    public void processElement2(InventorySignal signal, Context context, Collector<RulesChange> out)
            throws Exception {
        if (signal.sampled() != null) {
            sample.take(signal.sampled());
            return;
        }
        RuleBookLedger books = current();
        long newest = Math.max(books.newestRead(), signal.newestRead());
        ledger.update(books.read(newest));
        // The engine's last watermark says that all time is over; this says what really is.
        out.collect(
                new RulesChange(
                        RulesChange.Kind.ALL_READ,
                        null,
                        newest,
                        null,
                        context.timerService().currentProcessingTime()));
    }

    /** Event time has reached the begin or end of a book. */
    @Override
    public void onTimer(long moment, OnTimerContext context, Collector<RulesChange> out)
            throws Exception {
        RuleBookLedger books = current();
        long watermark = context.timerService().currentWatermark();
        if (watermark == Long.MAX_VALUE && moment > books.newestRead()) {
            return; // The end of a bounded run, not the end of time.
        }
        List<Long> unbegun = new ArrayList<>(books.unbegun());
        for (AcceptedBook book : books.books()) {
            if (book.effectiveFrom() == moment && unbegun.remove((Long) book.version())) {
                answer(
                        context,
                        pricingBook,
                        book.version(),
                        State.ACTIVE,
                        moment,
                        moment,
                        List.of(),
                        null);
            }
        }
        ledger.update(books.reachedAt(moment).begun(unbegun));
    }

    private void retire(
            String key,
            RuleBookMessage message,
            RuleBookLedger books,
            Context context,
            Collector<RulesChange> out)
            throws Exception {
        if (key == null) {
            bury(
                    context,
                    DeadLetters.of(
                            "TOMBSTONE_WITHOUT_KEY",
                            "",
                            "A null value retires the book that the key names, but there is no"
                                    + " key.",
                            message.source(),
                            null,
                            null));
            return;
        }
        if (!key.equals(pricingBook)) {
            answer(context, key, null, State.IGNORED, null, books.reached(), List.of(), message);
            return;
        }
        if (books.newestVersion() == 0) {
            return; // No book was ever known: there is nothing to take back.
        }
        ledger.update(books.without());
        answer(
                context,
                key,
                books.newestVersion(),
                State.RETIRED,
                null,
                books.reached(),
                List.of(),
                message);
        out.collect(
                new RulesChange(
                        RulesChange.Kind.RETIRED,
                        null,
                        books.reached(),
                        null,
                        context.timerService().currentProcessingTime()));
    }

    private void accept(
            RuleBook book,
            RuleBookMessage message,
            RuleBookLedger books,
            Context context,
            Collector<RulesChange> out)
            throws Exception {
        long from =
                book.effectiveFrom() == null ? message.source().timestamp() : book.effectiveFrom();
        long to = book.effectiveTo() == null ? Long.MAX_VALUE : book.effectiveTo();
        AcceptedBook accepted = new AcceptedBook(book.version(), from, to, message.document());
        long reached = books.reached();
        // Before the first inventory message there is no event time to compare with.
        long now = reached == Long.MIN_VALUE ? message.source().timestamp() : reached;
        boolean begun = from <= now;

        List<AcceptedBook> kept = new ArrayList<>(books.books());
        kept.add(accepted);
        kept.sort(Comparator.comparingLong(AcceptedBook::version));
        while (kept.size() > keptVersions) {
            kept.remove(0);
        }
        Reason tooFar = breakerRefusal(book, accepted, books.books(), kept, Math.max(now, from));
        if (tooFar != null) {
            answer(
                    context,
                    pricingBook,
                    book.version(),
                    State.REJECTED,
                    null,
                    reached,
                    List.of(tooFar),
                    message);
            return;
        }
        List<Long> unbegun = new ArrayList<>(books.unbegun());
        if (!begun) {
            unbegun.add(book.version());
        }
        ledger.update(books.with(book.version(), kept, unbegun));
        this.accepted.inc();

        // Also of a book that has begun by the wall clock: history may still be before it.
        if (from > reached) {
            context.timerService().registerEventTimeTimer(from);
        }
        if (to != Long.MAX_VALUE && to > reached) {
            context.timerService().registerEventTimeTimer(to);
        }
        answer(
                context,
                pricingBook,
                book.version(),
                begun ? State.ACTIVE : State.SCHEDULED,
                from,
                reached,
                List.of(),
                message);
        out.collect(
                new RulesChange(
                        RulesChange.Kind.BOOK,
                        accepted,
                        reached,
                        begun ? book.version() : null,
                        context.timerService().currentProcessingTime()));
    }

    /** Why the circuit breaker refuses a book that is valid; null where it does not. */
    private Reason breakerRefusal(
            RuleBook book,
            AcceptedBook accepted,
            List<AcceptedBook> before,
            List<AcceptedBook> after,
            long at) {
        CircuitBreaker breaker = new CircuitBreaker(breakerSharePercent, breakerMovePercent);
        if (!breaker.isOn() || book.force() || before.isEmpty()) {
            return null;
        }
        compiled.keySet().retainAll(before.stream().map(AcceptedBook::version).toList());
        List<PriceBook> known = new ArrayList<>();
        for (AcceptedBook stored : before) {
            known.add(
                    compiled.computeIfAbsent(
                            stored.version(),
                            version ->
                                    compile(
                                            RuleBookReader.readAccepted(stored.document()),
                                            stored)));
        }
        // Not remembered: of a refused version another one may come.
        List<PriceBook> next = new ArrayList<>(known);
        next.add(compile(book, accepted));
        next.removeIf(kept -> after.stream().noneMatch(a -> a.version() == kept.version()));
        return breaker.refusal(sample, new PriceBooks(known), new PriceBooks(next), at);
    }

    private static PriceBook compile(RuleBook book, AcceptedBook accepted) {
        return new PriceBook(book, accepted.effectiveFrom(), accepted.effectiveTo());
    }

    private void answer(
            Context context,
            String bookId,
            Long version,
            State state,
            Long effectiveFrom,
            long reached,
            List<Reason> reasons,
            RuleBookMessage message) {
        LOG.info(
                "Rule book {}@{} is {}{}",
                bookId,
                version,
                state,
                reasons.isEmpty() ? "" : ": " + told(reasons));
        if (state == State.REJECTED) {
            refused.inc();
        }
        context.output(
                STATUS,
                new RuleStatus(
                        bookId,
                        version,
                        state,
                        effectiveFrom,
                        reached == Long.MIN_VALUE ? null : reached,
                        reasons,
                        null,
                        null,
                        null,
                        null,
                        message == null ? null : message.source().timestamp(),
                        message == null ? null : text(message.document())));
    }

    /** The first few; all of them stand on rule_status. */
    private static String told(List<Reason> reasons) {
        String told =
                reasons.stream()
                        .limit(3)
                        .map(reason -> reason.path() + " " + reason.message())
                        .collect(Collectors.joining("; "));
        return reasons.size() > 3 ? told + "; and " + (reasons.size() - 3) + " more" : told;
    }

    /** A document for the history; null where there is none, or where it is not text. */
    private static String text(byte[] document) {
        if (document == null) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(document)).toString();
        } catch (CharacterCodingException notText) {
            return null;
        }
    }

    private void bury(Context context, DeadLetter letter) {
        dead.count(letter);
        context.output(DEAD_LETTERS, letter);
    }

    private RuleBookLedger current() throws Exception {
        RuleBookLedger books = ledger.value();
        return books == null ? RuleBookLedger.EMPTY : books;
    }

    /**
     * The event time reached. Stored, because after a failure the watermark begins anew (trap 12).
     */
    private static long reached(RuleBookLedger books, long watermark) {
        long now = watermark == Long.MAX_VALUE ? books.newestRead() : watermark;
        return Math.max(books.reached(), now);
    }
}
