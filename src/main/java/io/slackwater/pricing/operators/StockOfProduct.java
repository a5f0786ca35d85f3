package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.PricedStock;
import io.slackwater.pricing.model.PricedStock.Standing;
import io.slackwater.pricing.model.ProductFacts;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.rules.Decision;
import io.slackwater.pricing.rules.Price;
import io.slackwater.pricing.rules.StockAlerts;
import io.slackwater.pricing.rules.StockPricing;
import io.slackwater.pricing.settings.Settings;
import java.util.List;
import org.apache.flink.streaming.api.operators.InternalTimerService;

/**
 * The stock of one product at a time: takes what is told of it, prices it, and keeps its state, its
 * place in the index of categories and the count of stock levels in step. Everything between {@link
 * #open} and {@link #save} is about the product that was opened.
 *
 * <p>Which of two things told is newer is decided here, by their {@link StockVersion}.
 */
final class StockOfProduct {

    private final ProductState product;
    private final ProductsByCategory byCategory;
    private final StockCount stockCount;
    private final InternalTimerService<String> holds;
    private final KnownBooks books;
    private final HeldWatermark watermark;
    private final PricingResults results;
    private final StockPricing pricing;
    private final StockAlerts alerts;
    private final boolean publishAll;

    // What the pricing of one level came to, over all the moments that it was priced for.
    private Price due;
    private long limitsSince;

    StockOfProduct(
            ProductState product,
            ProductsByCategory byCategory,
            StockCount stockCount,
            InternalTimerService<String> holds,
            KnownBooks books,
            HeldWatermark watermark,
            PricingResults results,
            Settings.Pricing settings) {
        this.product = product;
        this.byCategory = byCategory;
        this.stockCount = stockCount;
        this.holds = holds;
        this.books = books;
        this.watermark = watermark;
        this.results = results;
        publishAll = settings.publish() == Settings.Publish.ALL;
        pricing = new StockPricing(publishAll, settings.lowStock());
        alerts = new StockAlerts(settings.lowStock(), settings.priceJumpPercent(), results::send);
    }

    /** Takes up a product; its key is the current one. */
    void open(String productId) throws Exception {
        product.open(productId);
    }

    /** Stores what changed since the product was taken up. */
    void save() throws Exception {
        product.save();
    }

    // ---------------------------------------------------------------- what is told

    /** The stock levels of one message. */
    void take(List<StockLevel> levels) throws Exception {
        for (int i = 0; i < levels.size(); i++) {
            take(levels.get(i));
        }
    }

    private void take(StockLevel level) throws Exception {
        ProductFacts facts = product.facts();
        PricedStock before = product.get(level.warehouseId());
        if (!level.version().replaces(facts.withdrawnBefore())
                || !level.version().replaces(before == null ? null : before.version())) {
            results.count(PricingCount.SUPERSEDED);
            results.send(StockPricing.superseded(level));
            return;
        }
        if (!publishAll && before != null && before.repeats(level)) {
            results.count(PricingCount.UNCHANGED);
            product.put(level.warehouseId(), before.movedTo(level));
            return;
        }
        long eventTime = level.version().eventTime();
        books.priced(eventTime);
        if (results.isClosed(eventTime)) {
            results.count(PricingCount.LATE_FOR_WINDOW);
        }
        PricedStock first = price(before, level, facts.catalog(), Cause.INVENTORY, eventTime);
        if (first.standing() != Standing.PRICED) {
            results.count(PricingCount.WAITING);
        } else if (before == null || first.priceVersion() != before.priceVersion()) {
            results.count(PricingCount.PRICED);
        } else {
            results.count(PricingCount.UNCHANGED);
        }
        PricedStock now = catchUp(first, level, facts.catalog(), eventTime);
        alerts.stock(before, now, level);
        alerts.change(before, now, level, due, limitsSince);
        stockCount.moved(product.productId(), before, now);
        product.put(level.warehouseId(), now);
    }

    /**
     * Withdraws all stock that was told of before.
     *
     * @return what became of it, were it a delisting
     */
    PricingCount withdraw(StockVersion version) throws Exception {
        ProductFacts facts = product.facts();
        if (!version.replaces(facts.withdrawnBefore())) {
            return PricingCount.DELISTINGS_SUPERSEDED;
        }
        product.facts(facts.withdrawn(version));
        Withdrawal withdrawal = new Withdrawal(version);
        product.forEach(withdrawal);
        return withdrawal.became;
    }

    private final class Withdrawal implements ProductState.Change {
        private final StockVersion version;
        private PricingCount became = PricingCount.DELISTINGS_UNKNOWN;

        Withdrawal(StockVersion version) {
            this.version = version;
        }

        @Override
        public PricedStock of(String warehouse, PricedStock before) {
            if (!before.version().isOlderThan(version)) {
                became =
                        became == PricingCount.DELISTED
                                ? became
                                : PricingCount.DELISTINGS_SUPERSEDED;
                return before;
            }
            if (before.standing() == Standing.WITHDRAWN) {
                became =
                        became == PricingCount.DELISTINGS_UNKNOWN
                                ? PricingCount.DELISTINGS_UNCHANGED
                                : became;
                return before;
            }
            became = PricingCount.DELISTED;
            StockLevel level = before.stockLevel(product.productId(), warehouse);
            Decision decision = pricing.withdraw(before, level, version.eventTime());
            results.send(decision);
            stockCount.moved(product.productId(), before, decision.stock());
            return decision.stock();
        }
    }

