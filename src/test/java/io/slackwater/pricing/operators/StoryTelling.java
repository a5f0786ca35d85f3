package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.slackwater.pricing.demo.ContractBooks;
import io.slackwater.pricing.demo.ContractModel.Due;
import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Outcome;
import io.slackwater.pricing.model.PricingEvent.Published;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockShift;
import io.slackwater.pricing.operators.Story.Happening;
import io.slackwater.pricing.operators.StoryPrices.Shown;
import io.slackwater.pricing.operators.StoryScript.CatalogMessage;
import io.slackwater.pricing.operators.StoryScript.PublishedBook;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.testing.PricingFlow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * One way to tell a {@link StoryScript}: step by step, in a random order, to operators that fail
 * and go back to their last checkpoint. After every step it looks at what came out.
 */
final class StoryTelling {

    private static final int JUMP_PERCENT = 30;

    private static final long GRID = StoryScript.GRID;

    private record Checkpoint(
            PricingFlow.Snapshot snapshot,
            int[] inventory,
            int[] catalog,
            int book,
            long lines,
            StoryPrices prices,
            StoryAnswers answers,
            StoryAlerts alerts) {}

    private final StoryScript script;
    private final List<List<CatalogMessage>> catalog;
    private final Random random;
    private final Consumer<String> log;
    private final Consumer<Happening> happens;
    private final boolean byHand;
    private final boolean isFirst;

    private int[] nextInventory = new int[2];
    private int[] nextCatalog = new int[2];
    private int nextBook;
    private long lines;
    private StoryPrices prices;
    private StoryAnswers answers;
    private StoryAlerts alerts = new StoryAlerts(JUMP_PERCENT);

    private PricingFlow flow;
    private int subtasks;
    private long watermark = Long.MIN_VALUE;
    private long newestWatermark = Long.MIN_VALUE;
    private int seenEvents;
    private int seenShifts;
    private int seenAlerts;
    private int seenStatuses;
    private Checkpoint checkpoint;
    private boolean holds;

    /**
     * @param isFirst whether the topics grow while it is told; otherwise they are read late
     * @param log hears every step, if the story is to be read
     * @param happens hears what happened
     */
    StoryTelling(
            StoryScript script,
            List<List<CatalogMessage>> catalog,
            boolean isFirst,
            Random random,
            Consumer<String> log,
            Consumer<Happening> happens) {
        this.script = script;
        this.catalog = catalog;
        this.isFirst = isFirst;
        this.random = random;
        this.log = log;
        this.happens = happens;
        byHand = random.nextInt(4) != 0;
        prices = new StoryPrices(script.scheduled, happens);
        answers = new StoryAnswers(script, isFirst, happens);
    }

    /** Event time goes on until where it came in another telling. */
    void reachFrom(StoryTelling other) {
        newestWatermark = other.newestWatermark;
    }

    /** Tells it to the end; the first time with checkpoints, and failures that go back to them. */
    void play() throws Exception {
        restart(null);
        while (!isTold()) {
            int dice = random.nextInt(200);
            if (isFirst && dice < 4) {
                checkpoint();
            } else if (dice < 7 && checkpoint != null) {
                restart(checkpoint);
            } else {
                step();
            }
        }
        end();
    }

    /** The event time reached in the end. */
    long reached() {
        // What was reached before a failure is reached again.
        return Math.max(script.end, newestWatermark);
    }

    ContractBooks books() {
        return answers.books();
    }

    Set<Long> tooMany() {
        return answers.tooMany();
    }

    /** Whether a hold keeps a price in the end. */
    boolean holds() {
        return holds;
    }

    String priceList() {
        return prices.list();
    }

    private void log(String format, Object... values) {
        if (log != null) {
            log.accept(format.formatted(values));
        }
    }

    private boolean isTold() {
        boolean told = nextBook == script.books();
        for (int partition = 0; partition < 2; partition++) {
            told &= nextInventory[partition] == script.inventory.get(partition).size();
            told &= nextCatalog[partition] == catalog.get(partition).size();
        }
        return told;
    }

    // ---------------------------------------------------------------- steps

