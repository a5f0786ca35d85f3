package io.slackwater.pricing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.slackwater.pricing.Inputs;
import io.slackwater.pricing.Outputs;
import io.slackwater.pricing.PricingTopology;
import io.slackwater.pricing.json.MetricJson;
import io.slackwater.pricing.json.PriceJson;
import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.model.CatalogMessage;
import io.slackwater.pricing.model.DashboardMetric;
import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.InventoryMessage;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Published;
import io.slackwater.pricing.model.RuleBookMessage;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.testing.Collected;
import io.slackwater.pricing.testing.GoldenTraffic;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
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
 * What earlier releases stored, this one reads, and goes on as if nothing had happened. The
 * savepoints under {@code golden/state} were taken in the middle of the golden traffic, before the
 * second book begins: a price list, a schedule with its timer, open windows, totals and counters.
 * That of {@code 0.1.1} has an entry of the state for each product and warehouse, and Flink's own
 * windows.
 *
 * <p>A new release adds its own: {@code mvn test -Dtest=StoredStateTest -Dfreeze=VERSION}.
 */
@Timeout(120)
class StoredStateTest {

    private static final Path STATE = GoldenTraffic.GOLDEN.resolve("state");
    private static final int MESSAGES_BEFORE = 9;
    private static final int EVENTS_BEFORE = 7;
    private static final Settings.Pricing SETTINGS =
            new Settings.Pricing(
                    "default",
                    20,
                    Settings.Publish.CHANGES,
                    Duration.ofMinutes(1),
                    10,
                    30,
                    100,
                    50,
                    true);

    @TempDir private Path dir;

    @Test
    void goesOnFromTheStateOfEveryRelease() throws Exception {
        try (Stream<Path> releases = Files.list(STATE)) {
            for (Path release : releases.sorted().toList()) {
                boolean first = release.endsWith("0.1.0");
                goesOnFrom(
                        release,
                        first ? StoredStateTest::withoutCurrencyOfTheOpenWindow : line -> line);
            }
        }
    }

    @Test
    void goesOnFromTheStateOfThisVeryVersion() throws Exception {
        Path savepoint = takeASavepoint();
        goesOnFrom(savepoint, line -> line);
        String release = System.getProperty("freeze");
        if (release != null) {
            Path frozen = Files.createDirectories(STATE.resolve(release));
            try (Stream<Path> files = Files.list(savepoint)) {
                for (Path file : files.toList()) {
                    Files.copy(file, frozen.resolve(file.getFileName()));
                }
            }
        }
    }

    private Path takeASavepoint() throws Exception {
        Flow flow = new Flow(0, MESSAGES_BEFORE, null);
        flow.statuses.await(
                seen -> seen.stream().anyMatch(a -> a.state() == RuleStatus.State.CONVERGED));
        Script.open(flow.gate);
        flow.events.await(seen -> seen.size() == EVENTS_BEFORE);
        // The first window has closed: its totals are state.
        flow.metrics.await(seen -> seen.size() == 4);
        String path =
                flow.job
                        .stopWithSavepoint(
                                false, dir.toUri().toString(), SavepointFormatType.CANONICAL)
                        .get();
        return Path.of(URI.create(path));
    }

    /** Release 0.1.0 did not store the currency of a window that was open. */
    private static String withoutCurrencyOfTheOpenWindow(String metric) {
        return metric.contains("\"window_start\":\"2026-11-21T08:01:00")
                ? metric.replace("\"currency\":\"EUR\",", "")
                : metric;
    }

