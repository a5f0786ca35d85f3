package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.RulesChange;
import io.slackwater.pricing.model.SweepReport;
import io.slackwater.pricing.model.SweepReport.Stage;
import io.slackwater.pricing.model.UnfinishedSweep;
import io.slackwater.pricing.rules.PriceBook;
import io.slackwater.pricing.rules.PriceBooks;
import io.slackwater.pricing.rules.Touched;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/**
 * The sweeps that are unfinished, of which the first goes on: they follow each other, a new book's
 * takes the place of all of them, and what a checkpoint finds unfinished begins again after a
 * restart. That changes nothing twice: a price that is right already stays as it is.
 */
final class Sweeps {

    private static final ListStateDescriptor<UnfinishedSweep> UNFINISHED =
            new ListStateDescriptor<>(
                    "unfinished-sweeps", TypeInformation.of(UnfinishedSweep.class));

    /** How often the progress of a sweep is told, in milliseconds. */
    private static final long REPORT_MILLIS = 1_000;

    /** The stock that a sweep visits. */
    interface Visit {

        /** The products to look at; all of them where these cannot be told apart yet. */
        SweptProducts products(Touched touched, boolean isIndexed) throws Exception;

        /** Looks at one product. */
        void product(String productId, Sweep sweep, boolean isIndexed) throws Exception;
    }

    private final ListState<UnfinishedSweep> unfinished;
    private final KnownBooks books;
    private final TaskInfo task;
    private final ProcessingTimeService clock;
    private final Deque<Sweep> queue = new ArrayDeque<>();

    /** How many restarts there were before: reports of an earlier attempt are out of date. */
    private int attempt;

    /** True once all stock stands in the index of products by category. */
    private boolean indexed;

    private Visit visit;
    private PricingResults results;

    /** With what a checkpoint found unfinished. */
    Sweeps(
            OperatorStateStore state,
            boolean isRestored,
            KnownBooks books,
            TaskInfo task,
            ProcessingTimeService clock)
            throws Exception {
        this.unfinished = state.getUnionListState(UNFINISHED);
        this.books = books;
        this.task = task;
        this.clock = clock;
        restore(isRestored);
    }

    /** What is visited, and where reports go; before any sweep begins or goes on. */
    void open(Visit stock, PricingResults reports) {
        visit = stock;
        results = reports;
    }

    /**
     * What a checkpoint found unfinished in any subtask begins again in all of them: after a
     * rescale nobody knows whose keys were done.
     */
    private void restore(boolean isRestored) throws Exception {
        Map<String, Sweep> again = new TreeMap<>();
        long slowest = Long.MAX_VALUE;
        long newest = Long.MIN_VALUE;
        boolean any = false;
        boolean allIndexed = true;
        for (UnfinishedSweep left : unfinished.get()) {
            any = true;
            allIndexed &= left.indexed();
            slowest = Math.min(slowest, left.reached());
            newest = Math.max(newest, left.newestLevel());
            attempt = Math.max(attempt, left.attempt() + 1);
            if (left.cause() != null) {
                Sweep sweep = again.computeIfAbsent(order(left), unknown -> again(left));
                sweep.changed += task.getIndexOfThisSubtask() == 0 ? left.changed() : 0;
            }
        }
        indexed = any ? allIndexed : !isRestored;
        // A savepoint of 0.1.0 does not say how new its stock is.
        books.restore(slowest, any || !isRestored ? newest : Long.MAX_VALUE);
        queue.addAll(again.values());
    }

    private static String order(UnfinishedSweep left) {
        return String.format("%020d %s %s", left.asOf(), left.cause(), left.version());
    }

    /** It looks at everything, for the version that decided before may be forgotten. */
    private static Sweep again(UnfinishedSweep left) {
        return new Sweep(
                left.cause(), left.asOf(), Touched.EVERYTHING, left.version(), left.announcedAt());
    }

    void snapshot() throws Exception {
        List<UnfinishedSweep> left = new ArrayList<>();
        for (Sweep sweep : queue) {
            left.add(unfinished(sweep));
        }
        if (left.isEmpty()) {
            left.add(
                    new UnfinishedSweep(
                            books.reached(),
                            books.newestLevel(),
                            attempt,
                            indexed,
                            null,
                            0,
                            null,
                            0,
                            0));
        }
        unfinished.update(left);
    }

