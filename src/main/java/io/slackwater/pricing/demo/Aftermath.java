package io.slackwater.pricing.demo;

import io.slackwater.pricing.demo.Watch.Newest;
import io.slackwater.pricing.settings.Settings;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.hadoop.HadoopFileIO;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.jdbc.JdbcCatalog;

/** Reads what the job left in the lake and the database, as any other system would. */
final class Aftermath {

    private static final TableIdentifier EVENTS = TableIdentifier.of("pricing", "events");

    private final Settings settings;

    Aftermath(Settings settings) {
        this.settings = settings;
    }

    /** All rows of {@code pricing.events}, as its newest snapshot says. */
    long lakeRows() throws IOException {
        try (JdbcCatalog catalog = catalog()) {
            Snapshot snapshot = catalog.loadTable(EVENTS).currentSnapshot();
            return snapshot == null
                    ? 0
                    : Long.parseLong(snapshot.summary().getOrDefault("total-records", "0"));
        }
    }

    /** The rows of {@code pricing.events} that were published with a price, counted one by one. */
    long lakePrices() throws IOException {
        try (JdbcCatalog catalog = catalog()) {
            Table table = catalog.loadTable(EVENTS);
            try (CloseableIterable<Record> rows =
                    IcebergGenerics.read(table)
                            .select("product_id")
                            .where(Expressions.equal("published", "price"))
                            .build()) {
                long count = 0;
                for (Record row : rows) {
                    count += row == null ? 0 : 1;
                }
                return count;
            }
        }
    }

    /** The table current_prices, by the key of {@code price_list}. */
    Map<String, Newest> currentPrices() throws SQLException {
        Map<String, Newest> rows = new HashMap<>();
        Settings.Database database = settings.database();
        try (Connection connection =
                        DriverManager.getConnection(
                                database.url(), database.user(), database.password());
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT product_id, warehouse_id, price_version, quantity, price"
                                        + " FROM current_prices")) {
            while (row.next()) {
                rows.put(
                        PriceKey.of(row.getString(1), row.getString(2)),
                        new Newest(row.getLong(3), row.getLong(4), row.getBigDecimal(5)));
            }
        }
        return rows;
    }

    private JdbcCatalog catalog() {
        JdbcCatalog catalog = new JdbcCatalog();
        catalog.setConf(new Configuration());
        catalog.initialize(
                "slackwater",
                Map.of(
                        CatalogProperties.URI,
                        settings.lake().uri(),
                        CatalogProperties.WAREHOUSE_LOCATION,
                        settings.lake().warehouse(),
                        CatalogProperties.FILE_IO_IMPL,
                        HadoopFileIO.class.getName(),
                        JdbcCatalog.PROPERTY_PREFIX + "user",
                        settings.lake().user(),
                        JdbcCatalog.PROPERTY_PREFIX + "password",
                        settings.lake().password(),
                        "jdbc.schema-version",
                        "V1"));
        return catalog;
    }
}