    /**
     * The newest catalog entry prices the stock anew.
     *
     * @param entry null: the product has none any more
     */
    void catalog(CatalogEntry entry, StockVersion version) throws Exception {
        ProductFacts facts = product.facts();
        if (!version.replaces(facts.catalogVersion())) {
            results.count(PricingCount.CATALOG_SUPERSEDED);
            return;
        }
        ProductFacts now = facts.with(entry, version);
        product.facts(now);
        String from = facts.category();
        String to = now.category();
        if (from == null ? to != null : !from.equals(to)) {
            byCategory.move(product.productId(), from, to);
        }
        if (!books.books().isEmpty()) {
            long moment = Math.max(books.reached(), watermark.time());
            product.forEach(
                    (warehouse, before) -> reprice(warehouse, before, Cause.CATALOG, moment));
        }
    }

    // ---------------------------------------------------------------- what is priced again

    /** Prices the stock that a sweep looks for. */
    void examine(Sweep sweep) throws Exception {
        ProductFacts facts = product.facts();
        product.forEach(
                (warehouse, before) -> {
                    if (before.standing() == Standing.WITHDRAWN
                            || !sweep.concerns(
                                    product.productId(), facts.category(), before, warehouse)) {
                        return before;
                    }
                    PricedStock after = reprice(warehouse, before, sweep.cause, sweep.asOf);
                    results.count(PricingCount.REEXAMINED);
                    sweep.examined(before, after);
                    return after;
                });
    }

    /** The product's place in the index of categories, where an earlier release did not keep it. */
    void index() throws Exception {
        String category = product.facts().category();
        if (category != null) {
            byCategory.move(product.productId(), null, category);
        }
    }

    /** Counts the stock, where an earlier release did not. */
    void count() throws Exception {
        product.forEach(
                (warehouse, level) -> {
                    stockCount.moved(product.productId(), null, level);
                    return level;
                });
    }

    /** A hold is over: the price that is then due is published. */
    void release(String warehouse, long moment) throws Exception {
        PricedStock before = product.get(warehouse);
        if (before == null || before.heldUntil() != moment) {
            return; // It was released, or held for longer, in the meantime.
        }
        PricedStock after = reprice(warehouse, before, Cause.SCHEDULE, moment);
        if (after != before) {
            product.put(warehouse, after);
        }
    }

    /** Prices what is stored, as of a moment or, where it holds later, as of its own. */
    private PricedStock reprice(String warehouse, PricedStock before, Cause cause, long moment)
            throws Exception {
        if (before.standing() == Standing.WITHDRAWN) {
            return before;
        }
        StockLevel level = before.stockLevel(product.productId(), warehouse);
        long asOf = Math.max(level.version().eventTime(), moment);
        if (before.standing() == Standing.WAITING) {
            // As if the book had been there when the level came.
            asOf = level.version().eventTime();
        } else if (before.changedAt() > asOf) {
            // Another change was faster than the sweep; no price goes back in time.
            asOf = before.changedAt();
        }
        CatalogEntry catalog = product.facts().catalog();
        PricedStock first = price(before, level, catalog, cause, asOf);
        if (first == before) {
            return before;
        }
        PricedStock now = catchUp(first, level, catalog, asOf);
        alerts.change(before, now, level, due, limitsSince);
        stockCount.moved(product.productId(), before, now);
        return now;
    }

    /**
     * Prices a level again at every moment since it was priced that has passed already, and sets
     * the timer of a hold that is still to end.
     */
    private PricedStock catchUp(
            PricedStock stock, StockLevel level, CatalogEntry catalog, long pricedAt)
            throws Exception {
        if (stock.standing() == Standing.WAITING) {
            return stock;
        }
        PricedStock now = stock;
        // A hold may end between two boundaries. Its timer would come too late where event time is
        // past it already: a bounded run has no watermark after its last one.
        long passed = Math.max(books.reached(), books.timeAt(watermark.reached()));
        long moment = pricedAt;
        while (true) {
            long release = now.heldUntil() > moment ? now.heldUntil() : Long.MAX_VALUE;
            moment = Math.min(books.books().nextChange(moment), release);
            if (moment > passed || moment == Long.MAX_VALUE) {
                break;
            }
            now = price(now, level, catalog, Cause.SCHEDULE, moment);
        }
        if (now.heldUntil() > passed) {
            holds.registerEventTimeTimer(level.warehouseId(), now.heldUntil());
        }
        return now;
    }

    /** Prices a level as of a moment, and sends on what that comes to. */
    private PricedStock price(
            PricedStock before, StockLevel level, CatalogEntry catalog, Cause cause, long asOf) {
        Decision decision =
                pricing.price(
                        books.books(), books.everKnown(), before, level, catalog, cause, asOf);
        due = decision.due();
        if (decision.limitsMoved()) {
            limitsSince = asOf;
        }
        results.send(decision);
        return decision.stock();
    }
}
