package io.slackwater.pricing.connectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.DashboardMetric;
import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.Source;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.settings.Settings;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
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
                Cause.INVENTORY,
                1_000,
                null,
                List.of());
    }

    private static DashboardMetric metric() {
        return new DashboardMetric(
                0, 60_000, "all", "all", 1, 1, null, null, null, 5, BigDecimal.TEN, 1, 0, 0);
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
