package io.slackwater.pricing.operators;

import io.slackwater.pricing.json.Instants;
import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.PricedStock;
import io.slackwater.pricing.model.PricedStock.Limit;
import io.slackwater.pricing.model.PricedStock.SegmentMark;
import io.slackwater.pricing.model.PricedStock.Standing;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Outcome;
import io.slackwater.pricing.model.PricingEvent.Published;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockShift.Position;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.rules.Price;
import io.slackwater.pricing.rules.Price.SegmentNote;
import io.slackwater.pricing.rules.PriceBook;
import io.slackwater.pricing.rules.PriceBooks;
import io.slackwater.pricing.rules.StockCondition;
import io.slackwater.pricing.settings.Settings;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Prices one stock level as of a moment, tells the world what that changed, and says what is to be
 * stored. It stores nothing itself: {@link ApplyPricingRules} hands in what is stored, and asks for
 * the alerts once all that an input changes has been priced.
 */
final class PriceStockLevel {

    /** What is counted, and how the counter is called. The order is stored: add at the end only. */
    enum Count {
        PRICED("priced"),
        UNCHANGED("unchanged"),
        SUPERSEDED("superseded"),
        WAITING("waiting"),
        REPRICED("repriced"),
        WITHDRAWN("withdrawn"),
        LATE_FOR_WINDOW("lateForWindow"),
        /** Stock levels that a change of the rules made look at again. */
        REEXAMINED("reexamined"),
        /** Prices that a hold keeps back. */
        HELD("held"),
        /** Walks over the stock that a newer book ended early. */
        SWEEPS_CANCELLED("sweepsCancelled"),
        /** Delistings that withdrew at least one stock level. */
        DELISTED("delisted"),
        /** Delistings older than another one, or than every stock level that is still sold. */
        DELISTINGS_SUPERSEDED("delistingsSuperseded"),
        /** Delistings of a product that was delisted already. */
        DELISTINGS_UNCHANGED("delistingsUnchanged"),
        /** Delistings of a product of which no stock level ever came. */
        DELISTINGS_UNKNOWN("delistingsUnknown"),
        /** Catalog messages older than the newest of their product. */
        CATALOG_SUPERSEDED("catalogSuperseded");

        private final String counter;

        Count(String counter) {
            this.counter = counter;
        }

        /** Exactly one of these is incremented for each line. */
        static int[] places() {
            return new int[] {
                PRICED.ordinal(), UNCHANGED.ordinal(), SUPERSEDED.ordinal(), WAITING.ordinal()
            };
        }

        static String[] counters() {
            return Arrays.stream(values()).map(count -> count.counter).toArray(String[]::new);
        }
    }

    /** Receives the results. */
    interface Listener {
        void event(PricingEvent event);

        void alert(Alert alert);

        /**
         * A shift of the stock at a moment; where the window of the moment has closed, it is a
         * shift of the next one.
         */
        void shift(
                long at,
                String warehouseId,
                Position before,
                Position after,
                int updates,
                BigDecimal updatePrice,
                int priceChanges);

        void count(Count count);
    }

    private static final int NO_CONDITION = StockAlerts.NO_CONDITION;

    private final boolean publishAll;
    private final long lowStock;
    private final StockAlerts alerts;
    private final Listener listener;

    /** What the rules said last; null: no book decided. */
    private Price decided;

    /** Since when the limits and segments last priced stand as they do, epoch milliseconds. */
    private long limitsSince;

    PriceStockLevel(Settings.Pricing settings, Listener listener) {
        this.publishAll = settings.publish() == Settings.Publish.ALL;
        this.lowStock = settings.lowStock();
        this.listener = listener;
        this.alerts = new StockAlerts(settings, listener::alert);
    }

