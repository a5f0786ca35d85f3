package io.slackwater.pricing.connectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.slackwater.pricing.demo.Database;
import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Outcome;
import io.slackwater.pricing.model.PricingEvent.Published;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.settings.Settings;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.Committer.CommitRequest;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.connector.jdbc.JdbcConnectionOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.Driver;

/** What the table {@code current_prices} of a real database holds, and when. */
class CurrentPricesIT {

    @TempDir static Path dir;
    private static Database database;

    private final CurrentPricesSink sink = new CurrentPricesSink(options(database.url()));
    private final CommittingSinkWriter<PricingEvent, byte[]> writer = sink.createWriter(null);

    @BeforeAll
    static void startTheDatabase() {
        database = Database.start(dir);
        CurrentPrices.prepare(
                new Settings.Database(true, database.url(), database.user(), database.password()));
    }

    @AfterAll
    static void stopTheDatabase() {
        database.close();
    }

    @BeforeEach
    void emptyTheTable() throws Exception {
        try (Connection connection = connect()) {
            connection.createStatement().execute("TRUNCATE current_prices");
        }
    }

    @Test
    void holdsAPriceWhenItsCheckpointIsComplete() throws Exception {
        write("p", "W", 1, "9.99");
        writer.flush(false);
        Collection<byte[]> checkpoint = writer.prepareCommit();
        assertEquals(List.of(), rows());

        write("p", "W", 2, "8.99");
        commit(checkpoint);
        assertEquals(List.of("p W 1 9.99"), rows());

        commit(writer.prepareCommit());
        assertEquals(List.of("p W 2 8.99"), rows());
        assertEquals(0, writer.prepareCommit().size());
    }

    /** After a failure the same version may be another price: what was not committed is nothing. */
    @Test
    void knowsNothingOfWhatAFailedAttemptMade() throws Exception {
        write("p", "W", 1, "9.99");
        Collection<byte[]> checkpoint = writer.prepareCommit();
        write("p", "W", 2, "1.11");
        write("p", "W", 3, "2.22");
        writer.flush(false);

        CommittingSinkWriter<PricingEvent, byte[]> next = sink.createWriter(null);
        commit(checkpoint);
        next.write(event("p", "W", 2, "8.99"), null);
        commit(next.prepareCommit());

        assertEquals(List.of("p W 2 8.99"), rows());
    }

    @Test
    void changesNothingByWhatIsCommittedAgainOrOlder() throws Exception {
        write("p", "W", 1, "9.99");
        Collection<byte[]> first = writer.prepareCommit();
        write("p", "W", 2, "8.99");
        Collection<byte[]> second = writer.prepareCommit();

        for (Collection<byte[]> each : List.of(second, first, second, first)) {
            commit(each);
            assertEquals(List.of("p W 2 8.99"), rows());
        }
        List<byte[]> together = new ArrayList<>(second);
        together.addAll(first);
        emptyTheTable();
        commit(together);
        assertEquals(List.of("p W 2 8.99"), rows());
    }

    @Test
    void keepsTheRowOfAWithdrawnPrice() throws Exception {
        write("p", "W", 1, "9.99");
        writer.write(withdrawal("p", "W", 1), null);
        Collection<byte[]> both = writer.prepareCommit();
        commit(both);
        commit(both);
        assertEquals(List.of("p W 1 null"), rows());

        write("p", "W", 2, "7.99");
        commit(writer.prepareCommit());
        assertEquals(List.of("p W 2 7.99"), rows());
    }

    @Test
    void writesManyRowsAndAnyNames() throws Exception {
        int many = 5_000;
        for (int i = 0; i < many; i++) {
            write("product-" + i, "W\u0000'; DROP TABLE current_prices; --", 1, "0.01");
        }
        write("gr\u00fcn \uD83D\uDE00", "W", 1, "123456789012345678.12345678");
        Collection<byte[]> chunks = writer.prepareCommit();
        assertEquals(true, chunks.size() > 1, "they do not fit one chunk");
        commit(chunks);

        List<String> rows = rows();
        assertEquals(many + 1, rows.size());
        assertEquals("gr\u00fcn \uD83D\uDE00 W 1 123456789012345678.12345678", rows.get(0));
        assertEquals("product-0 W\uFFFD'; DROP TABLE current_prices; -- 1 0.01", rows.get(1));
    }

