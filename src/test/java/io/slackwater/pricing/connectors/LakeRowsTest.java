package io.slackwater.pricing.connectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.DashboardMetric;
import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.Source;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.model.TraceStep.Step;
import io.slackwater.pricing.settings.Settings;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.Schema;
import org.junit.jupiter.api.Test;

class LakeRowsTest {

    @Test
    void everyRowHasTheColumnsOfItsTableInTheirOrder() {
        // The serializer reads each column as the type that the table has there.
        survives(LakeTables.EVENTS_SCHEMA, LakeRows.event(superseded()));
        survives(LakeTables.METRICS_SCHEMA, LakeRows.metric(metric()));
        survives(LakeTables.DEAD_LETTERS_SCHEMA, LakeRows.deadLetter(deadLetter()));
        survives(LakeTables.EVENTS_SCHEMA, LakeRows.event(priced()));
        survives(LakeTables.RULE_BOOKS_SCHEMA, LakeRows.ruleBook(refused()));
        survives(LakeTables.RULE_BOOKS_SCHEMA, LakeRows.ruleBook(nameless()));
    }

    @Test
    void theStepsOfAPriceSayWhatWasBeforeAndWhichRulesLost() {
        RowData row = LakeRows.event(priced());
        RowType columns = LakeTables.rowType(LakeTables.EVENTS_SCHEMA);
        ArrayData trace = row.getArray(columns.getFieldIndex("trace"));
        RowData base = trace.getRow(0, 6);
        assertEquals("10.00", base.getString(3).toString());
        assertTrue(base.isNullAt(4), "there is nothing before the base");
        assertTrue(base.isNullAt(5), "nothing lost");
        RowData regional = trace.getRow(1, 6);
        assertEquals("11", regional.getString(3).toString());
        assertEquals("10.00", regional.getString(4).toString());
        assertEquals("winter: less specific", regional.getString(5).toString());
    }

    @Test
    void theSegmentsOfAPriceAreAMap() {
        RowData row = LakeRows.event(priced());
        RowType columns = LakeTables.rowType(LakeTables.EVENTS_SCHEMA);
        MapData segments = row.getMap(columns.getFieldIndex("segment_prices"));
        assertEquals(1, segments.size());
        assertEquals("loyal", segments.keyArray().getString(0).toString());
        assertEquals(
                new BigDecimal("9.900000"),
                segments.valueArray().getDecimal(0, 38, 6).toBigDecimal());
    }

    @Test
    void anAmountThatDoesNotFitIsTheLargestAndNotNull() {
        BigDecimal largest = new BigDecimal("9".repeat(32) + "." + "9".repeat(6));
        for (String digits :
                List.of(
                        "9".repeat(32) + ".999999",
                        "9".repeat(32) + ".9999996",
                        "1" + "0".repeat(50))) {
            assertEquals(largest, stockValue(new BigDecimal(digits)), digits);
            assertEquals(largest.negate(), stockValue(new BigDecimal("-" + digits)), digits);
        }
        assertEquals(new BigDecimal("12.340000"), stockValue(new BigDecimal("12.34")));
    }

    private static BigDecimal stockValue(BigDecimal value) {
        DashboardMetric metric = metric();
        RowData row =
                LakeRows.metric(
                        new DashboardMetric(
                                metric.windowStart(),
                                metric.windowEnd(),
                                metric.dimension(),
                                metric.value(),
                                metric.currency(),
                                metric.updates(),
                                metric.priceChanges(),
                                metric.minPrice(),
                                metric.maxPrice(),
                                metric.avgPrice(),
                                metric.unitsOnHand(),
                                value,
                                metric.lowStock(),
                                metric.outOfStock(),
                                metric.oversold()));
        int column = LakeTables.rowType(LakeTables.METRICS_SCHEMA).getFieldIndex("stock_value");
        return row.getDecimal(column, 38, 6).toBigDecimal();
    }