    private void goesOnFrom(Path savepoint, UnaryOperator<String> asStored) throws Exception {
        int all = GoldenTraffic.inventory().size();
        Flow flow = new Flow(MESSAGES_BEFORE, all, savepoint);
        Script.open(flow.gate);
        PriceJson pricesJson = new PriceJson(false);
        MetricJson metricsJson = new MetricJson();
        List<String> before =
                GoldenTraffic.lines("traffic/price_list.jsonl").stream()
                        .filter(line -> line.contains("default@1"))
                        .toList();
        flow.events.await(seen -> seen.size() == 12 - before.size());
        assertSame(
                GoldenTraffic.lines("traffic/price_list.jsonl"),
                Stream.concat(
                        before.stream(),
                        flow.events.seen().stream()
                                .map(
                                        e ->
                                                e.published() == Published.TOMBSTONE
                                                        ? text(pricesJson.key(e)) + "\tnull"
                                                        : text(pricesJson.value(e)))),
                savepoint);
        List<String> later =
                GoldenTraffic.lines("traffic/dashboard_metrics.jsonl").stream()
                        .filter(line -> !line.contains("08:00:00.000Z\",\"window_end"))
                        .filter(line -> !line.contains("T08:10:00"))
                        .map(asStored)
                        .toList();
        flow.metrics.await(seen -> seen.size() >= later.size());
        assertSame(
                later,
                flow.metrics.seen().stream().map(m -> text(metricsJson.value(m))),
                savepoint);
        // They come with the heartbeats of the tasks, each in its own time.
        Map<String, Long> expected =
                Map.of(
                        "messages",
                        12L,
                        "priced",
                        8L,
                        "unchanged",
                        1L,
                        "superseded",
                        1L,
                        // The first release did not store it: it is counted anew.
                        "stockLevels",
                        4L,
                        "unpricedLevels",
                        0L);
        Map<String, Object> counts = flow.job.getAccumulators().get();
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!counts.entrySet().containsAll(expected.entrySet())
                && System.nanoTime() < deadline) {
            counts = flow.job.getAccumulators().get();
        }
        counts.keySet().retainAll(expected.keySet());
        assertEquals(expected, counts, savepoint.toString());
        flow.job.cancel().get();
    }

    private static void assertSame(List<String> expected, Stream<String> actual, Path savepoint) {
        GoldenTraffic.assertSameLines(expected, actual, "from " + savepoint);
    }

    /** The flow over a part of the golden traffic, from a savepoint or from nothing. */
    private final class Flow {
        private final Collected<PricingEvent> events = new Collected<>();
        private final Collected<DashboardMetric> metrics = new Collected<>();
        private final Collected<RuleStatus> statuses = new Collected<>();
        private final String gate;
        private final JobClient job;

        Flow(int from, int to, Path savepoint) throws Exception {
            gate = from + "-" + to + "-" + savepoint;
            Configuration configuration = GlobalConfiguration.loadConfiguration("flink-conf");
            configuration.setString("restart-strategy.type", "none");
            configuration.removeKey("metrics.reporters");
            configuration.setString("rest.port", "0");
            configuration.setString("heartbeat.interval", "500");
            configuration.setString("heartbeat.timeout", "30000");
            configuration.removeKey("execution.checkpointing.interval");
            configuration.setString("execution.checkpointing.dir", dir.toUri().toString());
            if (savepoint != null) {
                configuration.setString(
                        "execution.state-recovery.path", savepoint.toUri().toString());
                // The sources and sinks are the test's own.
                configuration.setString("execution.state-recovery.ignore-unclaimed-state", "true");
            }
            StreamExecutionEnvironment env =
                    StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
            PricingTopology.attach(
                    new Inputs(
                            script(
                                            env,
                                            "inventory",
                                            new InventoryScript(gate, from, to),
                                            InventoryMessage.class)
                                    .assignTimestampsAndWatermarks(
                                            WatermarkStrategy
                                                    .<InventoryMessage>forBoundedOutOfOrderness(
                                                            Duration.ofSeconds(5))
                                                    .withTimestampAssigner(
                                                            (message, none) ->
                                                                    message.version() == null
                                                                            ? Long.MIN_VALUE
                                                                            : message.version()
                                                                                    .eventTime()))
                                    .uid("test-inventory-time")
                                    .setParallelism(1),
                            script(env, "catalog", new CatalogScript(), CatalogMessage.class)
                                    .assignTimestampsAndWatermarks(Script.neverCounts())
                                    .uid("test-catalog-time"),
                            script(
                                            env,
                                            "rules",
                                            new RulesScript(
                                                    savepoint == null
                                                            ? GoldenTraffic.rules().size()
                                                            : 0),
                                            RuleBookMessage.class)
                                    .assignTimestampsAndWatermarks(Script.neverCounts())
                                    .uid("test-rules-time")),
                    new Outputs(
                            events,
                            metrics,
                            new Collected<Alert>(),
                            statuses,
                            new Collected<DeadLetter>()),
                    SETTINGS);
            job = env.executeAsync("stored state");
            List.of(events, metrics, statuses).forEach(Collected::start);
        }

        private <T> DataStream<T> script(
                StreamExecutionEnvironment env, String name, Script<T> script, Class<T> type) {
            return env.addSource(script, "test-" + name, TypeInformation.of(type))
                    .uid("test-" + name)
                    .setParallelism(1);
        }
    }

    private static final class InventoryScript extends Script<InventoryMessage> {
        private static final long serialVersionUID = 1;

        InventoryScript(String gate, int from, int to) {
            super(gate, from, to);
        }

        @Override
        InventoryMessage message(int number) throws Exception {
            return GoldenTraffic.inventory().get(number);
        }
    }

    private static final class RulesScript extends Script<RuleBookMessage> {
        private static final long serialVersionUID = 1;

        RulesScript(int count) {
            super(null, 0, count);
        }

        @Override
        RuleBookMessage message(int number) throws Exception {
            return GoldenTraffic.rules().get(number);
        }
    }

    /** A catalog without an entry. */
    private static final class CatalogScript extends Script<CatalogMessage> {
        private static final long serialVersionUID = 1;

        CatalogScript() {
            super(null, 0, 0);
        }

        @Override
        CatalogMessage message(int number) {
            throw new IllegalStateException("there is none");
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
