package io.slackwater.pricing.connectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.Inputs;
import io.slackwater.pricing.demo.Broker;
import io.slackwater.pricing.demo.Database;
import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Outcome;
import io.slackwater.pricing.model.PricingEvent.Published;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.model.TraceStep.Step;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.Settings.Delivery;
import io.slackwater.pricing.settings.Settings.Mode;
import io.slackwater.pricing.testing.Poll;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptionsInternal;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.windowing.ProcessAllWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.Collector;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The connectors on a real broker, a real database and a real Iceberg catalog. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ConnectorsIT {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final long HISTORY = Instant.parse("2020-02-29T23:59:50Z").toEpochMilli();

    @RegisterExtension
    static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(2)
                            .build());

    @TempDir static Path dir;
    private static Broker broker;
    private static Database database;

    private final AtomicInteger environments = new AtomicInteger();

    @BeforeAll
    static void startTheWorld() {
        broker = Broker.start(dir);
        database = Database.start(dir);
        Connectors.prepare(
                settings(Mode.LIVE, Delivery.EXACTLY_ONCE, Duration.ZERO), configuration());
    }

    @AfterAll
    static void stopTheWorld() {
        if (database != null) {
            database.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    @Order(1) // Before the other tests write rules and another partition.
    void historyIsReadToItsEndAndItsWindowsCloseThoughTheRulesAndAPartitionAreSilent()
            throws Exception {
        // Windows of a second over inventory, catalog and rules together: each of them, and each
        // partition, could hold them back; and were the clock followed too early, messages would
        // be late and missing.
        Duration idleAfter = Duration.ofMillis(1_500);
        Settings settings = settings(Mode.LIVE, Delivery.AT_LEAST_ONCE, idleAfter);
        StreamExecutionEnvironment environment = environment();
        countByWindow(environment, Connectors.inputs(environment, settings, () -> wallClock()))
                .writeTo(settings);
        JobClient job = environment.executeAsync("windows");
        Map<Long, Long> sent = new TreeMap<>();
        try (KafkaProducer<byte[], byte[]> producer = producer();
                KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> alerts = assign(consumer, KafkaTopics.ALERTS);
            long begin = System.nanoTime();
            int messages = 0;
            // Longer than the silence after which the clock is followed: into one partition only.
            while (System.nanoTime() - begin < 3 * idleAfter.toNanos()) {
                long eventTime = HISTORY + 250L * messages;
                send(producer, 0, inventory("P" + messages, eventTime));
                sent.merge(Math.floorDiv(eventTime, 1_000L) * 1_000L, 1L, Long::sum);
                messages++;
                consumer.poll(Duration.ofMillis(100));
            }
            consumer.seekToBeginning(alerts);
            Map<Long, Long> counted = new TreeMap<>();
            Poll.until(
                    "all windows of " + sent,
                    () -> {
                        consumer.poll(Duration.ofMillis(100))
                                .forEach(
                                        alert -> {
                                            String[] window = text(alert.key()).split(":");
                                            counted.merge(
                                                    Long.valueOf(window[0]),
                                                    Long.valueOf(window[1]),
                                                    Long::sum);
                                        });
                        return counted.keySet().containsAll(sent.keySet());
                    });
            assertEquals(sent, counted);
        } finally {
            job.cancel().get();
        }
    }

    @Test
    void aBoundedRunReadsEveryInputToItsEnd() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            producer.send(
                            new ProducerRecord<>(
                                    KafkaTopics.RULES, bytes("default"), bytes("{\"version\":1}")))
                    .get();
            producer.send(
                            new ProducerRecord<>(
                                    KafkaTopics.CATALOG,
                                    bytes("P1"),
                                    bytes("{\"product_id\":\"P1\",\"price_tier\":\"premium\"}")))
                    .get();
            send(producer, 0, inventory("P1", HISTORY));
            send(producer, 1, "not JSON");
        }
        Settings settings =
                settings(Mode.BOUNDED, Delivery.AT_LEAST_ONCE, Duration.ofMillis(1_500));
        StreamExecutionEnvironment environment = environment();
        Inputs inputs = Connectors.inputs(environment, settings, () -> wallClock());
        DataStream<String> kinds =
                inputs.inventory()
                        .map(message -> "inventory " + message.kind(), Types.STRING)
                        .uid("a")
                        .union(
                                inputs.catalog()
                                        .map(
                                                message -> "catalog " + message.entry().priceTier(),
                                                Types.STRING)
                                        .uid("b"),
                                inputs.rules()
                                        .map(
                                                message -> "rules " + text(message.document()),
                                                Types.STRING)
                                        .uid("c"));
        alerts(kinds).writeTo(settings);
        environment.execute("bounded");
        List<String> read =
                readAll(KafkaTopics.ALERTS).stream().map(alert -> text(alert.key())).toList();
        for (String expected :
                List.of(
                        "inventory PARTIAL",
                        "inventory UNUSABLE",
                        "catalog premium",
                        "rules {\"version\":1}")) {
            assertTrue(read.contains(expected), () -> expected + " is not in " + read);
        }
    }

    @Test
    void eventsGoToThePriceListTheLakeAndTheDatabaseAndAReplayTakesNothingBack() throws Exception {
        Settings settings = settings(Mode.LIVE, Delivery.EXACTLY_ONCE, Duration.ZERO);
        long day = Duration.ofDays(1).toMillis();
        PricingEvent first = event("P1", 1, "8.00", Published.PRICE, HISTORY);
        PricingEvent unchanged = event("P1", 1, "8.00", Published.NOTHING, HISTORY + 1);
        PricingEvent newer = event("P1", 2, "9.50", Published.PRICE, HISTORY + day);
        PricingEvent other = event("P2", 1, "3.00", Published.PRICE, HISTORY);
        PricingEvent withdrawn = event("P2", 1, null, Published.TOMBSTONE, HISTORY + day);
        write(settings, first, unchanged, newer, other, withdrawn);

        Map<String, List<String>> prices = new LinkedHashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : readAll(KafkaTopics.PRICES)) {
            prices.computeIfAbsent(text(record.key()), key -> new ArrayList<>())
                    .add(record.value() == null ? "withdrawn" : price(text(record.value())));
            assertTrue(
                    Math.abs(record.timestamp() - wallClock()) < 10 * MINUTE.toMillis(),
                    "not the wall clock but " + Instant.ofEpochMilli(record.timestamp()));
        }
        assertEquals(
                Map.of("P1|WH1", List.of("8.00", "9.50"), "P2|WH1", List.of("3.00", "withdrawn")),
                prices);

        Table events = table(settings);
        List<Record> rows = rows(events);
        assertEquals(5, rows.size());
        Record row = rows.get(0);
        assertEquals("P1", row.getField("product_id"));
        assertEquals(new BigDecimal("8.000000"), row.getField("price"));
        assertEquals(
                OffsetDateTime.parse("2020-02-29T23:59:50Z"),
                ((OffsetDateTime) row.getField("event_time")));
        assertEquals("inventory", row.getField("cause"));
        assertEquals("priced", row.getField("outcome"));
        assertEquals(false, row.getField("superseded"));
        assertEquals(3, row.getField("delivery_time"));
        assertNull(row.getField("restocking_time"));
        assertNull(row.getField("segment_prices"));
        Record step = (Record) ((List<?>) row.getField("trace")).get(0);
        assertEquals("10.00000001", step.getField("after"));
        assertEquals(
                List.of("event_time_day", "product_id_bucket"),
                events.spec().fields().stream().map(field -> field.name()).toList());
        assertTrue(partitions(events) >= 2, "one partition a day, at least");

        Map<String, String> current = Map.of("P1", "9.50 v2 false", "P2", "null v1 true");
        assertEquals(current, currentPrices());
        write(settings, first, other);
        assertEquals(current, currentPrices(), "a replay took a row back");
        write(settings, event("P2", 2, "4.00", Published.PRICE, HISTORY + 2 * day));
        assertEquals("4.00 v2 false", currentPrices().get("P2"));

        aJobIdThatWasUsedNeedsItsState(settings, table(settings).currentSnapshot());
    }

    @Test
    void answersAboutRuleBooksGoToTheTopicAndTheLakeAndSilenceCommitsNothing() throws Exception {
        Settings settings = settings(Mode.LIVE, Delivery.EXACTLY_ONCE, Duration.ZERO);
        Configuration often = configuration();
        often.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(100));
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(often);
        environment.setParallelism(2);
        // Then nothing for seconds: by default, every tenth checkpoint would be a snapshot.
        DataStream<RuleStatus> stream =
                environment
                        .fromSource(
                                new DataGeneratorSource<>(
                                        (GeneratorFunction<Long, Long>) number -> number,
                                        40,
                                        RateLimiterStrategy.perSecond(10),
                                        Types.LONG),
                                WatermarkStrategy.noWatermarks(),
                                "numbers")
                        .uid("numbers")
                        .setParallelism(1)
                        .filter(number -> number < 4)
                        .uid("first")
                        .setParallelism(1)
                        .map(ConnectorsIT::answer, TypeInformation.of(RuleStatus.class))
                        .uid("answers")
                        .setParallelism(1);
        Connectors.outputs(settings).ruleStatus().write(stream);
        environment.execute("answers");

        List<String> states = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : readAll(KafkaTopics.RULE_STATUS)) {
            assertEquals(
                    text(record.value()).contains("\"version\":8") ? "default|8" : "default|7",
                    text(record.key()));
            String json = text(record.value());
            int begin = json.indexOf("\"status\":\"") + 10;
            states.add(json.substring(begin, json.indexOf('"', begin)));
        }
        assertEquals(List.of("ACTIVE", "CONVERGING", "CONVERGED", "REJECTED"), states);

        Catalog catalog = new LakeCatalog(settings.lake()).loadCatalog();
        Table table = catalog.loadTable(LakeTables.RULE_BOOKS);
        List<String> rows = new ArrayList<>();
        try (CloseableIterable<Record> records = IcebergGenerics.read(table).build()) {
            for (Record row : records) {
                rows.add(
                        row.getField("version")
                                + " "
                                + row.getField("state")
                                + " "
                                + row.getField("document")
                                + " "
                                + ((List<?>) row.getField("reasons")).size());
            }
        }
        rows.sort(null);
        assertEquals(
                List.of(
                        "7 active {\"version\":7} 0",
                        "7 converged null 0",
                        "8 rejected {\"version\":8} 1"),
                rows);
        for (Snapshot snapshot : table.snapshots()) {
            assertNotNull(
                    snapshot.summary().get("added-records"),
                    () -> "an empty snapshot: " + snapshot.summary());
        }
    }

    private static RuleStatus answer(long number) {
        return switch ((int) number) {
            case 0 -> answer(7, State.ACTIVE, List.of(), "{\"version\":7}");
            case 1 -> answer(7, State.CONVERGING, List.of(), null);
            case 2 -> answer(7, State.CONVERGED, List.of(), null);
            default ->
                    answer(
                            8,
                            State.REJECTED,
                            List.of(new Reason("UNKNOWN_KIND", "/rules/0/kind", "No.")),
                            "{\"version\":8}");
        };
    }

    private static RuleStatus answer(
            long version, State state, List<Reason> reasons, String document) {
        return new RuleStatus(
                "default",
                version,
                state,
                HISTORY,
                HISTORY,
                reasons,
                null,
                null,
                null,
                state == State.CONVERGING ? 50 : null,
                document == null ? null : HISTORY,
                document,
                null);
    }

    private static void aJobIdThatWasUsedNeedsItsState(Settings settings, Snapshot snapshot) {
        String jobId = snapshot.summary().get("flink.job-id");
        assertNotNull(jobId, "the sink no longer says which job wrote");
        Configuration flink = configuration();
        flink.set(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID, jobId);
        StartupException refused =
                assertThrows(StartupException.class, () -> Lake.prepare(settings.lake(), flink));
        assertTrue(refused.getMessage().contains(jobId), refused::getMessage);
        flink.set(StateRecoveryOptions.SAVEPOINT_PATH, "file:///savepoint");
        Lake.prepare(settings.lake(), flink);
    }

    @Test
    void theStartTellsAllFaultsTogether(@TempDir Path other) throws Exception {
        try (Broker wrong = Broker.start(other);
                Admin admin = Admin.create(Map.of("bootstrap.servers", wrong.bootstrapServers()))) {
            admin.createTopics(
                            List.of(
                                    new NewTopic(KafkaTopics.RULES, 2, (short) 1)
                                            .configs(Map.of("retention.ms", "604800000")),
                                    new NewTopic(KafkaTopics.PRICES, 1, (short) 1),
                                    new NewTopic(KafkaTopics.INVENTORY, 1, (short) 1)
                                            .configs(Map.of("cleanup.policy", "compact")),
                                    new NewTopic(KafkaTopics.DEAD_LETTERS, 1, (short) 1)
                                            .configs(
                                                    Map.of(
                                                            "cleanup.policy", "compact",
                                                            "max.message.bytes", "9999",
                                                            "min.insync.replicas", "2"))))
                    .all()
                    .get();
            Settings good = settings(Mode.LIVE, Delivery.EXACTLY_ONCE, Duration.ZERO);
            Settings settings =
                    new Settings(
                            good.mode(),
                            good.start(),
                            new Settings.Kafka(
                                    wrong.bootstrapServers(),
                                    "it",
                                    Delivery.EXACTLY_ONCE,
                                    Duration.ofMinutes(16),
                                    false,
                                    2,
                                    1,
                                    true,
                                    Map.of("compression.type", "zip", "fetch.min.bytes", "-1")),
                            good.input(),
                            good.pricing(),
                            new Settings.Lake(
                                    true,
                                    Settings.Catalog.JDBC,
                                    "jdbc:postgresql://localhost:1/none",
                                    "nobody",
                                    "secret",
                                    dir.toUri().toString(),
                                    4,
                                    Map.of()),
                            new Settings.Database(
                                    true,
                                    "jdbc:postgresql://localhost:1/none",
                                    "nobody",
                                    "secret"));
            StartupException refused =
                    assertThrows(
                            StartupException.class,
                            () -> Connectors.prepare(settings, configuration()));
            List<String> beginnings =
                    List.of(
                            "topic inventory_raw: its cleanup.policy is compact",
                            "topic pricing_rules: has 2 partitions",
                            "topic pricing_rules: its cleanup.policy is delete, its retention.ms",
                            "topic product_catalog: does not exist",
                            "topic price_list: its cleanup.policy is delete",
                            "topic dashboard_metrics: does not exist",
                            "topic alerts: does not exist",
                            "topic rule_status: does not exist",
                            "topic dead_letters: its cleanup.policy is compact",
                            "topic dead_letters: its max.message.bytes is 9999",
                            "topic dead_letters: its min.insync.replicas is 2",
                            "kafka.client: Kafka's producer does not take these settings: Invalid value zip",
                            "kafka.client: Kafka's consumer does not take these settings: Invalid value -1",
                            "kafka.transaction.timeout: 16 min is more than the broker allows",
                            "lake.uri: the catalog at jdbc:postgresql://localhost:1/none",
                            "database.url: jdbc:postgresql://localhost:1/none");
            assertEquals(beginnings.size(), refused.faults().size(), refused::getMessage);
            for (int i = 0; i < beginnings.size(); i++) {
                String fault = refused.faults().get(i);
                assertTrue(fault.startsWith(beginnings.get(i)), fault);
                assertTrue(!fault.contains("secret"), fault);
            }
        }
    }

    // ---- jobs

    /** Attaches a stream of alerts. */
    private record AlertStream(DataStream<Alert> stream) {
        void writeTo(Settings settings) {
            Connectors.outputs(settings).alerts().write(stream);
        }
    }

    private static AlertStream alerts(DataStream<String> texts) {
        return new AlertStream(
                texts.map(
                                text ->
                                        new Alert(
                                                Alert.Kind.LOW_STOCK,
                                                Alert.Severity.INFO,
                                                text,
                                                "WH1",
                                                0,
                                                Map.of()),
                                TypeInformation.of(Alert.class))
                        .uid("to-alert"));
    }

    private static AlertStream countByWindow(
            StreamExecutionEnvironment environment, Inputs inputs) {
        return alerts(
                inputs.inventory()
                        .map(message -> 1L, Types.LONG)
                        .uid("a")
                        .union(
                                inputs.catalog().map(message -> 0L, Types.LONG).uid("b"),
                                inputs.rules().map(message -> 0L, Types.LONG).uid("c"))
                        .windowAll(TumblingEventTimeWindows.of(Duration.ofSeconds(1)))
                        .process(new CountOfWindow(), Types.STRING)
                        .uid("count"));
    }

    /** {@code begin:count} of each window. */
    public static final class CountOfWindow
            extends ProcessAllWindowFunction<Long, String, TimeWindow> {
        private static final long serialVersionUID = 1L;

        @Override
        public void process(Context context, Iterable<Long> ones, Collector<String> out) {
            long sum = 0;
            for (long one : ones) {
                sum += one;
            }
            out.collect(context.window().getStart() + ":" + sum);
        }
    }

    private void write(Settings settings, PricingEvent... events) throws Exception {
        StreamExecutionEnvironment environment = environment();
        DataStream<PricingEvent> stream =
                environment
                        .fromData(TypeInformation.of(PricingEvent.class), events)
                        .uid("events")
                        .keyBy(
                                (KeySelector<PricingEvent, String>)
                                        event -> event.stock().productId(),
                                Types.STRING)
                        .map(event -> event, TypeInformation.of(PricingEvent.class))
                        .uid("keyed");
        Connectors.outputs(settings).events().write(stream);
        environment.execute("events " + environments.incrementAndGet());
    }

    private static StreamExecutionEnvironment environment() {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration());
        environment.setParallelism(2);
        return environment;
    }

    private static Configuration configuration() {
        return Configuration.fromMap(
                Map.of(
                        "execution.checkpointing.interval", "500 ms",
                        "execution.checkpointing.timeout", "1 min",
                        "restart-strategy.type", "none",
                        "pipeline.generic-types", "false",
                        "pipeline.auto-generate-uids", "false",
                        "pipeline.object-reuse", "true"));
    }

    private static Settings settings(Mode mode, Delivery delivery, Duration idleAfter) {
        return new Settings(
                mode,
                new Settings.Start(false, Settings.RulesHistory.TOPIC),
                new Settings.Kafka(
                        broker.bootstrapServers(),
                        "it",
                        delivery,
                        Duration.ofMinutes(10),
                        true,
                        2,
                        1,
                        true,
                        Map.of()),
                new Settings.Input(
                        -1_000, 1_000_000, MINUTE, 100, false, Duration.ofMillis(500), idleAfter),
                new Settings.Pricing(
                        "default", 10, Settings.Publish.CHANGES, MINUTE, 10, 30, 100, 50, true),
                new Settings.Lake(
                        true,
                        Settings.Catalog.JDBC,
                        database.url(),
                        database.user(),
                        database.password(),
                        dir.resolve("lake").toUri().toString(),
                        4,
                        Map.of()),
                new Settings.Database(true, database.url(), database.user(), database.password()));
    }

    /** The edge of the test: what the job's main passes in. */
    private static long wallClock() {
        return System.currentTimeMillis();
    }

    private static PricingEvent event(
            String product, long version, String price, Published published, long eventTime) {
        BigDecimal amount = price == null ? null : new BigDecimal(price);
        return new PricingEvent(
                new StockLevel(
                        product,
                        "WH1",
                        100,
                        3,
                        StockLevel.ABSENT,
                        new StockVersion(eventTime, 1, version),
                        eventTime + 5),
                price == null ? Outcome.WITHDRAWN : Outcome.PRICED,
                published,
                "standard",
                amount,
                Map.of(),
                price == null ? null : "EUR",
                version,
                null,
                null,
                Cause.INVENTORY,
                eventTime,
                "default@7",
                price == null
                        ? List.of()
                        : List.of(
                                TraceStep.of(
                                        Step.BASE,
                                        "tier:standard",
                                        "",
                                        null,
                                        new BigDecimal("10.00000001"),
                                        "")));
    }

    // ---- what is there

    private static Table table(Settings settings) {
        Catalog catalog = new LakeCatalog(settings.lake()).loadCatalog();
        return catalog.loadTable(LakeTables.EVENTS);
    }

    private static List<Record> rows(Table table) throws Exception {
        List<Record> rows = new ArrayList<>();
        try (CloseableIterable<Record> records = IcebergGenerics.read(table).build()) {
            records.forEach(rows::add);
        }
        rows.sort(
                Comparator.comparing((Record row) -> (String) row.getField("product_id"))
                        .thenComparing(row -> (OffsetDateTime) row.getField("event_time")));
        return rows;
    }

    private static long partitions(Table table) throws Exception {
        try (var files = table.newScan().planFiles()) {
            List<String> partitions = new ArrayList<>();
            files.forEach(file -> partitions.add(file.file().partition().toString()));
            return partitions.stream().distinct().count();
        }
    }

    private static Map<String, String> currentPrices() throws Exception {
        try (Connection connection =
                        DriverManager.getConnection(
                                database.url(), database.user(), database.password());
                ResultSet row =
                        connection
                                .createStatement()
                                .executeQuery(
                                        "SELECT product_id, price, price_version, withdrawn"
                                                + " FROM current_prices ORDER BY 1")) {
            Map<String, String> prices = new TreeMap<>();
            while (row.next()) {
                prices.put(
                        row.getString(1),
                        row.getBigDecimal(2) + " v" + row.getLong(3) + " " + row.getBoolean(4));
            }
            return prices;
        }
    }

    private static String price(String json) {
        int begin = json.indexOf("\"price\":") + 8;
        return json.substring(begin, json.indexOf(',', begin));
    }

    // ---- Kafka

    private static KafkaProducer<byte[], byte[]> producer() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", broker.bootstrapServers());
        return new KafkaProducer<>(
                properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static KafkaConsumer<byte[], byte[]> consumer() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", broker.bootstrapServers());
        properties.put("isolation.level", "read_committed");
        properties.put("auto.offset.reset", "earliest");
        return new KafkaConsumer<>(
                properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static List<TopicPartition> assign(
            KafkaConsumer<byte[], byte[]> consumer, String topic) {
        List<TopicPartition> partitions =
                consumer.partitionsFor(topic).stream()
                        .map(info -> new TopicPartition(topic, info.partition()))
                        .toList();
        consumer.assign(partitions);
        return partitions;
    }

    /** Every committed record of a topic, in the order of each partition. */
    private static List<ConsumerRecord<byte[], byte[]>> readAll(String topic) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(assign(consumer, topic));
            Poll.until(
                    "the end of " + topic,
                    () -> {
                        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                        return ends.entrySet().stream()
                                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
                    });
        }
        return records;
    }

    private static void send(
            KafkaProducer<byte[], byte[]> producer, int partition, String message) {
        producer.send(new ProducerRecord<>(KafkaTopics.INVENTORY, partition, null, bytes(message)));
        producer.flush();
    }

    private static String inventory(String product, long eventTime) {
        return """
        {"product_id":"%s","event_time":%d,"inventory":[{"warehouse_id":"WH1","quantity":5}]}"""
                .formatted(product, eventTime);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
