package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.demo.ContractModel.Due;
import io.slackwater.pricing.demo.ContractModel.Subject;
import io.slackwater.pricing.demo.ContractPrice;
import io.slackwater.pricing.demo.ContractPrice.Amounts;
import io.slackwater.pricing.demo.ContractPrice.Quote;
import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Outcome;
import io.slackwater.pricing.model.PricingEvent.Published;
import io.slackwater.pricing.model.StockShift;
import io.slackwater.pricing.model.StockShift.Position;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.model.TraceStep.Step;
import io.slackwater.pricing.operators.Story.Happening;
import io.slackwater.pricing.operators.StoryScript.PublishedBook;
import io.slackwater.pricing.rules.Price;
import io.slackwater.pricing.testing.RandomBooks;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The price list of a {@link Story}, record by record. Of every record it checks that
 *
 * <ul>
 *   <li>its version is one more than the last, in the history that counts: what was published after
 *       the checkpoint that a failure went back to never was;
 *   <li>it is above zero, as is every segment's, and no segment pays more than everybody;
 *   <li>the engine and the contract both make it again from nothing but its row and the book that
 *       it names; where a hold applies, they make what the hold leaves of the price before it;
 *   <li>something that the price list shows has changed, and a tombstone follows a price;
 *   <li>it takes effect no earlier than the price that it replaces did, and after a tombstone no
 *       earlier than that, unless a stock level came since: that speaks of its own time, which may
 *       be long ago. It never takes effect later than the event time reached and the time of its
 *       stock level;
 *   <li>where a schedule is the cause, something was scheduled then: a book or rule begins or ends
 *       there, or a hold is over. (Where the catalog has changed in the middle of a sweep, the
 *       sweep may price a level as of its own time once more.)
 * </ul>
 */
final class StoryPrices {

    /** What was published of a key; nothing before the first record. */
    record Shown(
            long version,
            PricingEvent last,
            /** What the contract says of the last; null: it was withdrawn. */
            Quote quote,
            /** Since when it has this price, epoch milliseconds. */
            long changedAt,
            /** No record may take effect before this: the same, or when it was withdrawn. */
            long notBefore) {

        static final Shown NOTHING = new Shown(0, null, null, Long.MIN_VALUE, Long.MIN_VALUE);

        boolean hasPrice() {
            return last != null && last.published() == Published.PRICE;
        }

        /** Null: no price. */
        Amounts amounts() {
            return hasPrice() ? StoryPrices.amounts(last) : null;
        }

        Shown reaching(long time) {
            return new Shown(version, last, quote, changedAt, Math.min(notBefore, time));
        }
    }

    /** Pieces and their worth in a warehouse. */
    private record Total(long pieces, BigDecimal worth) {
        static final Total NOTHING = new Total(0, BigDecimal.ZERO);

        Total plus(Position position, int sign) {
            if (position == null) {
                return this;
            }
            BigDecimal price = position.price() == null ? BigDecimal.ZERO : position.price();
            return new Total(
                    pieces + sign * position.quantity(),
                    worth.add(price.multiply(BigDecimal.valueOf(sign * position.quantity()))));
        }

        Total plus(Total other) {
            return new Total(pieces + other.pieces, worth.add(other.worth));
        }
    }

    private final Set<Long> scheduled;
    private final Consumer<Happening> happens;
    private final Map<String, PublishedBook> accepted;
    private final Set<String> catalogTold;
    private final Map<String, Shown> shown;
    private final Map<String, Total> totals;

    /** The highest event time ever told, also before a failure. */
    private long reached = Long.MIN_VALUE;

    StoryPrices(Set<Long> scheduled, Consumer<Happening> happens) {
        this.scheduled = scheduled;
        this.happens = happens;
        accepted = new HashMap<>();
        catalogTold = new HashSet<>();
        shown = new TreeMap<>();
        totals = new TreeMap<>();
    }

    private StoryPrices(StoryPrices other) {
        scheduled = other.scheduled;
        happens = other.happens;
        accepted = new HashMap<>(other.accepted);
        catalogTold = new HashSet<>(other.catalogTold);
        shown = new TreeMap<>(other.shown);
        totals = new TreeMap<>(other.totals);
        reached = other.reached;
    }

    /** As a failure finds it, that goes back to a checkpoint made now. */
    StoryPrices copy() {
        return new StoryPrices(this);
    }

    // ---------------------------------------------------------------- what is told

    void hearAccepted(PublishedBook book) {
        accepted.put(book.model().reference(), book);
    }

    void hearCatalog(String product) {
        catalogTold.add(product);
    }

