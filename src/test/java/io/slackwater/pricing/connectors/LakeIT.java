package io.slackwater.pricing.connectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.demo.Database;
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
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real tables: how they follow a new release, and how they are read. */
class LakeIT {

    private static final Path OLD_SCHEMA =
            Path.of("src/test/resources/golden/lake/events-0.1.0.json");
    private static final long T = Instant.parse("2026-11-21T08:00:00Z").toEpochMilli();

    @TempDir static Path dir;
    private static Database database;

    private final Settings.Lake lake = lake();

    @BeforeAll
    static void startTheDatabase() {
        database = Database.start(dir);
    }

    @AfterAll
    static void stopTheDatabase() {
        if (database != null) {
            database.close();
        }
    }

    @BeforeEach
    void dropTheTables() throws Exception {
        try (JdbcCatalog catalog = catalog()) {
            if (catalog.namespaceExists(LakeTables.NAMESPACE)) {
                catalog.listTables(LakeTables.NAMESPACE).forEach(catalog::dropTable);
            }
        }
    }

    // ---- a new release

    @Test
    void aTableOfTheFirstReleaseGetsTheColumnsThatItLacksAndKeepsItsRows() throws Exception {
        createAsTheFirstReleaseDid();
        PricingEvent old = priced("P1", 1, "8.00", T);
        try (JdbcCatalog catalog = catalog()) {
            PlainLake.append(catalog.loadTable(LakeTables.EVENTS), List.of(asBefore(old)));
        }

        Lake.prepare(lake, new Configuration());
        Lake.prepare(lake, new Configuration()); // And at the next start nothing more.

        try (JdbcCatalog catalog = catalog()) {
            Table table = catalog.loadTable(LakeTables.EVENTS);
            assertEquals(
                    LakeTables.rowType(LakeTables.EVENTS_SCHEMA),
                    LakeTables.rowType(table.schema()));
            assertEquals(2, table.schemas().size(), "the schemas that it ever had");
        }
        PlainLake.append(lake, List.of(priced("P1", 2, "9.00", T + 1)), List.of());
        try (LakeReader reader = LakeReader.open(lake)) {
            List<PricingEvent> rows = reader.rowsOf("P1", "WH1");
            assertEquals(2, rows.size());
            TraceStep before = rows.get(0).trace().get(1);
            assertNull(before.before());
            assertEquals("", before.lost());
            TraceStep after = rows.get(1).trace().get(1);
            assertEquals(new BigDecimal("10.00"), after.before());
            assertEquals("winter: less specific", after.lost());
        }
    }

    @Test
    void jobsThatStartTogetherAddTheColumnsOnce() throws Exception {
        createAsTheFirstReleaseDid();
        int jobs = 8;
        CountDownLatch together = new CountDownLatch(jobs);
        ExecutorService threads = Executors.newFixedThreadPool(jobs);
        try {
            Callable<Void> start =
                    () -> {
                        together.countDown();
                        together.await();
                        Lake.prepare(lake, new Configuration());
                        return null;
                    };
            List<Future<Void>> starts = new ArrayList<>();
            for (int i = 0; i < jobs; i++) {
                starts.add(threads.submit(start));
            }
            for (Future<Void> started : starts) {
                started.get();
            }
        } finally {
            threads.shutdownNow();
        }
        try (JdbcCatalog catalog = catalog()) {
            Table table = catalog.loadTable(LakeTables.EVENTS);
            assertEquals(
                    LakeTables.rowType(LakeTables.EVENTS_SCHEMA),
                    LakeTables.rowType(table.schema()));
            assertEquals(2, table.schemas().size(), "the schemas that it ever had");
        }
    }

