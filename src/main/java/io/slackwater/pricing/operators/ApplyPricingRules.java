package io.slackwater.pricing.operators;

import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.AcceptedBook;
import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.PricedStock;
import io.slackwater.pricing.model.PricedStock.Standing;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Outcome;
import io.slackwater.pricing.model.PricingEvent.Published;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.ProductFacts;
import io.slackwater.pricing.model.RuleBook;
import io.slackwater.pricing.model.RulesChange;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockShift;
import io.slackwater.pricing.model.StockShift.Position;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.model.SweepReport;
import io.slackwater.pricing.rules.Price;
import io.slackwater.pricing.rules.PriceBook;
import io.slackwater.pricing.rules.PriceBooks;
import io.slackwater.pricing.rules.StockCondition;
import io.slackwater.pricing.settings.Settings;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Keeps the newest stock level of every product and warehouse, and the price that the rules give
 * it. This is where data in motion meets data at rest.
 *
 * <p>A price follows from the newest level, the catalog entry, the known books and a time, and from
 * nothing else, least of all from the order in which they came:
 *
 * <ul>
 *   <li>a level is priced as of its own event time. If a book began or ended between that time and
 *       the event time reached, it is priced again at each of those moments, as if it had come in
 *       time;
 *   <li>a new book, a boundary or a catalog change prices the stock as of the event time reached;
 *   <li>while no book is known, stock waits (trap 1).
 * </ul>
 *
 * <p>The event time reached comes with the rules, which are the same for all subtasks, and is
 * stored; the watermark of this subtask begins anew after a failure and decides no price (trap 12).
 */