    /** Something happens. */
    private void step() throws Exception {
        switch (random.nextInt(16)) {
            case 0, 1 -> {
                if (nextBook < script.books()) {
                    publish(script.book(nextBook++, newestWatermark));
                }
            }
            case 2, 3 -> {
                int partition = random.nextInt(2);
                List<CatalogMessage> messages = catalog.get(partition);
                if (nextCatalog[partition] < messages.size()) {
                    tell(messages.get(nextCatalog[partition]++));
                }
            }
            case 4 -> {
                long next =
                        GRID * random.nextInt((int) (StoryScript.LAST_TIME / GRID))
                                - random.nextInt(2);
                if (next > watermark) {
                    announce(next);
                }
            }
            case 5 -> {
                log("all that is on its way arrives");
                deliver();
            }
            case 6, 7 -> {
                int subtask = random.nextInt(subtasks);
                log("one thing on its way arrives at subtask %d", subtask);
                flow.deliverOne(subtask);
            }
            case 8, 9 -> {
                int subtask = random.nextInt(subtasks);
                if (flow.slice(subtask)) {
                    log("a slice of subtask %d", subtask);
                }
            }
            default -> {
                int partition = random.nextInt(2);
                List<ProductChange> messages = script.inventory.get(partition);
                if (nextInventory[partition] < messages.size()) {
                    tell(messages.get(nextInventory[partition]++));
                }
            }
        }
        look(byHand);
    }

    private void publish(PublishedBook book) throws Exception {
        log("at %d a book: %s", book.timestamp(), book.document());
        List<RuleStatus> statuses = flow.statuses();
        flow.publish("default", book.bytes(), book.timestamp());
        List<RuleStatus> answered = List.copyOf(statuses.subList(seenStatuses, statuses.size()));
        seenStatuses = statuses.size();
        answered.forEach(this::log);
        if (answers.hearBook(book, answered)) {
            prices.hearAccepted(book);
        }
    }

    private void log(RuleStatus status) {
        log(
                "  -> %s of version %d at %d %s",
                status.state(), status.version(), status.at(), status.reasons());
    }

    private void tell(CatalogMessage message) throws Exception {
        log("%s", message);
        prices.hearCatalog(message.product());
        flow.change(message.change());
        look(true);
    }

    private void tell(ProductChange change) throws Exception {
        log("%s %s", change.kind(), change);
        int told = flow.events().size();
        flow.change(change);
        if (change.stockLevels().isEmpty()) {
            look(true);
            prices.withdrawn(change.productId()).forEach(alerts::withdraw);
            return;
        }
        Set<String> superseded =
                flow.events().stream()
                        .skip(told)
                        .filter(event -> event.outcome() == Outcome.SUPERSEDED)
                        .map(event -> event.stock().warehouseId())
                        .collect(Collectors.toSet());
        for (StockLevel level : change.stockLevels()) {
            lines++;
            if (!superseded.contains(level.warehouseId())) {
                // From here on prices are told again, as of the level's own time.
                prices.hearLevel(
                        level.productId() + "|" + level.warehouseId(), level.version().eventTime());
            }
        }
        look(true);
    }

    private void announce(long time) throws Exception {
        log("watermark %d", time);
        watermark = time;
        newestWatermark = Math.max(newestWatermark, time);
        prices.hearTime(time);
        answers.hearTime(time);
        flow.announceWatermark(time);
        look(byHand);
    }

    /** One thing after the other, so that what each of them did can be told apart. */
    private void deliver() throws Exception {
        for (int subtask = 0; subtask < subtasks; subtask++) {
            while (flow.deliverOne(subtask)) {
                look(byHand);
            }
        }
    }

    private void checkpoint() throws Exception {
        if (flow.isSweeping()) {
            happens.accept(Happening.CHECKPOINT_IN_A_SWEEP);
        }
        log("checkpoint");
        deliver();
        PricingFlow.Snapshot snapshot = flow.snapshot();
        look(byHand);
        checkpoint =
                new Checkpoint(
                        snapshot,
                        nextInventory.clone(),
                        nextCatalog.clone(),
                        nextBook,
                        lines,
                        prices.copy(),
                        answers.copy(),
                        alerts.copy());
    }

