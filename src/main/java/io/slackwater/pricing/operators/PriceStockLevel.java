package io.slackwater.pricing.operators;

import io.slackwater.pricing.json.Instants;
import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.PricedStock;
import io.slackwater.pricing.model.PricedStock.Limit;
import io.slackwater.pricing.model.PricedStock.Standing;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Outcome;
import io.slackwater.pricing.model.PricingEvent.Published;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockShift.Position;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.rules.Price;
import io.slackwater.pricing.rules.PriceBook;
import io.slackwater.pricing.rules.PriceBooks;
import io.slackwater.pricing.rules.StockCondition;
import io.slackwater.pricing.settings.Settings;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Prices one stock level as of a moment, tells the world what that changed, and says what is to be
 * stored. It has no state of its own: {@link ApplyPricingRules} hands in what is stored.
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
        SWEEPS_CANCELLED("sweepsCancelled");

        private final String counter;

        Count(String counter) {
            this.counter = counter;
        }

        /** Of every line that comes here, one is counted. */
        static int[] places() {
            return new int[] {
                PRICED.ordinal(), UNCHANGED.ordinal(), SUPERSEDED.ordinal(), WAITING.ordinal()
            };
        }

        static String[] counters() {
            return Arrays.stream(values()).map(count -> count.counter).toArray(String[]::new);
        }
    }

    /** Who hears of it. */
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

    private static final int NO_CONDITION = -1;

    private final boolean publishAll;
    private final long lowStock;
    private final BigDecimal priceJump;
    private final Listener listener;

    PriceStockLevel(Settings.Pricing settings, Listener listener) {
        this.publishAll = settings.publish() == Settings.Publish.ALL;
        this.lowStock = settings.lowStock();
        this.priceJump = BigDecimal.valueOf(settings.priceJumpPercent(), 2);
        this.listener = listener;
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
            alertCondition(held ? before.condition() : NO_CONDITION, condition, level);
        }
        PriceBook book = books.holdsAt(asOf);
        Price due = book == null ? null : book.price(level, catalog, asOf);
        if (due == null || due.amount() == null) {
            return withoutPrice(everKnown, before, level, due, cause, asOf, condition);
        }

        BigDecimal previous = before == null ? null : before.price();
        boolean differs =
                previous != null
                        && (previous.compareTo(due.amount()) != 0
                                || !before.currency().equals(book.currency())
                                || !sameAmounts(before.segmentPrices(), due.segments()));
        long heldUntil = differs ? heldUntil(before, due, book, asOf) : PricedStock.NEVER;
        BigDecimal amount = due.amount();
        Map<String, BigDecimal> segments = due.segments();
        List<TraceStep> trace = due.trace();
        if (heldUntil != PricedStock.NEVER) {
            differs = false;
            amount = previous;
            segments = before.segmentPrices();
            trace = withHold(trace, due, heldUntil, amount);
            if (before.heldUntil() != heldUntil) {
                listener.count(Count.HELD);
            }
        }
        if (due.limit() != Limit.NONE && (before == null || before.limit() != due.limit())) {
            alertLimit(level, due, asOf);
        }

        boolean changed =
                previous == null
                        || differs
                        || before.quantity() != level.quantity()
                        || !same(before.priceTier(), due.tier());
        if (!changed && !newLevel) {
            return before.heldUntil() == heldUntil && before.limit() == due.limit()
                    ? before
                    : before.held(heldUntil, due.limit());
        }
        boolean publish = changed || publishAll;
        long priceVersion = (before == null ? 0 : before.priceVersion()) + (publish ? 1 : 0);
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
                        previous == null || differs ? asOf : before.changedAt(),
                        heldUntil,
                        segments);
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
                        cause,
                        asOf,
                        book.reference(),
                        trace));
        boolean released = !newLevel && before.standing() == Standing.WAITING;
        boolean moved =
                differs
                        && (previous.compareTo(amount) != 0
                                || !before.currency().equals(book.currency()));
        listener.shift(
                asOf,
                level.warehouseId(),
                held ? position(before) : null,
                position(after),
                newLevel ? 1 : 0,
                newLevel || released ? amount : null,
                moved ? 1 : 0);
        if (!newLevel) {
            listener.count(Count.REPRICED);
        }
        if (moved) {
            alertJump(level, previous, amount, asOf);
        }
        return after;
    }

    /**
     * Until when a price that differs is kept; {@link PricedStock#NEVER}: it is not. A price in
     * another currency is never kept: an amount means nothing without it.
     */
    private static long heldUntil(PricedStock before, Price due, PriceBook book, long asOf) {
        if (due.hold() == null
                || before.changedAt() == PricedStock.NEVER
                || !before.currency().equals(book.currency())) {
            return PricedStock.NEVER;
        }
        long until = before.changedAt() + 1_000 * due.hold().minSeconds();
        return asOf < until ? until : PricedStock.NEVER;
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
        if (standing == Standing.UNPRICED
                && (before == null || before.standing() != Standing.UNPRICED)) {
            Price.Unpriced why = price == null ? Price.Unpriced.NO_BOOK : price.unpriced();
            listener.alert(
                    new Alert(
                            Alert.Kind.UNPRICED,
                            Alert.Severity.CRITICAL,
                            level.productId(),
                            level.warehouseId(),
                            asOf,
                            Map.of("why", why.name())));
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
                Map.of());
    }

    private static Position position(PricedStock stock) {
        return new Position(stock.priceTier(), stock.quantity(), stock.price());
    }

    private static boolean same(String a, String b) {
        return a == null ? b == null : a.equals(b);
    }

    /** 10.0 is 10.00 here, unlike for {@code equals} (trap 18). */
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

    // ---------------------------------------------------------------- alerts

    /** A condition is told when it begins, not at every message while it lasts. */
    private void alertCondition(int before, int now, StockLevel level) {
        if (before == now) {
            return;
        }
        StockCondition[] conditions = StockCondition.values();
        StockCondition condition = conditions[now];
        if (before != NO_CONDITION && conditions[before].isEmpty() && !condition.isEmpty()) {
            alertStock(Alert.Kind.BACK_IN_STOCK, Alert.Severity.INFO, level, false);
        }
        switch (condition) {
            case LOW -> alertStock(Alert.Kind.LOW_STOCK, Alert.Severity.WARNING, level, true);
            case OUT -> alertStock(Alert.Kind.OUT_OF_STOCK, Alert.Severity.CRITICAL, level, false);
            case OVERSOLD -> alertStock(Alert.Kind.OVERSOLD, Alert.Severity.CRITICAL, level, false);
            case NORMAL -> {}
        }
    }

    private void alertStock(
            Alert.Kind kind, Alert.Severity severity, StockLevel level, boolean withThreshold) {
        Map<String, String> details = new HashMap<>();
        details.put("quantity", Long.toString(level.quantity()));
        if (withThreshold) {
            details.put("threshold", Long.toString(lowStock));
        }
        listener.alert(
                new Alert(
                        kind,
                        severity,
                        level.productId(),
                        level.warehouseId(),
                        level.version().eventTime(),
                        details));
    }

    private void alertLimit(StockLevel level, Price due, long at) {
        listener.alert(
                new Alert(
                        Alert.Kind.LIMIT_HIT,
                        Alert.Severity.WARNING,
                        level.productId(),
                        level.warehouseId(),
                        at,
                        Map.of(
                                "limit",
                                due.limit().name(),
                                "price",
                                due.amount().toPlainString())));
    }

    /** Looks both ways: a price that falls by 99.7 % is a jump too (trap 19). */
    private void alertJump(StockLevel level, BigDecimal previous, BigDecimal amount, long at) {
        BigDecimal change = amount.subtract(previous);
        if (change.abs().compareTo(previous.multiply(priceJump)) <= 0) {
            return;
        }
        Map<String, String> details = new HashMap<>();
        details.put("previous_price", previous.toPlainString());
        details.put("price", amount.toPlainString());
        details.put(
                "change_percent",
                change.movePointRight(2).divide(previous, 1, RoundingMode.HALF_UP).toPlainString());
        listener.alert(
                new Alert(
                        Alert.Kind.PRICE_JUMP,
                        Alert.Severity.WARNING,
                        level.productId(),
                        level.warehouseId(),
                        at,
                        details));
    }
}