public final class ApplyPricingRules
        extends KeyedBroadcastProcessFunction<String, ProductChange, RulesChange, PricingEvent>
        implements CheckpointedFunction {

    public static final OutputTag<Alert> ALERTS = new OutputTag<>("alerts") {};
    public static final OutputTag<StockShift> SHIFTS = new OutputTag<>("stock-shifts") {};
    public static final OutputTag<SweepReport> SWEEPS = new OutputTag<>("sweeps") {};

    /** The known versions of the book. */
    public static final MapStateDescriptor<Long, AcceptedBook> BOOKS =
            new MapStateDescriptor<>(
                    "rule-books", Types.LONG, TypeInformation.of(AcceptedBook.class));

    /** Under {@link #REACHED}, the event time reached; present once any book was known. */
    public static final MapStateDescriptor<String, Long> CLOCK =
            new MapStateDescriptor<>("rules-clock", Types.STRING, Types.LONG);

    static final String REACHED = "reached";

    private static final MapStateDescriptor<String, PricedStock> STOCK =
            new MapStateDescriptor<>("stock", Types.STRING, PricedStockSerializer.TYPE);
    private static final ValueStateDescriptor<ProductFacts> FACTS =
            new ValueStateDescriptor<>("product-facts", ProductFactsSerializer.TYPE);

    private static final int PRICED = 0;
    private static final int UNCHANGED = 1;
    private static final int SUPERSEDED = 2;
    private static final int WAITING = 3;
    private static final int REPRICED = 4;
    private static final int WITHDRAWN = 5;
    private static final int LATE = 6;

    private static final int NO_CONDITION = -1;

    private final int keptVersions;
    private final boolean publishAll;
    private final long windowMillis;
    private final long lowStock;
    private final BigDecimal priceJump;

    private transient MapState<String, PricedStock> stock;
    private transient ValueState<ProductFacts> facts;
    private transient Tally tally;

    /** Compiled from the broadcast state at the first element after a start. */
    private transient PriceBooks books;

    private transient long reached;
    private transient boolean everKnown;

    /**
     * The levels of a message come one after the other: the facts of the product that came last are
     * at hand without another look into the state.
     */
    private transient String lastProduct;

    private transient ProductFacts lastFacts;

    public ApplyPricingRules(Settings.Pricing settings) {
        this.keptVersions = settings.keptVersions();
        this.publishAll = settings.publish() == Settings.Publish.ALL;
        this.windowMillis = settings.window().toMillis();
        this.lowStock = settings.lowStock();
        this.priceJump = BigDecimal.valueOf(settings.priceJumpPercent(), 2);
    }

    @Override
    public void open(OpenContext context) {
        stock = getRuntimeContext().getMapState(STOCK);
        facts = getRuntimeContext().getState(FACTS);
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        tally =
                Tally.restore(
                        context,
                        getRuntimeContext(),
                        "priced",
                        "unchanged",
                        "superseded",
                        "waiting",
                        "repriced",
                        "withdrawn",
                        "lateForWindow");
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        tally.snapshot(context);
    }

    // ---------------------------------------------------------------- what is told of a product

    @Override
    public void processElement(
            ProductChange change, ReadOnlyContext context, Collector<PricingEvent> out)
            throws Exception {
        if (books == null) {
            compile(
                    context.getBroadcastState(BOOKS).immutableEntries(),
                    context.getBroadcastState(CLOCK));
        }
        Emitter emit = new Emitter(out, context::output, context.timerService().currentWatermark());
        switch (change.kind()) {
            case STOCK_LEVEL -> update(change.stockLevel(), emit);
            case WITHDRAWAL -> withdraw(change.productId(), change.withdrawal(), emit);
            case CATALOG -> updateCatalog(change.productId(), change.catalogEntry(), emit);
        }
    }

    private void update(StockLevel level, Emitter emit) throws Exception {
        ProductFacts known = factsOf(level.productId());
        PricedStock before = stock.get(level.warehouseId());
        if (level.version().isOlderThan(known.withdrawnBefore())
                || (before != null && level.version().isOlderThan(before.version()))) {
            tally.add(SUPERSEDED, 1);
            emit.event(superseded(level));
            return;
        }
        if (before != null && before.repeats(level) && !publishAll) {
            tally.add(UNCHANGED, 1);
            stock.put(level.warehouseId(), moved(before, level));
            return;
        }
        boolean late = emit.isClosed(level.version().eventTime());
        if (late) {
            tally.add(LATE, 1);
        }
        PricedStock after =
                price(
                        before,
                        level,
                        known.catalog(),
                        Cause.INVENTORY,
                        level.version().eventTime(),
                        emit);
        if (after.standing() != Standing.PRICED) {
            tally.add(WAITING, 1);
        } else if (before == null || after.priceVersion() != before.priceVersion()) {
            tally.add(PRICED, 1);
        } else {
            tally.add(UNCHANGED, 1);
        }
        stock.put(level.warehouseId(), catchUp(after, level, known.catalog(), emit));
    }

    /** Prices a level again at every moment that passed since its event time. */
    private PricedStock catchUp(
            PricedStock stock, StockLevel level, CatalogEntry catalog, Emitter emit) {
        PricedStock now = stock;
        if (now.standing() == Standing.WAITING) {
            return now;
        }
        for (long moment = books.nextChange(level.version().eventTime());
                moment <= reached;
                moment = books.nextChange(moment)) {
            now = price(now, level, catalog, Cause.SCHEDULE, moment, emit);
        }
        return now;
    }

    private void withdraw(String productId, StockVersion version, Emitter emit) throws Exception {
        ProductFacts known = factsOf(productId);
        if (version.isOlderThan(known.withdrawnBefore())) {
            return;
        }
        remember(productId, new ProductFacts(known.catalog(), version));
        for (Map.Entry<String, PricedStock> entry : stock.entries()) {
            PricedStock before = entry.getValue();
            if (before.standing() == Standing.WITHDRAWN || !before.version().isOlderThan(version)) {
                continue;
            }
            StockLevel level = before.stockLevel(productId, entry.getKey());
            boolean published = before.price() != null;
            if (published) {
                tally.add(WITHDRAWN, 1);
                emit.event(withdrawn(before, level, Cause.INVENTORY, version.eventTime()));
            }
            emit.shift(version.eventTime(), entry.getKey(), position(before), null, 0, null, 0);
            entry.setValue(
                    unpriced(before, level, Standing.WITHDRAWN, before.priceTier(), NO_CONDITION));
        }
    }

    private void updateCatalog(String productId, CatalogEntry entry, Emitter emit)
            throws Exception {
        ProductFacts known = factsOf(productId);
        if (entry != null
                && known.catalog() != null
                && entry.updatedAt() < known.catalog().updatedAt()) {
            return;
        }
        remember(productId, new ProductFacts(entry, known.withdrawnBefore()));
        if (books.isEmpty()) {
            return;
        }
        for (Map.Entry<String, PricedStock> held : stock.entries()) {
            PricedStock before = held.getValue();
            if (before.standing() == Standing.WITHDRAWN) {
                continue;
            }
            StockLevel level = before.stockLevel(productId, held.getKey());
            long now = Math.max(Math.max(level.version().eventTime(), reached), emit.now());
            PricedStock after = price(before, level, entry, Cause.CATALOG, now, emit);
            if (after != before) {
                held.setValue(after);
            }
        }
    }

    // ---------------------------------------------------------------- what happens to the rules

    @Override
    public void processBroadcastElement(
            RulesChange change, Context context, Collector<PricingEvent> out) throws Exception {
        BroadcastState<Long, AcceptedBook> stored = context.getBroadcastState(BOOKS);
        BroadcastState<String, Long> clock = context.getBroadcastState(CLOCK);
        switch (change.kind()) {
            case BOOK -> {
                stored.put(change.book().version(), change.book());
                forgetOldest(stored);
            }
            case RETIRED -> stored.clear();
            case BOUNDARY -> {}
        }
        Long before = clock.get(REACHED);
        clock.put(
                REACHED,
                before == null ? change.eventTime() : Math.max(before, change.eventTime()));
        compile(stored.entries(), clock);

        boolean touches =
                change.kind() != RulesChange.Kind.BOUNDARY || books.changesAt(change.eventTime());
        long[] counts = new long[2];
        if (touches) {
            Cause cause =
                    change.kind() == RulesChange.Kind.BOUNDARY ? Cause.SCHEDULE : Cause.RULE_BOOK;
            Emitter emit = new Emitter(out, context::output, context.currentWatermark());
            context.applyToKeyedState(
                    STOCK, (productId, held) -> reprice(productId, held, cause, emit, counts));
        }
        if (change.convergenceOf() != null) {
            context.output(
                    SWEEPS,
                    new SweepReport(
                            change.convergenceOf(),
                            getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks(),
                            counts[0],
                            counts[1],
                            change.eventTime(),
                            change.announcedAt(),
                            context.currentProcessingTime()));
        }
    }

    private void reprice(
            String productId,
            MapState<String, PricedStock> held,
            Cause cause,
            Emitter emit,
            long[] counts)
            throws Exception {
        ProductFacts known = facts.value();
        CatalogEntry catalog = known == null ? null : known.catalog();
        for (Map.Entry<String, PricedStock> entry : held.entries()) {
            PricedStock before = entry.getValue();
            if (before.standing() == Standing.WITHDRAWN) {
                continue;
            }
            StockLevel level = before.stockLevel(productId, entry.getKey());
            long eventTime = level.version().eventTime();
            PricedStock after;
            if (before.standing() == Standing.WAITING) {
                // As if the book had been there when the level came.
                after = price(before, level, catalog, cause, eventTime, emit);
                after = catchUp(after, level, catalog, emit);
            } else {
                after = price(before, level, catalog, cause, Math.max(eventTime, reached), emit);
            }
            counts[0]++;
            if (after != before) {
                boolean published = after.priceVersion() != before.priceVersion();
                boolean ended = before.price() != null && after.price() == null;
                counts[1] += published || ended ? 1 : 0;
                entry.setValue(after);
            }
        }
    }

    /** The oldest versions go; each is of use only to stock levels of its time. */
    private void forgetOldest(BroadcastState<Long, AcceptedBook> stored) throws Exception {
        List<Long> versions = new ArrayList<>();
        for (Map.Entry<Long, AcceptedBook> entry : stored.entries()) {
            versions.add(entry.getKey());
        }
        versions.sort(null);
        for (int i = 0; i < versions.size() - keptVersions; i++) {
            stored.remove(versions.get(i));
        }
    }

    private void compile(
            Iterable<Map.Entry<Long, AcceptedBook>> stored,
            ReadOnlyBroadcastState<String, Long> clock)
            throws Exception {
        List<PriceBook> compiled = new ArrayList<>();
        for (Map.Entry<Long, AcceptedBook> entry : stored) {
            AcceptedBook accepted = entry.getValue();
            RuleBook book = RuleBookReader.read(accepted.document()).book();
            compiled.add(new PriceBook(book, accepted.effectiveFrom(), accepted.effectiveTo()));
        }
        books = new PriceBooks(compiled);
        Long stamp = clock.get(REACHED);
        everKnown = stamp != null;
        reached = everKnown ? stamp : Long.MIN_VALUE;
    }

    // ---------------------------------------------------------------- one price

    /**
     * Prices a stock level as of a time, tells the world what that changed, and returns what is to
     * be stored; the very same object where nothing changed.
     */
    private PricedStock price(
            PricedStock before,
            StockLevel level,
            CatalogEntry catalog,
            Cause cause,
            long asOf,
            Emitter emit) {
        boolean newLevel = cause == Cause.INVENTORY;
        boolean held = before != null && before.standing() != Standing.WITHDRAWN;
        int condition = StockCondition.of(level.quantity(), lowStock).ordinal();
        if (newLevel) {
            alertCondition(held ? before.condition() : NO_CONDITION, condition, level, emit);
        }
        PriceBook book = books.holdsAt(asOf);
        Price price = book == null ? null : book.price(level, catalog, asOf);
        if (price == null || price.amount() == null) {
            return withoutPrice(before, level, price, cause, asOf, condition, emit);
        }

        BigDecimal amount = price.amount();
        BigDecimal previous = before == null ? null : before.price();
        boolean changed =
                previous == null
                        || before.quantity() != level.quantity()
                        || previous.compareTo(amount) != 0
                        || !same(before.priceTier(), price.tier())
                        || !before.currency().equals(book.currency());
        if (!changed && !newLevel) {
            return before;
        }
        boolean publish = changed || publishAll;
        long priceVersion = (before == null ? 0 : before.priceVersion()) + (publish ? 1 : 0);
        boolean differs =
                publish
                        && previous != null
                        && (previous.compareTo(amount) != 0
                                || !before.currency().equals(book.currency()));
        PricedStock after =
                new PricedStock(
                        Standing.PRICED,
                        condition,
                        level.quantity(),
                        level.deliveryTime(),
                        level.restockingTime(),
                        level.version(),
                        level.ingestedAt(),
                        price.tier(),
                        amount,
                        book.currency(),
                        priceVersion,
                        price.segments(),
                        price.limit(),
                        asOf,
                        PricedStock.NEVER);
        emit.event(
                new PricingEvent(
                        level,
                        Outcome.PRICED,
                        publish ? Published.PRICE : Published.NOTHING,
                        price.tier(),
                        amount,
                        price.segments(),
                        book.currency(),
                        priceVersion,
                        previous,
                        cause,
                        asOf,
                        book.reference(),
                        price.trace()));
        boolean released = !newLevel && before.standing() == Standing.WAITING;
        emit.shift(
                asOf,
                level.warehouseId(),
                held ? position(before) : null,
                position(after),
                newLevel ? 1 : 0,
                newLevel || released ? amount : null,
                differs ? 1 : 0);
        if (!newLevel) {
            tally.add(REPRICED, 1);
        }
        if (differs) {
            alertJump(level, previous, amount, asOf, emit);
        }
        return after;
    }

    /** The rules give no price, or no rules are known yet: a price that was there is withdrawn. */
    private PricedStock withoutPrice(
            PricedStock before,
            StockLevel level,
            Price price,
            Cause cause,
            long asOf,
            int condition,
            Emitter emit) {
        boolean newLevel = cause == Cause.INVENTORY;
        boolean held = before != null && before.standing() != Standing.WITHDRAWN;
        Standing standing = everKnown ? Standing.UNPRICED : Standing.WAITING;
        String tier = price == null ? null : price.tier();
        if (!newLevel && before.standing() == standing && same(before.priceTier(), tier)) {
            return before;
        }
        if (before != null && before.price() != null) {
            tally.add(WITHDRAWN, 1);
            emit.event(withdrawn(before, level, cause, asOf));
        }
        if (standing == Standing.UNPRICED
                && (before == null || before.standing() != Standing.UNPRICED)) {
            Price.Unpriced why = price == null ? Price.Unpriced.NO_BOOK : price.unpriced();
            emit.alert(
                    new Alert(
                            Alert.Kind.UNPRICED,
                            Alert.Severity.CRITICAL,
                            level.productId(),
                            level.warehouseId(),
                            asOf,
                            Map.of("why", why.name())));
        }
        PricedStock after = unpriced(before, level, standing, tier, condition);
        emit.shift(
                asOf,
                level.warehouseId(),
                held ? position(before) : null,
                position(after),
                newLevel ? 1 : 0,
                null,
                0);
        return after;
    }

    private static PricedStock unpriced(
            PricedStock before, StockLevel level, Standing standing, String tier, int condition) {
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
                Map.of(),
                PricedStock.Limit.NONE,
                PricedStock.NEVER,
                PricedStock.NEVER);
    }

    /** The same stock, said by a newer message. */
    private static PricedStock moved(PricedStock stock, StockLevel level) {
        return new PricedStock(
                stock.standing(),
                stock.condition(),
                stock.quantity(),
                stock.deliveryTime(),
                stock.restockingTime(),
                level.version(),
                level.ingestedAt(),
                stock.priceTier(),
                stock.price(),
                stock.currency(),
                stock.priceVersion(),
                stock.segmentPrices(),
                stock.limit(),
                stock.changedAt(),
                stock.heldUntil());
    }

    private static PricingEvent superseded(StockLevel level) {
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
                cause,
                effectiveAt,
                null,
                List.of());
    }

    private static Position position(PricedStock stock) {
        return new Position(stock.priceTier(), stock.quantity(), stock.price());
    }

    private static boolean same(String a, String b) {
        return a == null ? b == null : a.equals(b);
    }

    // ---------------------------------------------------------------- alerts

    /** A condition is told when it begins, not at every message while it lasts. */
    private void alertCondition(int before, int now, StockLevel level, Emitter emit) {
        if (before == now) {
            return;
        }
        StockCondition[] conditions = StockCondition.values();
        StockCondition condition = conditions[now];
        if (before != NO_CONDITION && conditions[before].isEmpty() && !condition.isEmpty()) {
            emit.alert(stockAlert(Alert.Kind.BACK_IN_STOCK, Alert.Severity.INFO, level, false));
        }
        switch (condition) {
            case LOW ->
                    emit.alert(
                            stockAlert(Alert.Kind.LOW_STOCK, Alert.Severity.WARNING, level, true));
            case OUT ->
                    emit.alert(
                            stockAlert(
                                    Alert.Kind.OUT_OF_STOCK,
                                    Alert.Severity.CRITICAL,
                                    level,
                                    false));
            case OVERSOLD ->
                    emit.alert(
                            stockAlert(Alert.Kind.OVERSOLD, Alert.Severity.CRITICAL, level, false));
            case NORMAL -> {}
        }
    }

    private Alert stockAlert(
            Alert.Kind kind, Alert.Severity severity, StockLevel level, boolean withThreshold) {
        Map<String, String> details = new HashMap<>();
        details.put("quantity", Long.toString(level.quantity()));
        if (withThreshold) {
            details.put("threshold", Long.toString(lowStock));
        }
        return new Alert(
                kind,
                severity,
                level.productId(),
                level.warehouseId(),
                level.version().eventTime(),
                details);
    }

    /** Looks both ways: a price that falls by 99.7 % is a jump too (trap 19). */
    private void alertJump(
            StockLevel level, BigDecimal previous, BigDecimal amount, long at, Emitter emit) {
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
        emit.alert(
                new Alert(
                        Alert.Kind.PRICE_JUMP,
                        Alert.Severity.WARNING,
                        level.productId(),
                        level.warehouseId(),
                        at,
                        details));
    }

    // ---------------------------------------------------------------- in and out

    private ProductFacts factsOf(String productId) throws Exception {
        if (!productId.equals(lastProduct)) {
            ProductFacts stored = facts.value();
            lastFacts = stored == null ? ProductFacts.NONE : stored;
            lastProduct = productId;
        }
        return lastFacts;
    }

    private void remember(String productId, ProductFacts known) throws Exception {
        facts.update(known);
        lastFacts = known;
        lastProduct = productId;
    }

    /** {@code context.output}, which the two contexts of the function have no common type for. */
    private interface SideOutput {
        <X> void emit(OutputTag<X> tag, X value);
    }

    /** Where results go, and what the windows still take. */
    private final class Emitter {
        private final Collector<PricingEvent> out;
        private final SideOutput side;
        private final long watermark;

        Emitter(Collector<PricingEvent> out, SideOutput side, long watermark) {
            this.out = out;
            this.side = side;
            this.watermark = watermark;
        }

        /** The event time reached, as far as this subtask knows. */
        long now() {
            return watermark == Long.MAX_VALUE ? Long.MIN_VALUE : watermark;
        }

        /** Whether the window of a moment has closed. */
        boolean isClosed(long moment) {
            return Math.floorDiv(moment, windowMillis) * windowMillis + windowMillis - 1
                    <= watermark;
        }

        void event(PricingEvent event) {
            out.collect(event);
        }

        void alert(Alert alert) {
            side.emit(ALERTS, alert);
        }

        /**
         * A shift whose window has closed moves the stock of the next window, and is neither an
         * update nor a price change of it: late for the window is not late for the stock.
         */
        void shift(
                long at,
                String warehouseId,
                Position before,
                Position after,
                int updates,
                BigDecimal updatePrice,
                int priceChanges) {
            boolean closed = isClosed(at);
            side.emit(
                    SHIFTS,
                    new StockShift(
                            closed ? watermark + 1 : at,
                            warehouseId,
                            before,
                            after,
                            closed ? 0 : updates,
                            closed ? null : updatePrice,
                            closed ? 0 : priceChanges));
        }
    }
}
