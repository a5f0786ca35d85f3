package io.slackwater.pricing.connectors;

import io.slackwater.pricing.Output;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Published;
import io.slackwater.pricing.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.apache.flink.connector.jdbc.JdbcConnectionOptions;
import org.apache.flink.connector.jdbc.JdbcExecutionOptions;
import org.apache.flink.connector.jdbc.core.datastream.sink.JdbcSink;
import org.postgresql.Driver;

/**
 * The table {@code current_prices} in Postgres: one row a product and warehouse.
 *
 * <p>Delivery is at least once, and the price version makes it exact: a row is only overwritten by
 * a newer version, so that what comes again after a restart changes nothing. A withdrawn price
 * keeps its row, without a price: deleted, it would forget its version, and a replay would bring it
 * back.
 *
 * <p>Two transactions that lock the same rows in different order deadlock. Here they never share a
 * row: all prices of a product come from one subtask, in their order, as long as the sink has the
 * parallelism of the stream before it (so none is set). For the same reason a batch may name a row
 * twice: it is a sequence of statements and not one, as {@code reWriteBatchedInserts} would make
 * it.
 */
final class CurrentPrices {

    static final String UPSERT =
            """
            INSERT INTO current_prices AS t (product_id, warehouse_id, quantity, price_tier, price,
                currency, price_version, cause, event_time, effective_at, rule_book, withdrawn)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (product_id, warehouse_id) DO UPDATE SET
                quantity = EXCLUDED.quantity, price_tier = EXCLUDED.price_tier,
                price = EXCLUDED.price, currency = EXCLUDED.currency,
                price_version = EXCLUDED.price_version, cause = EXCLUDED.cause,
                event_time = EXCLUDED.event_time, effective_at = EXCLUDED.effective_at,
                rule_book = EXCLUDED.rule_book, withdrawn = EXCLUDED.withdrawn, updated_at = now()
            WHERE EXCLUDED.price_version > t.price_version
               OR (EXCLUDED.price_version = t.price_version
                   AND EXCLUDED.withdrawn AND NOT t.withdrawn)
            """;

    private static final String DDL = "current_prices.sql";
    private static final int BATCH_ROWS = 500;
    private static final long BATCH_MILLIS = 100;
    private static final int RETRIES = 3;
    private static final int PATIENCE_SECONDS = 10;

    private CurrentPrices() {}

    /**
     * Connects once, and creates the table where it is missing.
     *
     * @throws StartupException when that fails
     */
    static void prepare(Settings.Database database) {
        if (database.url().toLowerCase(Locale.ROOT).contains("rewritebatchedinserts=true")) {
            throw new StartupException(
                    List.of(
                            "database.url: has reWriteBatchedInserts=true; leave it out, because the upsert of a row twice in one statement is refused by Postgres"));
        }
        Properties properties = new Properties();
        properties.put("user", database.user());
        properties.put("password", database.password());
        properties.put("loginTimeout", Integer.toString(PATIENCE_SECONDS));
        properties.put("connectTimeout", Integer.toString(PATIENCE_SECONDS));
        // Not through DriverManager, which does not see a driver that came with the job.
        try (Connection connection = new Driver().connect(database.url(), properties)) {
            if (connection == null) {
                throw new StartupException(
                        List.of(
                                "database.url: %s is not for Postgres; it must begin with jdbc:postgresql:"
                                        .formatted(database.url())));
            }
            createWhereMissing(connection);
        } catch (SQLException e) {
            throw new StartupException(
                    List.of(
                            "database.url: %s cannot be used as %s: %s"
                                    .formatted(
                                            database.url(),
                                            database.user(),
                                            StartupException.reason(e))));
        }
    }

    private static void createWhereMissing(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // Asked first: CREATE TABLE IF NOT EXISTS is refused to who may only write the rows.
            try (ResultSet table =
                    statement.executeQuery("SELECT to_regclass('current_prices') IS NOT NULL")) {
                if (table.next() && table.getBoolean(1)) {
                    return;
                }
            }
            statement.execute(ddl());
        }
    }

    private static String ddl() {
        try (InputStream sql = CurrentPrices.class.getResourceAsStream(DDL)) {
            return new String(sql.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where published events go. */
    static Output<PricingEvent> output(Settings.Database database) {
        JdbcSink<PricingEvent> sink =
                JdbcSink.<PricingEvent>builder()
                        .withQueryStatement(UPSERT, CurrentPrices::fill)
                        .withExecutionOptions(
                                JdbcExecutionOptions.builder()
                                        .withBatchSize(BATCH_ROWS)
                                        .withBatchIntervalMs(BATCH_MILLIS)
                                        .withMaxRetries(RETRIES)
                                        .build())
                        .buildAtLeastOnce(
                                new JdbcConnectionOptions.JdbcConnectionOptionsBuilder()
                                        .withUrl(database.url())
                                        .withDriverName(Driver.class.getName())
                                        .withUsername(database.user())
                                        .withPassword(database.password())
                                        .withConnectionCheckTimeoutSeconds(PATIENCE_SECONDS)
                                        .build());
        return events ->
                events.sinkTo(sink)
                        .name("write-current-prices")
                        .uid("write-current-prices")
                        .setDescription("write-current-prices: table current_prices");
    }

    /** Sets the parameters of {@link #UPSERT}. */
    static void fill(PreparedStatement row, PricingEvent event) throws SQLException {
        boolean withdrawn = event.published() == Published.TOMBSTONE;
        row.setString(1, text(event.stock().productId()));
        row.setString(2, text(event.stock().warehouseId()));
        row.setLong(3, event.stock().quantity());
        row.setString(4, text(event.priceTier()));
        if (withdrawn) {
            row.setNull(5, Types.NUMERIC);
        } else {
            row.setBigDecimal(5, event.price());
        }
        row.setString(6, text(event.currency()));
        row.setLong(7, event.priceVersion());
        row.setString(8, event.cause().text());
        row.setObject(9, time(event.stock().version().eventTime()));
        row.setObject(10, time(event.effectiveAt()));
        row.setString(11, text(event.ruleBook()));
        row.setBoolean(12, withdrawn);
    }

    private static Object time(long epochMillis) {
        return Instant.ofEpochMilli(epochMillis).atOffset(ZoneOffset.UTC);
    }

    /** Postgres refuses the character 0 in a text, and would refuse it again after each restart. */
    private static String text(String value) {
        return value == null || value.indexOf('\0') < 0 ? value : value.replace('\0', '\uFFFD');
    }
}
