package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.PriceTag;
import io.slackwater.pricing.model.PricedStock;
import io.slackwater.pricing.model.PricedStock.Limit;
import io.slackwater.pricing.model.PricedStock.SegmentMark;
import io.slackwater.pricing.model.PricedStock.Standing;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Outcome;
import io.slackwater.pricing.model.PricingEvent.Published;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockShift;
import io.slackwater.pricing.model.StockShift.Position;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.rules.Price.SegmentNote;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Decides what becomes of one stock level as of a moment: its price, what the price list and the
 * dashboard hear of it, and what is to be stored. It stores and sends nothing.
 */
public final class StockPricing {

    /** The condition of stock that is not sold. */
    static final int NO_CONDITION = -1;

    /** The last instant that a trace can write. */
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999Z");

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final boolean publishAll;
    private final long lowStock;

    /**
     * @param publishAll whether every new level is published, also where nothing changed
     * @param lowStock stock is low below it, pieces
     */
    public StockPricing(boolean publishAll, long lowStock) {
        this.publishAll = publishAll;
        this.lowStock = lowStock;
    }

    /**
     * Prices a level.
     *
     * @param books the known rule books
     * @param everKnown whether any book was ever known: until then stock waits
     * @param before what is stored; null: nothing
     * @param cause of {@code INVENTORY} the level is new; of the others it is the stored one
     * @param asOf the moment that is priced, epoch milliseconds
     */
    public Decision price(
            PriceBooks books,
            boolean everKnown,
            PricedStock before,
            StockLevel level,
            CatalogEntry catalog,
            Cause cause,
            long asOf) {
        PriceBook book = books.holdsAt(asOf);
        Price due = book == null ? null : book.price(level, catalog, asOf);
        return due == null || due.amount() == null
                ? withoutPrice(everKnown, before, level, due, cause, asOf)
                : withPrice(book, before, level, due, cause, asOf);
    }

    private Decision withPrice(
            PriceBook book,
            PricedStock before,
            StockLevel level,
            Price due,
            Cause cause,
            long asOf) {
        boolean newLevel = cause == Cause.INVENTORY;
        BigDecimal previous = before == null ? null : before.price();
        BigDecimal amount = due.amount();
        Map<String, BigDecimal> segments = due.segments();
        List<TraceStep> trace = due.trace();
        boolean differs =
                previous != null
                        && (previous.compareTo(amount) != 0
                                || !before.currency().equals(book.currency())
                                || !PriceTag.sameAmounts(before.segmentPrices(), segments));
        long heldUntil = differs ? heldUntil(before, due, book, asOf) : PricedStock.NEVER;
        boolean held = heldUntil != PricedStock.NEVER;
        if (held) {
            amount = previous;
            segments = heldSegments(before, due);
            // A segment that only went or came may still make a difference.
            differs = !PriceTag.sameAmounts(before.segmentPrices(), segments);
            trace = withHold(trace, due, heldUntil, amount);
        }
        boolean newlyHeld = held && before.heldUntil() != heldUntil;
        Map<String, SegmentMark> marks = marks(due);
        boolean limitsMoved =
                before == null
                        || before.limit() != due.limit()
                        || !before.segmentMarks().equals(marks);

        boolean changed =
                previous == null
                        || differs
                        || before.quantity() != level.quantity()
                        || !same(before.priceTier(), due.tier());
        if (!changed && !newLevel) {
            return before.heldUntil() == heldUntil && !limitsMoved
                    ? Decision.nothing(before, due)
                    : new Decision(
                            before.held(heldUntil, due.limit(), marks),
                            null,
                            null,
                            due,
                            newlyHeld,
                            limitsMoved);
        }
        boolean publish = changed || publishAll;
        long priceVersion = (before == null ? 0 : before.priceVersion()) + (publish ? 1 : 0);
        boolean keepsItsTime = previous != null && (!differs || held);
        PricedStock after =
                new PricedStock(
                        Standing.PRICED,
                        StockCondition.of(level.quantity(), lowStock).ordinal(),
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
        PricingEvent event =
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
                        previous == null ? null : before.currency(),
                        cause,
                        asOf,
                        book.reference(),
                        trace);
        boolean released = !newLevel && before.standing() == Standing.WAITING;
        StockShift shift =
                new StockShift(
                        asOf,
                        level.warehouseId(),
                        isSold(before) ? position(before) : null,
                        position(after),
                        newLevel ? 1 : 0,
                        newLevel || released ? amount : null,
                        differs ? 1 : 0);
        return new Decision(after, event, shift, due, newlyHeld, limitsMoved);
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
                        && PriceTag.sameAmounts(segments, due.segments());
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
        Instant end = Instant.ofEpochMilli(until);
        steps.add(
                TraceStep.of(
                        TraceStep.Step.HOLD,
                        due.hold().ruleId(),
                        "until " + TIME.format(end.isAfter(LAST) ? LAST : end),
                        due.amount(),
                        kept,
                        ""));
        return steps;
    }

    /** The rules give no price, or no rules are known yet: a price that was there is withdrawn. */
    private Decision withoutPrice(
            boolean everKnown,
            PricedStock before,
            StockLevel level,
            Price due,
            Cause cause,
            long asOf) {
        boolean newLevel = cause == Cause.INVENTORY;
        Standing standing = everKnown ? Standing.UNPRICED : Standing.WAITING;
        String tier = due == null ? null : due.tier();
        if (!newLevel && before.standing() == standing && same(before.priceTier(), tier)) {
            return Decision.nothing(before, due);
        }
        boolean still = before != null && before.standing() == standing;
        PricedStock after =
                unpriced(
                        before,
                        level,
                        standing,
                        tier,
                        StockCondition.of(level.quantity(), lowStock).ordinal(),
                        still ? before.changedAt() : asOf);
        StockShift shift =
                new StockShift(
                        asOf,
                        level.warehouseId(),
                        isSold(before) ? position(before) : null,
                        position(after),
                        newLevel ? 1 : 0,
                        null,
                        0);
        PricingEvent event = hasPrice(before) ? withdrawn(before, level, cause, asOf) : null;
        return new Decision(after, event, shift, due, false, false);
    }

    /** The level is not sold any more: delisted, or not named by a complete message. */
    public Decision withdraw(PricedStock before, StockLevel level, long at) {
        return new Decision(
                unpriced(before, level, Standing.WITHDRAWN, before.priceTier(), NO_CONDITION, at),
                hasPrice(before) ? withdrawn(before, level, Cause.INVENTORY, at) : null,
                new StockShift(at, level.warehouseId(), position(before), null, 0, null, 0),
                null,
                false,
                false);
    }

    /** What is told of a level that was older than the newest known. */
    public static PricingEvent superseded(StockLevel level) {
        return new PricingEvent(
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
                List.of());
    }

    private static PricingEvent withdrawn(
            PricedStock before, StockLevel level, Cause cause, long effectiveAt) {
        return new PricingEvent(
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
                List.of());
    }

    private static boolean isSold(PricedStock stock) {
        return stock != null && stock.standing() != Standing.WITHDRAWN;
    }

    private static boolean hasPrice(PricedStock stock) {
        return stock != null && stock.price() != null;
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
}