    @Test
    void aTableOfSomebodyElseIsRefusedAndLeftAlone() throws Exception {
        Schema theirs =
                new Schema(
                        Types.NestedField.required(1, "product_id", Types.LongType.get()),
                        Types.NestedField.optional(2, "colour", Types.StringType.get()));
        try (JdbcCatalog catalog = catalog()) {
            createNamespace(catalog);
            catalog.createTable(LakeTables.EVENTS, theirs);
            catalog.createTable(
                    LakeTables.METRICS,
                    new Schema(Types.NestedField.optional(1, "colour", Types.StringType.get())));
        }
        StartupException refused =
                assertThrows(StartupException.class, () -> Lake.prepare(lake, new Configuration()));
        assertEquals(2, refused.faults().size(), refused::getMessage);
        assertTrue(
                refused.faults().get(0).startsWith("table pricing.events: has other columns"),
                refused::getMessage);
        try (JdbcCatalog catalog = catalog()) {
            assertEquals(
                    theirs.asStruct(), catalog.loadTable(LakeTables.EVENTS).schema().asStruct());
            assertEquals(1, catalog.loadTable(LakeTables.METRICS).schema().columns().size());
        }
    }

    // ---- reading

    @Test
    void readsWhatWasWritten() throws Exception {
        Lake.prepare(lake, new Configuration());
        PricingEvent event =
                new PricingEvent(
                        new StockLevel("P1", "WH1", -3, 3, 7, new StockVersion(T, 2, 77), T + 5),
                        Outcome.PRICED,
                        Published.PRICE,
                        "standard",
                        new BigDecimal("11.00"),
                        Map.of("loyal", new BigDecimal("9.90"), "staff", new BigDecimal("5.50")),
                        "EUR",
                        4,
                        new BigDecimal("10.50"),
                        "EUR",
                        Cause.RULE_BOOK,
                        T + 9,
                        "default@7",
                        steps());
        RuleStatus answer =
                new RuleStatus(
                        "default",
                        8L,
                        State.REJECTED,
                        null,
                        T,
                        List.of(new Reason("UNKNOWN_KIND", "/rules/0/kind", "No.")),
                        null,
                        null,
                        null,
                        null,
                        T + 1,
                        "{}",
                        null);
        PlainLake.append(lake, List.of(event), List.of(answer));
        try (LakeReader reader = LakeReader.open(lake)) {
            assertEquals(List.of(event), reader.rowsOf("P1", "WH1"));
            assertEquals(List.of(answer), reader.answers("default"));
            assertEquals(List.of(), reader.rowsOf("P1", "WH2"));
            assertEquals(List.of(), reader.answers("other"));
        }
    }

    @Test
    void amountsHaveTheDigitsOfTheirCurrency() throws Exception {
        Lake.prepare(lake, new Configuration());
        List<PricingEvent> events = new ArrayList<>();
        for (String currency : List.of("JPY 1200", "EUR 1200.00", "KWD 1200.000", "EUR 0.10")) {
            String[] parts = currency.split(" ");
            events.add(priced(currency, parts[0], 1, parts[1], T));
        }
        PlainLake.append(lake, events, List.of());
        try (LakeReader reader = LakeReader.open(lake)) {
            for (PricingEvent event : events) {
                String product = event.stock().productId();
                assertEquals(event.price(), reader.rowsOf(product, "WH1").get(0).price());
            }
        }
    }