    /**
     * Prices a level.
     *
     * @param books the known rule books
     * @param everKnown whether any book was ever known: until then stock waits
     * @param before what is stored; null: nothing
     * @param cause of {@code INVENTORY} the level is new; of the others it is the stored one
     * @param asOf the moment that is priced, epoch milliseconds
     * @return what is to be stored; the very same object as {@code before} where nothing changed
     */
    PricedStock price(
            PriceBooks books,
            boolean everKnown,
            PricedStock before,
            StockLevel level,
            CatalogEntry catalog,
            Cause cause,
            long asOf) {
        boolean newLevel = cause == Cause.INVENTORY;
        boolean held = before != null && before.standing() != Standing.WITHDRAWN;
        int condition = StockCondition.of(level.quantity(), lowStock).ordinal();
        if (newLevel) {
            alerts.condition(held ? before.condition() : NO_CONDITION, condition, level);
        }
        PriceBook book = books.holdsAt(asOf);
        Price due = book == null ? null : book.price(level, catalog, asOf);
        decided = due;
        if (due == null || due.amount() == null) {
            return withoutPrice(everKnown, before, level, due, cause, asOf, condition);
        }

        BigDecimal previous = before == null ? null : before.price();
        String previousCurrency = previous == null ? null : before.currency();
        BigDecimal amount = due.amount();
        Map<String, BigDecimal> segments = due.segments();
        List<TraceStep> trace = due.trace();
        boolean differs =
                previous != null
                        && (previous.compareTo(amount) != 0
                                || !previousCurrency.equals(book.currency())
                                || !sameAmounts(before.segmentPrices(), segments));
        long heldUntil = differs ? heldUntil(before, due, book, asOf) : PricedStock.NEVER;
        if (heldUntil != PricedStock.NEVER) {
            amount = previous;
            segments = heldSegments(before, due);
            // A segment that only went or came may still make a difference.
            differs = !sameAmounts(before.segmentPrices(), segments);
            trace = withHold(trace, due, heldUntil, amount);
            if (before.heldUntil() != heldUntil) {
                listener.count(Count.HELD);
            }
        }
        Map<String, SegmentMark> marks = marks(due);
        if (before == null
                || before.limit() != due.limit()
                || !before.segmentMarks().equals(marks)) {
            limitsSince = asOf;
        }

        boolean changed =
                previous == null
                        || differs
                        || before.quantity() != level.quantity()
                        || !same(before.priceTier(), due.tier());
        if (!changed && !newLevel) {
            return before.heldUntil() == heldUntil
                            && before.limit() == due.limit()
                            && before.segmentMarks().equals(marks)
                    ? before
                    : before.held(heldUntil, due.limit(), marks);
        }
        boolean publish = changed || publishAll;
        long priceVersion = (before == null ? 0 : before.priceVersion()) + (publish ? 1 : 0);
        boolean keepsItsTime = previous != null && (!differs || heldUntil != PricedStock.NEVER);
        PricedStock after =
                new PricedStock(
                        Standing.PRICED,
                        condition,
                        level.quantity(),
                        level.deliveryTime(),
                        level.restockingTime(),
                        level.version(),
                        level.ingestedAt(),
                        due.tier(),
                        amount,
                        book.currency(),
                        priceVersion,
                        due.limit(),
                        keepsItsTime ? before.changedAt() : asOf,
                        heldUntil,
                        segments,
                        marks);
        listener.event(
                new PricingEvent(
                        level,
                        Outcome.PRICED,
                        publish ? Published.PRICE : Published.NOTHING,
                        due.tier(),
                        amount,
                        segments,
                        book.currency(),
                        priceVersion,
                        previous,
                        previousCurrency,
                        cause,
                        asOf,
                        book.reference(),
                        trace));
        boolean released = !newLevel && before.standing() == Standing.WAITING;
        listener.shift(
                asOf,
                level.warehouseId(),
                held ? position(before) : null,
                position(after),
                newLevel ? 1 : 0,
                newLevel || released ? amount : null,
                differs ? 1 : 0);
        if (!newLevel) {
            listener.count(Count.REPRICED);
        }
        return after;
    }

    /**
     * Until when a price that differs is kept; {@link PricedStock#NEVER}: it is not. A price in
     * another currency is never kept, for an amount means nothing without it; nor one outside the
     * floor and ceiling in force, which are stronger than a hold.
     */
    private static long heldUntil(PricedStock before, Price due, PriceBook book, long asOf) {
        if (due.hold() == null
                || before.changedAt() == PricedStock.NEVER
                || !before.currency().equals(book.currency())
                || !due.allows(before.price())) {
            return PricedStock.NEVER;
        }
        long until = before.changedAt() + 1_000 * due.hold().minSeconds();
        if (asOf >= until) {
            return PricedStock.NEVER;
        }
        Map<String, BigDecimal> segments = heldSegments(before, due);
        for (BigDecimal price : segments.values()) {
            if (!due.allows(price)) {
                return PricedStock.NEVER;
            }
        }
        boolean asDue =
                before.price().compareTo(due.amount()) == 0
                        && sameAmounts(segments, due.segments());
        return asDue ? PricedStock.NEVER : until;
    }

    /**
     * The segment prices under a hold: those of the segments that the book in force prices. One
     * that had no price of its own has paid everybody's price, and still does.
     */
    private static Map<String, BigDecimal> heldSegments(PricedStock before, Price due) {
        if (due.segments().isEmpty()) {
            return Map.of();
        }
        Map<String, BigDecimal> held = new TreeMap<>();
        for (String segment : due.segments().keySet()) {
            held.put(segment, before.segmentPrices().getOrDefault(segment, before.price()));
        }
        return held;
    }