    /** A stock level became the newest: from here on prices are told as of its own time. */
    void hearLevel(String key, long eventTime) {
        shown.computeIfPresent(key, (k, before) -> before.reaching(eventTime));
    }

    void hearTime(long time) {
        reached = Math.max(reached, time);
    }

    Shown of(String key) {
        return shown.getOrDefault(key, Shown.NOTHING);
    }

    /** The keys of a product that have no price. */
    List<String> withdrawn(String product) {
        List<String> withdrawn = new ArrayList<>();
        for (String warehouse : RandomBooks.WAREHOUSES) {
            if (!of(product + "|" + warehouse).hasPrice()) {
                withdrawn.add(product + "|" + warehouse);
            }
        }
        return withdrawn;
    }

    static String key(PricingEvent event) {
        return event.stock().productId() + "|" + event.stock().warehouseId();
    }

    // ---------------------------------------------------------------- what is published

    void publish(PricingEvent event) {
        String key = key(event);
        shown.put(key, next(key, of(key), event));
    }

    void shift(StockShift shift) {
        totals.merge(
                shift.warehouseId(),
                Total.NOTHING.plus(shift.before(), -1).plus(shift.after(), 1),
                Total::plus);
    }

    static String text(PricingEvent event) {
        if (event.published() == Published.TOMBSTONE) {
            return "withdrawn by %s at %d".formatted(event.cause(), event.effectiveAt());
        }
        return "%s of %d in %s, version %d, by %s at %d, %s %s"
                .formatted(
                        amounts(event),
                        event.stock().quantity(),
                        event.priceTier(),
                        event.priceVersion(),
                        event.cause(),
                        event.effectiveAt(),
                        event.ruleBook(),
                        event.trace());
    }

    private static Amounts amounts(PricingEvent event) {
        return new Amounts(event.price(), event.currency(), new TreeMap<>(event.segmentPrices()));
    }

    private Shown next(String key, Shown before, PricingEvent event) {
        long at = event.effectiveAt();
        boolean delisted =
                event.published() == Published.TOMBSTONE && event.cause() == Cause.INVENTORY;
        assertTrue(
                delisted || at <= Math.max(reached, event.stock().version().eventTime()),
                () -> key + " takes effect in the future: " + text(event));
        if (event.cause() != Cause.INVENTORY) {
            assertTrue(
                    at >= before.notBefore,
                    () -> key + " goes back in time, after " + before + ": " + text(event));
        }
        if (event.published() == Published.TOMBSTONE) {
            assertEquals(Outcome.WITHDRAWN, event.outcome());
            assertTrue(before.hasPrice(), () -> key + " has no price to be withdrawn");
            assertEquals(before.version, event.priceVersion(), key);
            happens.accept(Happening.WITHDRAWN);
            return new Shown(before.version, event, null, Long.MIN_VALUE, at);
        }
        assertEquals(before.version + 1, event.priceVersion(), () -> key + ": " + text(event));
        assertTrue(event.price().signum() > 0, () -> key + ": " + text(event));
        for (BigDecimal price : event.segmentPrices().values()) {
            assertTrue(price.signum() > 0, () -> key + ": " + text(event));
            assertTrue(price.compareTo(event.price()) <= 0, () -> key + ": " + text(event));
        }
        boolean moved = !amounts(event).equals(before.amounts());
        assertTrue(
                moved
                        || before.last.stock().quantity() != event.stock().quantity()
                        || !Objects.equals(before.last.priceTier(), event.priceTier()),
                () -> key + " changes nothing: " + text(event));
        Quote quote = explained(key, before, event);
        if (event.cause() == Cause.SCHEDULE) {
            assertTrue(
                    scheduled.contains(at) || isEndOfHold(before, at) || isOwnTime(event),
                    () -> key + ": nothing was scheduled: " + text(event));
        }
        count(event, before);
        if (moved && amounts(event).equals(quote.due())) {
            return new Shown(event.priceVersion(), event, quote, at, at);
        }
        return new Shown(event.priceVersion(), event, quote, before.changedAt, before.notBefore);
    }

    private static boolean isEndOfHold(Shown before, long at) {
        long millis = at - before.changedAt;
        return millis > 0 && millis <= 1_000 * RandomBooks.LONGEST_HOLD && millis % 1_000 == 0;
    }

    /**
     * A sweep that begins before a stock level's own time prices it as of that time. It finds
     * something new there only where the catalog has changed since.
     */
    private boolean isOwnTime(PricingEvent event) {
        return event.effectiveAt() == event.stock().version().eventTime()
                && catalogTold.contains(event.stock().productId());
    }

