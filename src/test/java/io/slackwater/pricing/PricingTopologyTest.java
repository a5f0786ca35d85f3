package io.slackwater.pricing;

import static io.slackwater.pricing.testing.GoldenTraffic.assertSameLines;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.slackwater.pricing.json.AlertJson;
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
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.testing.Collected;
import io.slackwater.pricing.testing.GoldenTraffic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole flow on a local Flink, from lists to lists: the golden traffic, to the letter. */
@Timeout(60)
class PricingTopologyTest {

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

    /** Opens when the rule books have converged: the traffic comes to a shop that has prices. */
    private static final CountDownLatch SHOP_OPENS = new CountDownLatch(1);

    /** Opens when what came before the second book begins has been priced. */
    private static final CountDownLatch NEW_BOOK_BEGINS = new CountDownLatch(1);

    private static final int MESSAGES_BEFORE_THE_NEW_BOOK = 9;
    private static final int EVENTS_BEFORE_THE_NEW_BOOK = 7;

    @TempDir private Path checkpoints;

    @Test
    void makesOfTheGoldenTrafficWhatTheContractSays() throws Exception {
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(1, configuration());
        Collected<PricingEvent> events = new Collected<>();
        Collected<DashboardMetric> metrics = new Collected<>();
        Collected<Alert> alerts = new Collected<>();
        Collected<RuleStatus> statuses = new Collected<>();
        Collected<DeadLetter> deadLetters = new Collected<>();
        PricingTopology.attach(
                new Inputs(
                        inventory(env),
                        nothing(env, TypeInformation.of(CatalogMessage.class)),
                        env.fromData(
                                        GoldenTraffic.rules(),
                                        TypeInformation.of(RuleBookMessage.class))
                                .uid("test-rules")
                                .setParallelism(1)),
                new Outputs(events, metrics, alerts, statuses, deadLetters),
                SETTINGS);
        JobClient job = env.executeAsync("golden traffic");
        List.of(events, metrics, alerts, statuses, deadLetters).forEach(Collected::start);

        statuses.await(
                seen ->
                        seen.stream()
                                .anyMatch(a -> a.state() == State.CONVERGED && a.version() == 1));
        SHOP_OPENS.countDown();
        events.await(seen -> seen.size() == EVENTS_BEFORE_THE_NEW_BOOK);
        NEW_BOOK_BEGINS.countDown();
        PriceJson pricesJson = new PriceJson(false);
        MetricJson metricsJson = new MetricJson();
        AlertJson alertsJson = new AlertJson();
        assertSameLines(
                "traffic/price_list.jsonl",
                events.all().stream()
                        .filter(e -> e.published() != Published.NOTHING)
                        .map(
                                e ->
                                        e.published() == Published.TOMBSTONE
                                                ? text(pricesJson.key(e)) + "\tnull"
                                                : text(pricesJson.value(e))));
        assertSameLines(
                "traffic/dashboard_metrics.jsonl",
                metrics.all().stream().map(m -> text(metricsJson.value(m))));
        assertSameLines(
                "traffic/alerts.jsonl", alerts.all().stream().map(a -> text(alertsJson.value(a))));
        assertSameLines(
                "traffic/dead_letters.txt",
                deadLetters.all().stream().map(d -> d.reason() + " " + d.path()));
        assertSameLines(
                "traffic/rule_status.txt",
                statuses.all().stream().map(a -> a.version() + " " + a.state()));

        var counters = job.getJobExecutionResult().get().getAllAccumulatorResults();
        assertEquals(12L, counters.get("messages"));
        assertEquals(1L, counters.get("deadMessages"));
        assertEquals(11L, counters.get("lines"));
        assertEquals(1L, counters.get("deadLines"));
        assertEquals(8L, counters.get("priced"));
        assertEquals(1L, counters.get("unchanged"));
        assertEquals(1L, counters.get("superseded"));
        assertEquals(0L, counters.get("waiting"));
    }

    @Test
    void givesEveryOperatorAUidThatNeverChanges() throws Exception {
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(1, configuration());
        PricingTopology.attach(
                new Inputs(
                        nothing(env, TypeInformation.of(InventoryMessage.class)),
                        nothing(env, TypeInformation.of(CatalogMessage.class)),
                        nothing(env, TypeInformation.of(RuleBookMessage.class))),
                new Outputs(
                        stream -> end(stream, "events"),
                        stream -> end(stream, "metrics"),
                        stream -> end(stream, "alerts"),
                        stream -> end(stream, "rule-status"),
                        stream -> end(stream, "dead-letters")),
                SETTINGS);
        assertSameLines(
                "operator-ids.txt",
                env.getStreamGraph().getStreamNodes().stream()
                        .map(node -> node.getTransformationUID())
                        .filter(uid -> !uid.startsWith("test-")));
    }

    private static <T> void end(DataStream<T> stream, String name) {
        stream.sinkTo(new org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink<>())
                .uid("test-" + name)
                .name("test-" + name);
    }

    // ---------------------------------------------------------------- inputs

    private static DataStream<InventoryMessage> inventory(StreamExecutionEnvironment env)
            throws IOException {
        return env.fromSequence(0, GoldenTraffic.inventory().size() - 1L)
                .uid("test-numbers")
                .setParallelism(1)
                .map(
                        number -> {
                            SHOP_OPENS.await();
                            if (number >= MESSAGES_BEFORE_THE_NEW_BOOK) {
                                NEW_BOOK_BEGINS.await();
                            }
                            return GoldenTraffic.inventory().get(number.intValue());
                        })
                .returns(TypeInformation.of(InventoryMessage.class))
                .uid("test-inventory")
                .setParallelism(1)
                .assignTimestampsAndWatermarks(
                        WatermarkStrategy.<InventoryMessage>forBoundedOutOfOrderness(
                                        Duration.ofSeconds(5))
                                .withTimestampAssigner(
                                        (message, none) ->
                                                message.version() == null
                                                        ? Long.MIN_VALUE
                                                        : message.version().eventTime()))
                .uid("test-inventory-time")
                .setParallelism(1);
    }

    private static <T> DataStream<T> nothing(
            StreamExecutionEnvironment env, TypeInformation<T> type) {
        String name = "test-no-" + type.getTypeClass().getSimpleName();
        return env.fromSequence(0, 0)
                .uid(name + "-numbers")
                .setParallelism(1)
                .flatMap((Long number, org.apache.flink.util.Collector<T> out) -> {})
                .returns(type)
                .uid(name)
                .setParallelism(1);
    }

    /** The settings that the cluster runs with: generic types off, uids demanded. */
    private Configuration configuration() {
        Configuration configuration =
                GlobalConfiguration.loadConfiguration(Path.of("flink-conf").toString());
        configuration.setString("rest.port", "0");
        configuration.setString("restart-strategy.type", "none");
        configuration.removeKey("metrics.reporters");
        // A shop that is not open yet holds up checkpoints too.
        configuration.removeKey("execution.checkpointing.interval");
        configuration.setString("execution.checkpointing.dir", checkpoints.toUri().toString());
        return configuration;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