    @Test
    void theNewestRowIsTheOneThatTheJobWroteLast() throws Exception {
        Lake.prepare(lake, new Configuration());
        // P1: a price of 08:00, re-priced at 09:00, and then a level of 08:30 that came late.
        long late = T + 1_800_000;
        long repriced = T + 3_600_000;
        // P2: a price, the same once more with other stock, and its withdrawal: one version.
        PlainLake.append(
                lake,
                List.of(
                        row("P1", 3, "12.00", late, late, Published.PRICE),
                        row("P1", 1, "10.00", T, T, Published.PRICE),
                        row("P2", 1, "10.00", T, T, Published.PRICE),
                        row("P2", 1, null, T + 2, T + 1, Published.TOMBSTONE),
                        superseded("P3", T)),
                List.of());
        PlainLake.append(
                lake,
                List.of(
                        row("P1", 2, "11.00", T, repriced, Published.PRICE),
                        row("P2", 1, "10.00", T + 2, T + 2, Published.NOTHING),
                        superseded("P1", T - 1)),
                List.of());
        try (LakeReader reader = LakeReader.open(lake)) {
            Map<String, String> newest = new TreeMap<>();
            for (PricingEvent event : reader.newest()) {
                newest.put(
                        event.stock().productId(),
                        event.price() + " v" + event.priceVersion() + " " + event.published());
                if (event.price() != null) {
                    assertEquals(1, event.trace().size(), "its base");
                    assertEquals("garden", event.trace().get(0).category());
                }
            }
            assertEquals(Map.of("P1", "12.00 v3 PRICE", "P2", "null v1 TOMBSTONE"), newest);
            assertEquals(
                    List.of("SUPERSEDED null", "PRICED 10.00", "PRICED 11.00", "PRICED 12.00"),
                    reader.rowsOf("P1", "WH1").stream()
                            .map(event -> event.outcome() + " " + event.price())
                            .toList());
            assertEquals(
                    List.of(Published.PRICE, Published.NOTHING, Published.TOMBSTONE),
                    reader.rowsOf("P2", "WH1").stream().map(PricingEvent::published).toList());
        }
    }

    @Test
    void aVersionThatWasAcceptedTwiceHasItsNewestDocumentFirst() throws Exception {
        Lake.prepare(lake, new Configuration());
        PlainLake.append(
                lake,
                List.of(),
                List.of(
                        answer(7, State.ACTIVE, T + 2, "{\"second\":1}"),
                        answer(7, State.CONVERGED, null, null),
                        answer(7, State.REJECTED, T, "{\"refused\":1}"),
                        answer(7, State.SCHEDULED, T + 1, "{\"first\":1}"),
                        answer(8, State.ACTIVE, T + 3, "{\"other\":1}")));
        try (LakeReader reader = LakeReader.open(lake)) {
            assertEquals(
                    List.of("{\"second\":1}", "{\"first\":1}"),
                    reader.accepted("default", 7).stream().map(RuleStatus::document).toList());
            assertEquals(List.of(), reader.accepted("default", 9));
            assertEquals(
                    List.of(
                            State.REJECTED,
                            State.SCHEDULED,
                            State.ACTIVE,
                            State.CONVERGED,
                            State.ACTIVE),
                    reader.answers("default").stream().map(RuleStatus::state).toList());
        }
    }

    @Test
    void aLakeThatCannotBeReadSaysWhatAndWhere() throws Exception {
        Settings.Lake nowhere = lake("jdbc:postgresql://localhost:1/none", true);
        LakeReader.Unreadable refused =
                assertThrows(LakeReader.Unreadable.class, () -> LakeReader.open(nowhere).close());
        assertTrue(
                refused.getMessage()
                        .startsWith(
                                "lake.uri: the catalog at jdbc:postgresql://localhost:1/none cannot be used: "),
                refused::getMessage);
        assertEquals(1, refused.getMessage().lines().count());

        LakeReader.Unreadable off =
                assertThrows(
                        LakeReader.Unreadable.class,
                        () -> LakeReader.open(lake(database.url(), false)).close());
        assertTrue(off.getMessage().startsWith("lake.enabled: is false"), off::getMessage);

        try (LakeReader reader = LakeReader.open(lake)) {
            LakeReader.Unreadable empty =
                    assertThrows(LakeReader.Unreadable.class, () -> reader.newest());
            assertTrue(
                    empty.getMessage().startsWith("table pricing.events: does not exist"),
                    empty::getMessage);
        }
    }

    // ---- tables

    private static Settings.Lake lake() {
        return lake(database.url(), true);
    }

    private static Settings.Lake lake(String uri, boolean enabled) {
        return new Settings.Lake(
                enabled,
                Settings.Catalog.JDBC,
                uri,
                database.user(),
                database.password(),
                dir.resolve("lake").toUri().toString(),
                4,
                Map.of());
    }

    private JdbcCatalog catalog() {
        return (JdbcCatalog) new LakeCatalog(lake).loadCatalog();
    }