    /** The marks of the segments, to be told when they begin. */
    private static Map<String, SegmentMark> marks(Price due) {
        List<SegmentNote> notes = due.notes();
        if (notes.isEmpty()) {
            return Map.of();
        }
        Map<String, SegmentMark> marks = new TreeMap<>();
        for (int i = 0; i < notes.size(); i++) {
            marks.put(notes.get(i).segment(), notes.get(i).mark());
        }
        return marks;
    }

    private static List<TraceStep> withHold(
            List<TraceStep> trace, Price due, long until, BigDecimal kept) {
        List<TraceStep> steps = new ArrayList<>(trace.size() + 1);
        steps.addAll(trace);
        steps.add(
                new TraceStep(
                        "hold",
                        due.hold().ruleId(),
                        "until " + Instants.format(Math.min(until, Instants.MAX)),
                        due.amount(),
                        kept,
                        ""));
        return steps;
    }

    /** The rules give no price, or no rules are known yet: a price that was there is withdrawn. */
    private PricedStock withoutPrice(
            boolean everKnown,
            PricedStock before,
            StockLevel level,
            Price price,
            Cause cause,
            long asOf,
            int condition) {
        boolean newLevel = cause == Cause.INVENTORY;
        boolean held = before != null && before.standing() != Standing.WITHDRAWN;
        Standing standing = everKnown ? Standing.UNPRICED : Standing.WAITING;
        String tier = price == null ? null : price.tier();
        if (!newLevel && before.standing() == standing && same(before.priceTier(), tier)) {
            return before;
        }
        if (before != null && before.price() != null) {
            withdraw(before, level, cause, asOf);
        }
        boolean still = before != null && before.standing() == standing;
        PricedStock after =
                unpriced(
                        before,
                        level,
                        standing,
                        tier,
                        condition,
                        still ? before.changedAt() : asOf);
        listener.shift(
                asOf,
                level.warehouseId(),
                held ? position(before) : null,
                position(after),
                newLevel ? 1 : 0,
                null,
                0);
        return after;
    }

    /** The level is not sold any more: what is to be stored of it. */
    PricedStock delist(PricedStock before, StockLevel level, long at) {
        if (before.price() != null) {
            withdraw(before, level, Cause.INVENTORY, at);
        }
        listener.shift(at, level.warehouseId(), position(before), null, 0, null, 0);
        return unpriced(before, level, Standing.WITHDRAWN, before.priceTier(), NO_CONDITION, at);
    }

    /** A level that was older than the newest known. */
    void supersede(StockLevel level) {
        listener.event(
                new PricingEvent(
                        level,
                        Outcome.SUPERSEDED,
                        Published.NOTHING,
                        null,
                        null,
                        Map.of(),
                        null,
                        0,
                        null,
                        null,
                        Cause.INVENTORY,
                        level.version().eventTime(),
                        null,
                        List.of()));
    }

    private void withdraw(PricedStock before, StockLevel level, Cause cause, long effectiveAt) {
        listener.count(Count.WITHDRAWN);
        listener.event(
                new PricingEvent(
                        level,
                        Outcome.WITHDRAWN,
                        Published.TOMBSTONE,
                        before.priceTier(),
                        null,
                        Map.of(),
                        null,
                        before.priceVersion(),
                        before.price(),
                        before.currency(),
                        cause,
                        effectiveAt,
                        null,
                        List.of()));
    }

    private static PricedStock unpriced(
            PricedStock before,
            StockLevel level,
            Standing standing,
            String tier,
            int condition,
            long changedAt) {
        return new PricedStock(
                standing,
                condition,
                level.quantity(),
                level.deliveryTime(),
                level.restockingTime(),
                level.version(),
                level.ingestedAt(),
                tier,
                null,
                null,
                before == null ? 0 : before.priceVersion(),
                Limit.NONE,
                changedAt,
                PricedStock.NEVER,
                Map.of(),
                Map.of());
    }

    private static Position position(PricedStock stock) {
        return new Position(stock.priceTier(), stock.quantity(), stock.price(), stock.currency());
    }

    private static boolean same(String a, String b) {
        return a == null ? b == null : a.equals(b);
    }

    /** 10.0 is 10.00 here, unlike for {@code equals}. */
    private static boolean sameAmounts(Map<String, BigDecimal> a, Map<String, BigDecimal> b) {
        if (a.size() != b.size()) {
            return false;
        }
        if (a.isEmpty()) {
            return true;
        }
        for (Map.Entry<String, BigDecimal> entry : a.entrySet()) {
            BigDecimal other = b.get(entry.getKey());
            if (other == null || other.compareTo(entry.getValue()) != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Raises the alerts of what one input changed in the end.
     *
     * @param before what was stored before the input; null: nothing
     * @param after what is stored now
     */
    void alert(PricedStock before, PricedStock after, StockLevel level) {
        if (after != before) {
            alerts.change(before, after, level, decided, limitsSince);
        }
    }
}
