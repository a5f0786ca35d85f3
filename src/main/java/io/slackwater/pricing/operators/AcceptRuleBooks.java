package io.slackwater.pricing.operators;

import io.slackwater.pricing.json.DeadLetters;
import io.slackwater.pricing.json.Instants;
import io.slackwater.pricing.json.KafkaKeys;
import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.AcceptedBook;
import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.InventorySignal;
import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.model.RuleBookLedger;
import io.slackwater.pricing.model.RuleBookMessage;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.model.RulesChange;
import io.slackwater.pricing.rules.BookCalendar;
import io.slackwater.pricing.rules.BookCalendar.Term;
import io.slackwater.pricing.rules.RuleBook;
import io.slackwater.pricing.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

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

    public static final OutputTag<RuleStatus> STATUS = new OutputTag<>("rule-status") {};
    public static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("rules-dead-letters") {};

    private final String pricingBook;
    private final Settings.Pricing settings;
    private final long earliestTime;

    private transient ValueState<RuleBookLedger> ledger;
    private transient StoredSample sample;
    private transient BookRefusal refusals;

    private transient RuleAnswers answers;
    private transient Counter accepted;

    public AcceptRuleBooks(Settings.Pricing settings) {
        this(settings, Instants.EARLIEST);
    }

    /**
     * @param earliestTime no time in a book is earlier, epoch milliseconds: tests count from 0
     */
    public AcceptRuleBooks(Settings.Pricing settings, long earliestTime) {
        this.earliestTime = earliestTime;
        this.settings = settings;
        this.pricingBook = settings.book();
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        sample = new StoredSample(context.getOperatorStateStore(), context.isRestored());
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        sample.snapshot();
    }

    @Override
    public void open(OpenContext context) {
        ledger =
                getRuntimeContext()
                        .getState(
                                new ValueStateDescriptor<>(
                                        "rule-books", TypeInformation.of(RuleBookLedger.class)));
        refusals = new BookRefusal(settings);
        MetricGroup metrics = getRuntimeContext().getMetricGroup();
        accepted = metrics.counter("ruleBooksAccepted");
        answers = new RuleAnswers(pricingBook, metrics);
    }

    /** A rule book, or its retirement. */
    @Override
    public void processElement1(
            RuleBookMessage message, Context context, Collector<RulesChange> out) throws Exception {
        RuleBookLedger books = current();
        long reached = reached(books, context.timerService().currentWatermark());
        String key = KafkaKeys.name(message.key(), "book_id");
        if (message.document() == null) {
            retire(key, message, books.reachedAt(reached), context, out);
            return;
        }
        RuleBookReader.Result read = RuleBookReader.read(message.document(), earliestTime);
        String bookId = read.bookId() == null ? key : read.bookId();
        if (bookId == null) {
            Reason reason = read.reasons().get(0);
            answers.deadLetter(
                    context::output,
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
            answers.ignored(context::output, bookId, version, reached, message);
            return;
        }
        if (version != null && version <= books.newestVersion()) {
            if (message.source().offset() >= 0) {
                answers.stale(
                        context::output,
                        version,
                        reached,
                        message,
                        calendar(books).decidesAt(reached));
            }
            return; // What the lake tells again at a start is no news.
        }
        List<Reason> reasons =
                BookRefusal.faults(read, message, isPlausible(message.source().timestamp()));
        if (!reasons.isEmpty()) {
            answers.rejected(
                    context::output,
                    version,
                    reached,
                    reasons,
                    message,
                    calendar(books).decidesAt(reached));
            return;
        }
        accept(read.book(), message, books.reachedAt(reached), context, out);
    }

    private boolean isPlausible(long timestamp) {
        return timestamp >= earliestTime && timestamp <= Instants.MAX;
    }

    /** The newest event time that one subtask of a bounded run has read, or a sampled change. */
    @Override
    public void processElement2(InventorySignal signal, Context context, Collector<RulesChange> out)
            throws Exception {
        if (signal.sampled() != null) {
            sample.sample().take(signal.sampled());
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
                        List.of(),
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
        tellBoundary(books, moment, context);
    }

    /**
     * Says what becomes of the versions that begin or end at a moment, the one that decides last.
     */
    private void tellBoundary(RuleBookLedger books, long moment, Context context) throws Exception {
        BookCalendar calendar = calendar(books);
        Term before = calendar.decidesAt(moment - 1);
        Term now = calendar.decidesAt(moment);
        RuleBookLedger told = books.reachedAt(moment);
        boolean ended = before != null && before.period().to() == moment;
        if (ended) {
            answers.changed(context::output, before, State.ENDED, moment, now);
            told = told.telling(0);
        }
        List<Long> unbegun = new ArrayList<>(books.unbegun());
        boolean begins = false;
        for (Term term : calendar.terms()) {
            if (term.period().from() == moment && unbegun.remove((Long) term.version())) {
                begins |= term.equals(now);
                if (!term.equals(now)) {
                    answers.changed(context::output, term, State.OVERTAKEN, moment, now);
                }
            }
        }
        told = told.begun(unbegun);
        // One that was told to decide by its timestamp, before event time was known, may not have.
        boolean takesOver = now != null && !now.equals(before) && now.version() != books.active();
        if (now != null && (begins || ended || takesOver)) {
            answers.changed(context::output, now, State.ACTIVE, moment, now);
            told = told.telling(now.version());
        }
        ledger.update(told);
    }

    private static Term term(AcceptedBook book) {
        return new Term(book.version(), book.period());
    }

    private static BookCalendar calendar(RuleBookLedger books) {
        return new BookCalendar(
                books.books().stream().map(AcceptRuleBooks::term).toList(), books.retired());
    }

    private void retire(
            String key,
            RuleBookMessage message,
            RuleBookLedger books,
            Context context,
            Collector<RulesChange> out)
            throws Exception {
        if (key == null) {
            answers.deadLetter(
                    context::output,
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
            answers.ignored(context::output, key, null, books.reached(), message);
            return;
        }
        if (books.newestVersion() == 0) {
            return; // No book was ever known: there is nothing to take back.
        }
        TreeSet<Long> lost = new TreeSet<>(books.unbegun());
        calendar(books).decidingFrom(books.reached()).forEach(term -> lost.add(term.version()));
        ledger.update(books.without());
        for (long version : lost.isEmpty() ? List.of(books.newestVersion()) : lost) {
            answers.retired(context::output, version, books.reached(), message);
        }
        out.collect(
                new RulesChange(
                        RulesChange.Kind.RETIRED,
                        null,
                        books.reached(),
                        null,
                        List.of(),
                        context.timerService().currentProcessingTime()));
    }

    private void accept(
            RuleBook book,
            RuleBookMessage message,
            RuleBookLedger books,
            Context context,
            Collector<RulesChange> out)
            throws Exception {
        Period period = book.period(message.source().timestamp());
        long from = period.from();
        long to = period.to();
        AcceptedBook accepted = new AcceptedBook(book.version(), from, to, message.document());
        long reached = books.reached();
        // Before the first inventory message there is no event time to compare with.
        long now = reached == Long.MIN_VALUE ? timestamp(message) : reached;
        List<AcceptedBook> all = new ArrayList<>(books.books());
        all.add(accepted);
        RuleBookLedger next = books.with(book.version(), all, books.unbegun());
        Reason reason =
                refusals.reason(
                        book,
                        accepted,
                        message.source(),
                        books,
                        next,
                        calendar(next),
                        now,
                        sample.sample());
        if (reason != null) {
            answers.rejected(
                    context::output,
                    book.version(),
                    reached,
                    List.of(reason),
                    message,
                    calendar(books).decidesAt(now));
            return;
        }
        BookCalendar kept = refusals.keep(calendar(next), reached, now);
        Set<Long> left = kept.terms().stream().map(Term::version).collect(Collectors.toSet());
        List<AcceptedBook> forgotten = new ArrayList<>(all);
        forgotten.removeIf(known -> left.contains(known.version()));
        all.removeAll(forgotten);
        boolean begun = from <= now;
        boolean over = reached != Long.MIN_VALUE && to <= reached;
        Term deciding = begun && !over ? term(accepted) : kept.decidesAt(now);
        List<Long> unbegun = new ArrayList<>(books.unbegun());
        for (AcceptedBook gone : forgotten) {
            if (unbegun.remove((Long) gone.version())) {
                answers.changed(
                        context::output,
                        term(gone),
                        State.OVERTAKEN,
                        reached,
                        kept.decidesAt(Math.max(now, gone.effectiveFrom())));
            }
        }
        if (!begun) {
            unbegun.add(book.version());
        }
        RuleBookLedger accepting = books.with(book.version(), all, unbegun);
        ledger.update(begun && !over ? accepting.telling(book.version()) : accepting);
        this.accepted.inc();

        // Also of a book that has begun by the wall clock: history may still be before it.
        if (from > reached) {
            context.timerService().registerEventTimeTimer(from);
        }
        if (to != Long.MAX_VALUE && to > reached) {
            context.timerService().registerEventTimeTimer(to);
        }
        State state = over ? State.ENDED : begun ? State.ACTIVE : State.SCHEDULED;
        answers.accepted(context::output, term(accepted), state, reached, message, deciding);
        out.collect(
                new RulesChange(
                        RulesChange.Kind.BOOK,
                        accepted,
                        reached,
                        begun && !over ? book.version() : null,
                        forgotten.stream().map(AcceptedBook::version).toList(),
                        context.timerService().currentProcessingTime()));
    }

    /** A message's timestamp; {@code Long.MIN_VALUE} where it is no time at all. */
    private long timestamp(RuleBookMessage message) {
        long timestamp = message.source().timestamp();
        return isPlausible(timestamp) ? timestamp : Long.MIN_VALUE;
    }

    private RuleBookLedger current() throws Exception {
        RuleBookLedger books = ledger.value();
        return books == null ? RuleBookLedger.EMPTY : books;
    }

    /** The event time reached. Stored, because after a failure the watermark begins anew. */
    private static long reached(RuleBookLedger books, long watermark) {
        long now = watermark == Long.MAX_VALUE ? books.newestRead() : watermark;
        return Math.max(books.reached(), now);
    }
}