    private static void createNamespace(Catalog catalog) {
        SupportsNamespaces namespaces = (SupportsNamespaces) catalog;
        if (!namespaces.namespaceExists(LakeTables.NAMESPACE)) {
            namespaces.createNamespace(LakeTables.NAMESPACE);
        }
    }

    private void createAsTheFirstReleaseDid() throws Exception {
        Schema schema = SchemaParser.fromJson(Files.readString(OLD_SCHEMA));
        try (JdbcCatalog catalog = catalog()) {
            createNamespace(catalog);
            catalog.createTable(
                    LakeTables.EVENTS,
                    schema,
                    PartitionSpec.builderFor(schema)
                            .day("event_time")
                            .bucket("product_id", 4)
                            .build(),
                    Map.of("format-version", "2"));
        }
    }

    /** A row as the first release wrote it: steps of four columns. */
    private static RowData asBefore(PricingEvent event) {
        GenericRowData row = (GenericRowData) LakeRows.event(event);
        Object[] steps =
                event.trace().stream()
                        .map(
                                step ->
                                        GenericRowData.of(
                                                StringData.fromString(step.step().text()),
                                                StringData.fromString(step.source()),
                                                StringData.fromString(step.written()),
                                                StringData.fromString(
                                                        step.after().toPlainString())))
                        .toArray();
        row.setField(row.getArity() - 1, new GenericArrayData(steps));
        return row;
    }

    // ---- rows

    private static List<TraceStep> steps() {
        return List.of(
                TraceStep.of(
                        Step.BASE, "tier:standard", "garden", null, new BigDecimal("10.00"), ""),
                TraceStep.of(
                        Step.REGIONAL,
                        "north",
                        "x 1.1",
                        new BigDecimal("10.00"),
                        new BigDecimal("11.000"),
                        "winter: less specific"));
    }

    private static PricingEvent priced(String product, long version, String price, long at) {
        return priced(product, "EUR", version, price, at);
    }

    private static PricingEvent priced(
            String product, String currency, long version, String price, long at) {
        return new PricingEvent(
                new StockLevel(
                        product,
                        "WH1",
                        5,
                        StockLevel.ABSENT,
                        StockLevel.ABSENT,
                        new StockVersion(at, 0, version),
                        at),
                Outcome.PRICED,
                Published.PRICE,
                "standard",
                new BigDecimal(price),
                Map.of(),
                currency,
                version,
                null,
                null,
                Cause.INVENTORY,
                at,
                "default@7",
                steps());
    }

    private static PricingEvent row(
            String product,
            long version,
            String price,
            long eventTime,
            long effectiveAt,
            Published published) {
        boolean priced = price != null;
        return new PricingEvent(
                new StockLevel(
                        product,
                        "WH1",
                        5,
                        StockLevel.ABSENT,
                        StockLevel.ABSENT,
                        new StockVersion(eventTime, 0, 1),
                        eventTime),
                priced ? Outcome.PRICED : Outcome.WITHDRAWN,
                published,
                "standard",
                priced ? new BigDecimal(price) : null,
                Map.of(),
                priced ? "EUR" : null,
                version,
                null,
                null,
                Cause.INVENTORY,
                effectiveAt,
                priced ? "default@7" : null,
                priced ? steps() : List.of());
    }

    private static PricingEvent superseded(String product, long eventTime) {
        return new PricingEvent(
                new StockLevel(
                        product,
                        "WH1",
                        5,
                        StockLevel.ABSENT,
                        StockLevel.ABSENT,
                        new StockVersion(eventTime, 0, 1),
                        eventTime),
                Outcome.SUPERSEDED,
                Published.NOTHING,
                null,
                null,
                Map.of(),
                null,
                0,
                null,
                null,
                Cause.INVENTORY,
                eventTime,
                null,
                List.of());
    }

    private static RuleStatus answer(long version, State state, Long publishedAt, String document) {
        return new RuleStatus(
                "default",
                version,
                state,
                T,
                T,
                List.of(),
                null,
                null,
                null,
                null,
                publishedAt,
                document,
                null);
    }
}
