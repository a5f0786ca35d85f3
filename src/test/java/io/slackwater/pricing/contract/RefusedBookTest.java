package io.slackwater.pricing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.slackwater.pricing.Inputs;
import io.slackwater.pricing.Outputs;
import io.slackwater.pricing.PricingTopology;
import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.CatalogMessage;
import io.slackwater.pricing.model.DashboardMetric;
import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.InventoryMessage;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.RuleBookMessage;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.model.Source;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.testing.Books;
import io.slackwater.pricing.testing.Collected;
import io.slackwater.pricing.testing.Stock;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The circuit breaker in the whole flow, on a cluster with two subtasks a step: a book is tried on
 * the stock and the catalog as they are known before a restart, is refused, and moves no price.
 *
 * <p>The restart is also how this test knows that the sample has come: what was sampled is ahead of
 * the savepoint's barrier.
 */
@Timeout(120)
class RefusedBookTest {

    private static final int PRODUCTS = 10;
    private static final int LISTED = 4;
    private static final Settings.Pricing SETTINGS =
            new Settings.Pricing(
                    "default",
                    20,
                    Settings.Publish.CHANGES,
                    Duration.ofMinutes(1),
                    10,
                    30,
                    50,
                    50,
                    true);

    private static final long START = Instant.parse("2026-11-21T08:00:00Z").toEpochMilli();

    @TempDir private Path dir;

    private static Books book(long version) {
        return Books.book(version).from(START);
    }

    @Test
    void movesNoPriceAndSaysWhy() throws Exception {
        // Four products have a list price of their own, six cost what their tier costs.
        Flow before = new Flow(null, book(1).standardCosts("10.00"));
        Set<String> priced = new HashSet<>();
        for (int i = 0; i < PRODUCTS; i++) {
            priced.add("P" + i + (i < LISTED ? " 20.00" : " 10.00"));
        }
        before.events.await(seen -> newest(seen).equals(priced));
        Path savepoint = before.stop();

        Flow after =
                new Flow(savepoint, book(2).standardCosts("4.00"), book(2).standardCosts("6.00"));
        try {
            movesNoPriceAndSaysWhy(after);
        } finally {
            after.job.cancel().get();
        }
    }

    private static void movesNoPriceAndSaysWhy(Flow after) throws Exception {
        // The answers of different steps may overtake each other.
        after.statuses.await(
                seen ->
                        seen.stream()
                                .anyMatch(a -> a.state() == State.CONVERGED && a.version() == 2));
        after.statuses.await(seen -> seen.stream().anyMatch(a -> a.state() == State.REJECTED));
        RuleStatus refused =
                after.statuses.seen().stream()
                        .filter(a -> a.state() == State.REJECTED)
                        .findFirst()
                        .orElseThrow();
        assertEquals(2, refused.version());
        assertEquals("CIRCUIT_BREAKER", refused.reasons().get(0).reason());
        assertEquals(
                "It would move 60.0 % of all prices by more than 50 %, or end them; allowed: at"
                        + " most 50 % of them, or \"force\": true in the book. Counted over all 10"
                        + " prices.",
                refused.reasons().get(0).message());
        after.events.await(seen -> seen.size() == 6);
        for (PricingEvent event : after.events.seen()) {
            assertEquals(new BigDecimal("6.00"), event.price());
            assertEquals(new BigDecimal("10.00"), event.previousPrice(), "it was never 4.00");
        }
    }