    @Test
    void goesOnOnANewConnectionWhenTheOldOneIsLost() throws Exception {
        try (Committer<byte[]> committer = sink.createCommitter(null)) {
            write("p", "W", 1, "9.99");
            committer.commit(requests(writer.prepareCommit()));
            try (Connection connection = connect()) {
                connection
                        .createStatement()
                        .execute(
                                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                        + " WHERE datname = current_database()"
                                        + " AND pid <> pg_backend_pid()");
            }
            write("p", "W", 2, "8.99");
            committer.commit(requests(writer.prepareCommit()));
        }
        assertEquals(List.of("p W 2 8.99"), rows());
    }

    @Test
    void saysThatTheDatabaseIsAway() throws Exception {
        write("p", "W", 1, "9.99");
        try (Committer<byte[]> away =
                new CurrentPricesSink(options("jdbc:postgresql://localhost:1/nobody"))
                        .createCommitter(null)) {
            Collection<CommitRequest<byte[]>> requests = requests(writer.prepareCommit());
            IOException failure = assertThrows(IOException.class, () -> away.commit(requests));
            assertEquals("current_prices cannot be written", failure.getMessage());
        }
    }

    private static JdbcConnectionOptions options(String url) {
        return new JdbcConnectionOptions.JdbcConnectionOptionsBuilder()
                .withUrl(url)
                .withDriverName(Driver.class.getName())
                .withUsername(database.user())
                .withPassword(database.password())
                .build();
    }

    private void write(String product, String warehouse, long version, String price)
            throws Exception {
        writer.write(event(product, warehouse, version, price), null);
    }

    private void commit(Collection<byte[]> rows) throws Exception {
        try (Committer<byte[]> committer = sink.createCommitter(null)) {
            List<byte[]> stored = new ArrayList<>();
            for (byte[] each : rows) {
                var serializer = sink.getCommittableSerializer();
                stored.add(
                        serializer.deserialize(
                                serializer.getVersion(), serializer.serialize(each)));
            }
            committer.commit(requests(stored));
        }
    }

    private static Collection<CommitRequest<byte[]>> requests(Collection<byte[]> rows) {
        List<CommitRequest<byte[]>> requests = new ArrayList<>();
        rows.forEach(each -> requests.add(new Request(each)));
        return Collections.unmodifiableList(requests);
    }

    private static PricingEvent event(
            String product, String warehouse, long version, String price) {
        return new PricingEvent(
                new StockLevel(product, warehouse, 100, 3, -1, new StockVersion(1_000, 1, 2), 9),
                Outcome.PRICED,
                Published.PRICE,
                "standard",
                new BigDecimal(price),
                Map.of(),
                "EUR",
                version,
                null,
                null,
                Cause.INVENTORY,
                1_000,
                "default@7",
                List.of());
    }

    private static PricingEvent withdrawal(String product, String warehouse, long version) {
        return new PricingEvent(
                new StockLevel(product, warehouse, 100, 3, -1, new StockVersion(1_000, 1, 2), 9),
                Outcome.WITHDRAWN,
                Published.TOMBSTONE,
                null,
                null,
                Map.of(),
                null,
                version,
                null,
                null,
                Cause.INVENTORY,
                1_000,
                null,
                List.of());
    }

    private static Connection connect() throws SQLException {
        return DriverManager.getConnection(database.url(), database.user(), database.password());
    }

    private static List<String> rows() throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = connect();
                ResultSet row =
                        connection
                                .createStatement()
                                .executeQuery(
                                        "SELECT product_id, warehouse_id, price_version, price"
                                                + " FROM current_prices ORDER BY product_id COLLATE \"C\"")) {
            while (row.next()) {
                BigDecimal price = row.getBigDecimal(4);
                rows.add(
                        row.getString(1)
                                + " "
                                + row.getString(2)
                                + " "
                                + row.getLong(3)
                                + " "
                                + (price == null ? null : price.toPlainString()));
            }
        }
        return rows;
    }

    /** What Flink asks a committer for; it never asks back here. */
    private record Request(byte[] committable) implements CommitRequest<byte[]> {

        @Override
        public byte[] getCommittable() {
            return committable;
        }

        @Override
        public int getNumberOfRetries() {
            return 0;
        }

        @Override
        public void signalFailedWithKnownReason(Throwable cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void signalFailedWithUnknownReason(Throwable cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void retryLater() {
            throw new AssertionError("retried");
        }

        @Override
        public void updateAndRetryLater(byte[] other) {
            throw new AssertionError("retried");
        }

        @Override
        public void signalAlreadyCommitted() {
            throw new AssertionError("committed before");
        }
    }
}
