package io.slackwater.pricing.connectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.DashboardMetric;
import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.Source;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.settings.Settings;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptionsInternal;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.Collector;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.hadoop.HadoopFileIO;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.rest.RESTCatalog;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The lake in a catalog that is asked by REST: Iceberg's own server, in a JVM of its own. */
@Timeout(120)
class RestCatalogIT {

    private static final long HISTORY = Instant.parse("2020-02-29T23:59:50Z").toEpochMilli();

    @RegisterExtension
    static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(2)
                            .build());

    @TempDir static Path dir;
    private static RestCatalog server;

    @BeforeAll
    static void startTheCatalog() {
        server = RestCatalog.start(warehouse(), dir.resolve("rest-catalog.log"));
    }

    @AfterAll
    static void stopTheCatalog() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void everyRowOfFourTablesIsThereOnceAndTheCatalogSaysWhereTheyLie() throws Exception {
        // No warehouse, no file IO: what the catalog has decided holds.
        Settings.Lake lake = lake(server.uri(), "", Map.of());
        Lake.prepare(lake, configuration());
        Lake.prepare(lake, configuration()); // As at the second start, with the tables there.
        writeHour(lake, 0);
        writeHour(lake, 1);

        try (RESTCatalog catalog = catalog(lake)) {
            Table events = catalog.loadTable(LakeTables.EVENTS);
            assertTrue(events.location().startsWith(warehouse().toString()), events::location);
            assertEquals(Set.of("data", "metadata"), names(dir.resolve("lake/pricing/events")));
            assertEquals(
                    LongStream.range(0, 40).boxed().toList(),
                    column(catalog, LakeTables.EVENTS, "source_offset"));
            assertEquals(
                    LongStream.range(0, 40).boxed().toList(),
                    column(catalog, LakeTables.METRICS, "updates"));
            assertEquals(
                    LongStream.range(0, 40).boxed().toList(),
                    column(catalog, LakeTables.DEAD_LETTERS, "source_offset"));
            // Of each book an answer and its convergence, and nothing of what lies between.
            assertEquals(
                    LongStream.range(0, 40).flatMap(i -> LongStream.of(i, i)).boxed().toList(),
                    column(catalog, LakeTables.RULE_BOOKS, "version"));
            Set<Object> states = Set.copyOf(column(catalog, LakeTables.RULE_BOOKS, "state"));
            assertEquals(Set.of("active", "converged"), states);
            assertEquals(
                    List.of("event_time_day", "product_id_bucket"),
                    events.spec().fields().stream().map(field -> field.name()).toList());
            aJobIdThatWasUsedNeedsItsState(
                    lake, events.currentSnapshot().summary().get("flink.job-id"));
        }
    }

    private static void aJobIdThatWasUsedNeedsItsState(Settings.Lake lake, String jobId) {
        Configuration flink = configuration();
        flink.set(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID, jobId);
        StartupException refused =
                assertThrows(StartupException.class, () -> Lake.prepare(lake, flink));
        assertTrue(refused.getMessage().contains(jobId), refused::getMessage);
    }

    @Test
    void theFileIoOfTheSettingsIsTheTablesFileIo() throws Exception {
        // As docker/compose.yaml has it.
        Settings.Lake lake =
                lake(
                        server.uri(),
                        warehouse().toString(),
                        Map.of("io-impl", HadoopFileIO.class.getName()));
        Lake.prepare(lake, configuration());
        try (RESTCatalog catalog = catalog(lake)) {
            assertInstanceOf(HadoopFileIO.class, catalog.loadTable(LakeTables.EVENTS).io());
        }
    }

    @Test
    void aCatalogThatIsNotThereIsOneFaultAtTheStart() {
        Settings.Lake nowhere = lake(URI.create("http://localhost:1"), "", Map.of());
        StartupException refused =
                assertThrows(StartupException.class, () -> Lake.prepare(nowhere, configuration()));
        assertEquals(1, refused.faults().size(), refused::getMessage);
        String fault = refused.faults().get(0);
        assertTrue(
                fault.startsWith("lake.uri: the catalog at http://localhost:1 cannot be used: "),
                fault);
    }

    // ---- jobs

    /** 20 rows into each of the tables, by one job; 40 into that of the rule books. */
    private static void writeHour(Settings.Lake settings, int hour) throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration());
        environment.setParallelism(2);
        DataStream<Long> numbers =
                environment.fromSequence(20L * hour, 20L * hour + 19).uid("numbers");
        Lake lake = new Lake(settings);
        lake.events()
                .write(
                        numbers.map(RestCatalogIT::event, TypeInformation.of(PricingEvent.class))
                                .uid("events"));
        lake.metrics()
                .write(
                        numbers.map(
                                        RestCatalogIT::metric,
                                        TypeInformation.of(DashboardMetric.class))
                                .uid("metrics"));
        lake.deadLetters()
                .write(
                        numbers.map(RestCatalogIT::deadLetter, TypeInformation.of(DeadLetter.class))
                                .uid("letters"));
        lake.ruleBooks()
                .write(
                        numbers.flatMap(
                                        (FlatMapFunction<Long, RuleStatus>) RestCatalogIT::answers,
                                        TypeInformation.of(RuleStatus.class))
                                .uid("answers"));
        environment.execute("hour " + hour);
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

    private static URI warehouse() {
        return dir.resolve("lake").toUri();
    }

    private static Settings.Lake lake(URI uri, String warehouse, Map<String, String> properties) {
        return new Settings.Lake(
                true, Settings.Catalog.REST, uri.toString(), "", "", warehouse, 4, properties);
    }

    private static PricingEvent event(long number) {
        return new PricingEvent(
                new StockLevel(
                        "P" + number % 7,
                        "WH1",
                        100,
                        3,
                        StockLevel.ABSENT,
                        new StockVersion(HISTORY + 1_000 * number, 1, number),
                        HISTORY),
                PricingEvent.Outcome.PRICED,
                PricingEvent.Published.PRICE,
                "standard",
                new BigDecimal("8.00"),
                Map.of(),
                "EUR",
                number,
                null,
                null,
                Cause.INVENTORY,
                HISTORY,
                "default@7",
                List.of());
    }

    private static DashboardMetric metric(long number) {
        return new DashboardMetric(
                HISTORY,
                HISTORY + 10_000,
                "all",
                "all",
                "EUR",
                number,
                1,
                null,
                null,
                null,
                5,
                BigDecimal.TEN,
                1,
                0,
                0);
    }

    private static void answers(long number, Collector<RuleStatus> out) {
        for (RuleStatus.State state :
                List.of(
                        RuleStatus.State.ACTIVE,
                        RuleStatus.State.CONVERGING,
                        RuleStatus.State.CONVERGED)) {
            out.collect(
                    new RuleStatus(
                            "default", number, state, HISTORY, HISTORY, List.of(), null, null, null,
                            null, HISTORY, "{}", null));
        }
    }

    private static DeadLetter deadLetter(long number) {
        return new DeadLetter(
                "NOT_JSON",
                "",
                "It is not JSON.",
                new Source("inventory_raw", 1, number, HISTORY),
                null,
                null,
                null,
                false,
                HISTORY);
    }

    // ---- what is there

    private static RESTCatalog catalog(Settings.Lake lake) {
        return assertInstanceOf(RESTCatalog.class, new LakeCatalog(lake).loadCatalog());
    }

    private static Set<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    private static List<Object> column(Catalog catalog, TableIdentifier table, String column)
            throws Exception {
        List<Object> values = new ArrayList<>();
        try (CloseableIterable<Record> rows =
                IcebergGenerics.read(catalog.loadTable(table)).select(column).build()) {
            rows.forEach(row -> values.add(row.getField(column)));
        }
        return values.stream().sorted().toList();
    }
}