    /** The newest price of every product, such as {@code P3 20.00}. */
    private static Set<String> newest(List<PricingEvent> events) {
        Map<String, String> prices = new HashMap<>();
        events.forEach(e -> prices.put(e.stock().productId(), String.valueOf(e.price())));
        return prices.entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.toSet());
    }

    /** The flow with some rule books; without a savepoint with its stock and catalog. */
    private final class Flow {
        private final Collected<PricingEvent> events = new Collected<>();
        private final Collected<RuleStatus> statuses = new Collected<>();
        private final Collected<DashboardMetric> metrics = new Collected<>();
        private final Collected<Alert> alerts = new Collected<>();
        private final Collected<DeadLetter> deadLetters = new Collected<>();
        private final JobClient job;

        Flow(Path savepoint, Books... books) throws Exception {
            Configuration configuration = GlobalConfiguration.loadConfiguration("flink-conf");
            configuration.setString("restart-strategy.type", "none");
            configuration.removeKey("metrics.reporters");
            configuration.setString("rest.port", "0");
            configuration.removeKey("execution.checkpointing.interval");
            configuration.setString("execution.checkpointing.dir", dir.toUri().toString());
            if (savepoint != null) {
                configuration.setString(
                        "execution.state-recovery.path", savepoint.toUri().toString());
                // The sources and sinks are the test's own.
                configuration.setString("execution.state-recovery.ignore-unclaimed-state", "true");
            }
            StreamExecutionEnvironment env =
                    StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
            boolean fresh = savepoint == null;
            PricingTopology.attach(
                    new Inputs(
                            script(env, new Inventory(fresh ? PRODUCTS : 0), InventoryMessage.class)
                                    .assignTimestampsAndWatermarks(
                                            WatermarkStrategy
                                                    .<InventoryMessage>forMonotonousTimestamps()
                                                    .withTimestampAssigner(
                                                            (message, none) ->
                                                                    message.version().eventTime()))
                                    .uid("test-inventory-time")
                                    .setParallelism(1),
                            script(env, new Catalog(fresh ? LISTED : 0), CatalogMessage.class)
                                    .assignTimestampsAndWatermarks(Script.neverCounts())
                                    .uid("test-catalog-time")
                                    .setParallelism(1),
                            script(env, new Rules(books), RuleBookMessage.class)
                                    .assignTimestampsAndWatermarks(Script.neverCounts())
                                    .uid("test-rules-time")
                                    .setParallelism(1)),
                    new Outputs(events, metrics, alerts, statuses, deadLetters),
                    SETTINGS);
            job = env.executeAsync("refused book");
            List.of(events, metrics, alerts, statuses, deadLetters).forEach(Collected::start);
        }

        Path stop() throws Exception {
            return Path.of(
                    URI.create(
                            job.stopWithSavepoint(
                                            false,
                                            dir.toUri().toString(),
                                            SavepointFormatType.CANONICAL)
                                    .get()));
        }

        private <T> DataStream<T> script(
                StreamExecutionEnvironment env, Script<T> script, Class<T> type) {
            return env.addSource(script, "test-" + type.getSimpleName(), TypeInformation.of(type))
                    .uid("test-" + type.getSimpleName())
                    .setParallelism(1);
        }
    }

    private static final class Inventory extends Script<InventoryMessage> {
        private static final long serialVersionUID = 1;

        Inventory(int count) {
            super(null, 0, count);
        }

        @Override
        InventoryMessage message(int number) {
            return new InventoryMessage(
                    new Source("inventory_raw", 0, number, START),
                    "P" + number,
                    new StockVersion(START + number, 0, number),
                    InventoryMessage.Kind.PARTIAL,
                    List.of(Stock.level("P" + number, "W", 100, START + number, number)),
                    List.of(),
                    1);
        }
    }

    private static final class Catalog extends Script<CatalogMessage> {
        private static final long serialVersionUID = 1;

        Catalog(int count) {
            super(null, 0, count);
        }

        @Override
        CatalogMessage message(int number) {
            return new CatalogMessage(
                    new Source("product_catalog", 0, number, START),
                    "P" + number,
                    new CatalogEntry(null, new BigDecimal("20.00"), null, 1),
                    null);
        }
    }

    private static final class Rules extends Script<RuleBookMessage> {
        private static final long serialVersionUID = 1;

        private final List<String> books;

        Rules(Books... books) {
            super(null, 0, books.length);
            this.books = List.copyOf(Arrays.stream(books).map(Books::json).toList());
        }

        @Override
        RuleBookMessage message(int number) {
            return new RuleBookMessage(
                    new Source("pricing_rules", 0, number, START),
                    "default".getBytes(StandardCharsets.UTF_8),
                    books.get(number).getBytes(StandardCharsets.UTF_8));
        }
    }
}
