package io.slackwater.pricing.connectors;

import io.slackwater.pricing.Output;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Published;
import io.slackwater.pricing.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.apache.flink.connector.jdbc.JdbcConnectionOptions;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;
import org.postgresql.Driver;

/**
 * The table {@code current_prices} in Postgres: one row a product and warehouse.
 *
 * <p>A price arrives with the checkpoint that it belongs to, not before ({@link
 * CurrentPricesSink}): after a failure the job may make another price under the same version, or
 * none at all, and a row written too early would keep what nobody else ever saw. A commit may come
 * twice, and the price version makes that exact: a row is only overwritten by a newer version. A
 * withdrawn price keeps its row, without a price: deleted, it would forget its version, and a
 * replay would bring it back.
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
        CurrentPricesSink sink =
                new CurrentPricesSink(
                        new JdbcConnectionOptions.JdbcConnectionOptionsBuilder()
                                .withUrl(database.url())
                                .withDriverName(Driver.class.getName())
                                .withUsername(database.user())
                                .withPassword(database.password())
                                .withConnectionCheckTimeoutSeconds(PATIENCE_SECONDS)
                                .build());
        return events ->
                events.sinkTo(sink).name("write-current-prices").uid("write-current-prices");
    }

    /**
     * A row of the table.
     *
     * @param price null where it is withdrawn
     * @param eventTime epoch milliseconds, as is {@code effectiveAt}
     */
    record Row(
            String productId,
            String warehouseId,
            long quantity,
            String priceTier,
            BigDecimal price,
            String currency,
            long priceVersion,
            String cause,
            long eventTime,
            long effectiveAt,
            String ruleBook,
            boolean withdrawn) {

        /** Rows are written in this order, so that no two transactions wait for each other. */
        static final Comparator<Row> ORDER =
                Comparator.comparing(Row::productId).thenComparing(Row::warehouseId);

        static Row of(PricingEvent event) {
            boolean withdrawn = event.published() == Published.TOMBSTONE;
            return new Row(
                    text(event.stock().productId()),
                    text(event.stock().warehouseId()),
                    event.stock().quantity(),
                    text(event.priceTier()),
                    withdrawn ? null : event.price(),
                    text(event.currency()),
                    event.priceVersion(),
                    event.cause().text(),
                    event.stock().version().eventTime(),
                    event.effectiveAt(),
                    text(event.ruleBook()),
                    withdrawn);
        }

        static Row read(DataInputView in) throws IOException {
            String product = StringValue.readString(in);
            String warehouse = StringValue.readString(in);
            long quantity = in.readLong();
            String tier = StringValue.readString(in);
            String price = StringValue.readString(in);
            return new Row(
                    product,
                    warehouse,
                    quantity,
                    tier,
                    price == null ? null : new BigDecimal(price),
                    StringValue.readString(in),
                    in.readLong(),
                    StringValue.readString(in),
                    in.readLong(),
                    in.readLong(),
                    StringValue.readString(in),
                    in.readBoolean());
        }

        void write(DataOutputView out) throws IOException {
            StringValue.writeString(productId, out);
            StringValue.writeString(warehouseId, out);
            out.writeLong(quantity);
            StringValue.writeString(priceTier, out);
            StringValue.writeString(price == null ? null : price.toString(), out);
            StringValue.writeString(currency, out);
            out.writeLong(priceVersion);
            StringValue.writeString(cause, out);
            out.writeLong(eventTime);
            out.writeLong(effectiveAt);
            StringValue.writeString(ruleBook, out);
            out.writeBoolean(withdrawn);
        }

        /** Sets the parameters of {@link #UPSERT}. */
        void fill(PreparedStatement row) throws SQLException {
            row.setString(1, productId);
            row.setString(2, warehouseId);
            row.setLong(3, quantity);
            row.setString(4, priceTier);
            if (price == null) {
                row.setNull(5, Types.NUMERIC);
            } else {
                row.setBigDecimal(5, price);
            }
            row.setString(6, currency);
            row.setLong(7, priceVersion);
            row.setString(8, cause);
            row.setObject(9, time(eventTime));
            row.setObject(10, time(effectiveAt));
            row.setString(11, ruleBook);
            row.setBoolean(12, withdrawn);
        }
    }

    private static Object time(long epochMillis) {
        return Instant.ofEpochMilli(epochMillis).atOffset(ZoneOffset.UTC);
    }

    /** Postgres refuses the character 0 in a text, and would refuse it again after each restart. */
    private static String text(String value) {
        return value == null || value.indexOf('\0') < 0 ? value : value.replace('\0', '\uFFFD');
    }
}