    /** A failure: what was published since the checkpoint is void, and the inputs go back. */
    private void restart(Checkpoint from) throws Exception {
        int before = subtasks;
        subtasks = 1 + random.nextInt(3);
        log("%s with %d subtasks", from == null ? "start" : "restart", subtasks);
        if (flow != null) {
            flow.close();
            happens.accept(before == subtasks ? Happening.RESTART : Happening.RESCALE);
        }
        flow = new PricingFlow(settings(), subtasks, from == null ? null : from.snapshot, null);
        if (byHand) {
            flow.sweepByHand();
        }
        if (from != null) {
            nextInventory = from.inventory.clone();
            nextCatalog = from.catalog.clone();
            nextBook = from.book;
            lines = from.lines;
            prices = from.prices.copy();
            prices.hearTime(newestWatermark);
            answers = from.answers.copy();
            answers.hearTime(newestWatermark);
            alerts = from.alerts.copy();
        }
        watermark = Long.MIN_VALUE;
        seenEvents = 0;
        seenShifts = 0;
        seenAlerts = 0;
        seenStatuses = 0;
    }

    private Settings.Pricing settings() {
        return new Settings.Pricing(
                "default",
                script.keptVersions,
                Settings.Publish.CHANGES,
                Duration.ofSeconds(1),
                10,
                JUMP_PERCENT,
                100,
                50,
                !script.bounded);
    }

    private void end() throws Exception {
        long reached = reached();
        prices.hearTime(reached);
        answers.hearTime(reached);
        if (script.bounded) {
            log("the end of a bounded run at %d", reached);
            newestWatermark = reached;
            flow.end(reached); // Nothing goes on after this: all sweeps have to be over.
            look(false);
            return;
        }
        if (reached > watermark) {
            announce(reached);
        }
        deliver();
        for (int subtask = 0; subtask < subtasks; subtask++) {
            while (flow.slice(subtask)) {
                look(byHand); // Until nothing is left to do.
            }
        }
        look(byHand);
    }

    // ---------------------------------------------------------------- what came out

    /**
     * Looks at what came out since it looked last.
     *
     * @param oneInput whether one input, or one slice of a sweep, made all of it
     */
    private void look(boolean oneInput) {
        Map<String, List<Shown>> records = new TreeMap<>();
        List<PricingEvent> events = flow.events();
        for (; seenEvents < events.size(); seenEvents++) {
            PricingEvent event = events.get(seenEvents);
            String key = StoryPrices.key(event);
            if (event.published() == Published.NOTHING) {
                log("  -> %s %s, not published", key, event.outcome());
                continue;
            }
            log("  -> %s %s", key, StoryPrices.text(event));
            records.computeIfAbsent(key, k -> new ArrayList<>(List.of(prices.of(k))));
            prices.publish(event);
            records.get(key).add(prices.of(key));
        }
        List<StockShift> shifts = flow.shifts();
        for (; seenShifts < shifts.size(); seenShifts++) {
            prices.shift(shifts.get(seenShifts));
        }
        lookAtAlerts(records, oneInput);
        List<RuleStatus> statuses = flow.statuses();
        List<RuleStatus> told = List.copyOf(statuses.subList(seenStatuses, statuses.size()));
        seenStatuses = statuses.size();
        told.forEach(this::log);
        answers.hear(told);
    }

    private void lookAtAlerts(Map<String, List<Shown>> records, boolean oneInput) {
        Map<String, List<Alert>> raised = new TreeMap<>();
        List<Alert> all = flow.alerts();
        for (; seenAlerts < all.size(); seenAlerts++) {
            Alert alert = all.get(seenAlerts);
            log("  -> alert %s", alert);
            String key = alert.productId() + "|" + alert.warehouseId();
            raised.computeIfAbsent(key, k -> new ArrayList<>()).add(alert);
            records.computeIfAbsent(key, k -> List.of(prices.of(k)));
        }
        records.forEach(
                (key, shown) ->
                        alerts.check(key, shown, raised.getOrDefault(key, List.of()), oneInput));
    }

    /** It ends in what is due, and everything has been counted. */
    void assertEnd(Map<String, Due> due) throws Exception {
        try {
            assertEquals(
                    lines,
                    flow.count("priced")
                            + flow.count("unchanged")
                            + flow.count("superseded")
                            + flow.count("waiting"),
                    "every line ends in exactly one place");
            if (flow.count("sweepsCancelled") > 0) {
                happens.accept(Happening.SWEEP_CANCELLED);
            }
            holds = prices.assertDue(due);
            assertEquals(due.size(), flow.count("stockLevels"), "levels are counted");
            assertEquals(
                    prices.priced(),
                    flow.count("stockLevels") - flow.count("unpricedLevels"),
                    "levels with a price are counted");
            answers.assertTrueInTheEnd(reached());
            alerts.assertTold(due, answers.books().newest() > 0);
        } finally {
            flow.close();
        }
    }
}