    /** The fourth promise: the row and the book that it names are enough to recompute it. */
    private Quote explained(String key, Shown before, PricingEvent event) {
        PublishedBook book = accepted.get(event.ruleBook());
        assertNotNull(book, () -> key + " names a book that was never accepted: " + text(event));
        TraceStep base = event.trace().get(0);
        CatalogEntry told =
                new CatalogEntry(
                        event.priceTier(),
                        base.source().equals("list_price") ? base.after() : null,
                        base.category(),
                        0);
        long at = event.effectiveAt();
        Price again = book.engine().price(event.stock(), told, at);
        Quote quote = ContractPrice.quote(book.model(), Subject.of(event.stock(), told), at);
        TraceStep last = event.trace().get(event.trace().size() - 1);
        boolean held = last.step() == Step.HOLD;
        assertEquals(
                held ? event.trace().subList(0, event.trace().size() - 1) : event.trace(),
                again.trace(),
                () -> key + ": " + text(event));
        assertNotNull(quote.due(), () -> key + " has no price by the rules: " + text(event));
        assertEquals(quote.due().price(), again.amount(), () -> key + ": " + text(event));
        Amounts shown = quote.shown(before.amounts(), before.changedAt, at);
        assertEquals(
                shown,
                amounts(event),
                () -> key + " by " + quote + " after " + before + ": " + text(event));
        assertEquals(
                !shown.equals(quote.due()),
                held,
                () -> key + " tells of a hold in its trace: " + text(event));
        if (held) {
            assertEquals(quote.due().price(), last.before(), key);
            assertEquals(event.price(), last.after(), key);
        }
        return quote;
    }

    private void count(PricingEvent event, Shown before) {
        happens.accept(
                switch (event.cause()) {
                    case INVENTORY -> Happening.PRICED_BY_INVENTORY;
                    case RULE_BOOK -> Happening.PRICED_BY_RULE_BOOK;
                    case SCHEDULE -> Happening.PRICED_BY_SCHEDULE;
                    case CATALOG -> Happening.PRICED_BY_CATALOG;
                });
        if (!event.segmentPrices().isEmpty()) {
            happens.accept(Happening.SEGMENT_PRICED);
        }
        if (event.cause() == Cause.SCHEDULE
                && !scheduled.contains(event.effectiveAt())
                && isEndOfHold(before, event.effectiveAt())) {
            happens.accept(Happening.HOLD_RELEASED);
        }
    }

    // ---------------------------------------------------------------- the end

    /** How many keys have a price. */
    long priced() {
        return shown.values().stream().filter(Shown::hasPrice).count();
    }

    /** The price list, as text. */
    String list() {
        StringBuilder list = new StringBuilder();
        shown.forEach(
                (key, now) -> {
                    if (now.hasPrice()) {
                        line(
                                list,
                                key,
                                now.last.stock().quantity(),
                                now.last.priceTier(),
                                now.amounts());
                    }
                });
        return list.toString();
    }

    /**
     * The price list has to be what is due, and the shifts have to add up to it.
     *
     * @return whether a hold keeps any price
     */
    boolean assertDue(Map<String, Due> due) {
        boolean[] holds = new boolean[1];
        StringBuilder expected = new StringBuilder();
        Map<String, Total> stock = new TreeMap<>();
        due.forEach(
                (key, price) -> {
                    Shown now = of(key);
                    Quote quote = price.quote();
                    if (quote.due() != null) {
                        Amounts amounts = quote.shown(now.amounts(), now.changedAt, price.asOf());
                        if (!amounts.equals(quote.due())) {
                            happens.accept(Happening.HELD_AT_THE_END);
                            holds[0] = true;
                        }
                        line(expected, key, price.level().quantity(), quote.tier(), amounts);
                    }
                    stock.merge(
                            price.level().warehouseId(),
                            Total.NOTHING.plus(
                                    new Position(
                                            null,
                                            price.level().quantity(),
                                            now.hasPrice() ? now.last.price() : null,
                                            null),
                                    1),
                            Total::plus);
                });
        assertEquals(expected.toString(), list(), "the price list in the end");
        Set<String> warehouses = new TreeSet<>(totals.keySet());
        warehouses.addAll(stock.keySet());
        for (String warehouse : warehouses) {
            Total expectedTotal = stock.getOrDefault(warehouse, Total.NOTHING);
            Total total = totals.getOrDefault(warehouse, Total.NOTHING);
            assertEquals(expectedTotal.pieces, total.pieces, warehouse);
            assertEquals(0, expectedTotal.worth.compareTo(total.worth), warehouse);
        }
        return holds[0];
    }

    private static void line(
            StringBuilder list, String key, long quantity, String tier, Amounts amounts) {
        list.append(key).append(' ').append(quantity).append(' ').append(tier).append(' ');
        list.append(amounts).append('\n');
    }
}