    private UnfinishedSweep unfinished(Sweep sweep) {
        return new UnfinishedSweep(
                books.reached(),
                books.newestLevel(),
                attempt,
                indexed,
                sweep.cause,
                sweep.asOf,
                sweep.version,
                sweep.changed,
                sweep.announcedAt);
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    int size() {
        return queue.size();
    }

    /** How much of the sweep that goes on is done, 0 to 100. */
    int percent() {
        Sweep sweep = queue.peek();
        return sweep == null || sweep.products == null ? 100 : sweep.percent();
    }

    // ---------------------------------------------------------------- what begins them

    /** Books and rules begin and end, one moment after the other. */
    void passBoundaries(long until) throws Exception {
        PriceBooks known = books.books();
        for (long moment = known.nextChange(books.reached());
                moment <= until && moment != Long.MAX_VALUE;
                moment = known.nextChange(moment)) {
            books.reach(moment);
            PriceBook before = known.holdsAt(moment - 1);
            PriceBook book = known.holdsAt(moment);
            boolean begins = book != null && (book != before || book.period().from() == moment);
            begin(
                    new Sweep(
                            Cause.SCHEDULE,
                            moment,
                            Touched.between(before, moment - 1, book, moment),
                            begins ? book.version() : null,
                            clock.getCurrentProcessingTime()));
        }
    }

    /** A book came, or all of them went. */
    void follow(RulesChange change) throws Exception {
        boolean first = !books.everKnown();
        PriceBooks before = books.take(change);
        long reached = books.reached();
        Touched touched =
                first
                        ? Touched.EVERYTHING
                        : books.touched(before, reached, Math.max(reached, books.newestLevel()));
        Sweep sweep =
                new Sweep(
                        Cause.RULE_BOOK,
                        reached,
                        touched,
                        inForce(change.convergenceOf()),
                        change.announcedAt());
        // What is unfinished was to price by the books before, as of a moment long ago: of that
        // moment the new one may say something that had ended before it came.
        boolean takesOver =
                !queue.isEmpty()
                        && !(touched.isNothing()
                                && books.touched(before, queue.element().asOf, reached)
                                        .isNothing());
        if (takesOver) {
            takeOver(sweep);
        } else {
            begin(sweep);
        }
    }

    /** A book that history has not come to yet converges when it begins. */
    private Long inForce(Long version) {
        return version != null && version == books.versionInForce() ? version : null;
    }

    private void begin(Sweep sweep) {
        if (sweep.touched.isNothing()) {
            report(sweep, Stage.DONE);
        } else {
            queue.add(sweep);
        }
    }

    /**
     * Takes up a sweep in the place of all that are unfinished: it looks at what they would still
     * have looked at, too.
     */
    private void takeOver(Sweep sweep) {
        Touched touched = sweep.touched;
        for (Sweep old : queue) {
            touched = touched.plus(old.touched);
            old.close();
            results.count(PricingCount.SWEEPS_CANCELLED);
            report(old, Stage.CANCELLED);
        }
        queue.clear();
        queue.add(new Sweep(sweep.cause, sweep.asOf, touched, sweep.version, sweep.announcedAt));
    }

    // ---------------------------------------------------------------- how they go on

    /** Goes on with the first sweep for so long, in nanoseconds, or to its end. */
    void goOn(long nanos) throws Exception {
        Sweep sweep = queue.element();
        if (sweep.products == null) {
            sweep.products = visit.products(sweep.touched, indexed);
        }
        long began = System.nanoTime();
        while (sweep.products.hasNext()) {
            visit.product(sweep.products.next(), sweep, indexed);
            if (System.nanoTime() - began >= nanos) {
                reportProgress(sweep);
                return;
            }
        }
        indexed |= sweep.products.areAll();
        sweep.close();
        queue.remove();
        report(sweep, Stage.DONE);
    }

    /** Ends every sweep: no more levels come. */
    void finish() throws Exception {
        while (!queue.isEmpty()) {
            goOn(Long.MAX_VALUE);
        }
    }

    private void reportProgress(Sweep sweep) {
        long now = clock.getCurrentProcessingTime();
        if (now - sweep.reportedAt >= REPORT_MILLIS) {
            sweep.reportedAt = now;
            report(sweep, Stage.RUNNING);
        }
    }

    private void report(Sweep sweep, Stage stage) {
        if (sweep.version == null) {
            return;
        }
        results.send(
                new SweepReport(
                        sweep.version,
                        task.getIndexOfThisSubtask(),
                        task.getNumberOfParallelSubtasks(),
                        attempt,
                        stage,
                        sweep.percent(),
                        sweep.examined,
                        sweep.changed,
                        sweep.asOf,
                        sweep.announcedAt,
                        clock.getCurrentProcessingTime()));
    }

    void close() {
        queue.forEach(Sweep::close);
    }
}