    @Test
    void whatIsAbsentIsNull() {
        RowData row = LakeRows.event(superseded());
        RowType columns = LakeTables.rowType(LakeTables.EVENTS_SCHEMA);
        for (String absent :
                List.of(
                        "price_tier",
                        "price",
                        "currency",
                        "previous_price",
                        "rule_book",
                        "segment_prices",
                        "delivery_time",
                        "restocking_time")) {
            assertTrue(row.isNullAt(columns.getFieldIndex(absent)), absent);
        }
        for (int i = 0; i < columns.getFieldCount(); i++) {
            String name = columns.getFieldNames().get(i);
            if (!columns.getTypeAt(i).isNullable()) {
                assertFalse(row.isNullAt(i), name);
            }
        }
        assertTrue(row.getBoolean(columns.getFieldIndex("superseded")));
    }

    @Test
    void thePasswordIsInNothingThatIsPrinted() {
        Settings.Lake lake =
                new Settings.Lake(
                        true,
                        Settings.Catalog.JDBC,
                        "jdbc:postgresql://db/prices",
                        "slackwater",
                        "hunter2",
                        "file:///lake",
                        4,
                        Map.of());
        assertFalse(new LakeCatalog(lake).toString().contains("hunter2"));
    }

    private static void survives(Schema schema, RowData row) {
        RowDataSerializer serializer =
                InternalTypeInfo.of(LakeTables.rowType(schema)).toRowSerializer();
        assertEquals(schema.columns().size(), row.getArity());
        RowData again = serializer.toBinaryRow(row).copy();
        assertEquals(serializer.toBinaryRow(row), again);
        assertEquals(row.getArity(), again.getArity());
    }

    private static PricingEvent superseded() {
        return new PricingEvent(
                new StockLevel(
                        "P1",
                        "WH1",
                        -3,
                        StockLevel.ABSENT,
                        StockLevel.ABSENT,
                        new StockVersion(1_000, 2, 77),
                        2_000),
                PricingEvent.Outcome.SUPERSEDED,
                PricingEvent.Published.NOTHING,
                null,
                null,
                java.util.Map.of(),
                null,
                0,
                null,
                null,
                Cause.INVENTORY,
                1_000,
                null,
                List.of());
    }

    private static PricingEvent priced() {
        return new PricingEvent(
                new StockLevel("P1", "WH1", 5, 3, 7, new StockVersion(1_000, 2, 78), 2_000),
                PricingEvent.Outcome.PRICED,
                PricingEvent.Published.PRICE,
                "standard",
                new BigDecimal("11.00"),
                Map.of("loyal", new BigDecimal("9.90")),
                "EUR",
                1,
                null,
                null,
                Cause.INVENTORY,
                1_000,
                "default@7",
                List.of(
                        TraceStep.of(
                                Step.BASE, "tier:standard", "", null, new BigDecimal("10.00"), ""),
                        TraceStep.of(
                                Step.REGIONAL,
                                "north",
                                "x 1.1",
                                new BigDecimal("10.00"),
                                new BigDecimal("11"),
                                "winter: less specific")));
    }

    private static RuleStatus refused() {
        return new RuleStatus(
                "default",
                7L,
                RuleStatus.State.REJECTED,
                null,
                1_000L,
                List.of(new RuleStatus.Reason("UNKNOWN_KIND", "/rules/0/kind", "No.")),
                null,
                null,
                null,
                null,
                2_000L,
                "{}",
                null);
    }

    private static RuleStatus nameless() {
        return new RuleStatus(
                null,
                null,
                RuleStatus.State.RETIRED,
                null,
                null,
                List.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private static DashboardMetric metric() {
        return new DashboardMetric(
                0, 60_000, "all", "all", "EUR", 1, 1, null, null, null, 5, BigDecimal.TEN, 1, 0, 0);
    }

    private static DeadLetter deadLetter() {
        return new DeadLetter(
                "NOT_JSON",
                "",
                "It is not JSON.",
                new Source("inventory_raw", 1, 9, 1_000),
                null,
                null,
                null,
                false,
                1_000);
    }
}
