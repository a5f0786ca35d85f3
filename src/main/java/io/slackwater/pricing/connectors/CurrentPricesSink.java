package io.slackwater.pricing.connectors;

import io.slackwater.pricing.connectors.CurrentPrices.Row;
import io.slackwater.pricing.model.PricingEvent;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.jdbc.JdbcConnectionOptions;
import org.apache.flink.connector.jdbc.datasource.connections.SimpleJdbcConnectionProvider;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the rows of a checkpoint to {@code current_prices} when it is complete.
 *
 * <p>The writer only collects rows, as bytes; they go into the checkpoint, and the committer writes
 * them afterwards, of each key the newest. After a failure it writes again what it may have written
 * before, which changes nothing. The connector's own sink writes before the checkpoint, and its XA
 * transactions cannot be rescaled and doubled rows when a task manager was lost.
 */
final class CurrentPricesSink implements Sink<PricingEvent>, SupportsCommitter<byte[]> {

    private static final long serialVersionUID = 1L;

    /** Rows that go together through state and network: large enough to be few, no more. */
    private static final int CHUNK_BYTES = 256 << 10;

    private static final int BATCH_ROWS = 500;

    /**
     * Connections are lost now and then; a database that is away restarts the job until it is back.
     */
    private static final int TRIES = 3;

    private static final Logger LOG = LoggerFactory.getLogger(CurrentPricesSink.class);

    private final JdbcConnectionOptions database;

    CurrentPricesSink(JdbcConnectionOptions database) {
        this.database = database;
    }

    @Override
    public CommittingSinkWriter<PricingEvent, byte[]> createWriter(WriterInitContext context) {
        return new Collected();
    }

    @Override
    public Committer<byte[]> createCommitter(CommitterInitContext context) {
        return new Upserts(database);
    }

    @Override
    public SimpleVersionedSerializer<byte[]> getCommittableSerializer() {
        return new AsTheyAre();
    }

    /** The rows since the last checkpoint. */
    private static final class Collected implements CommittingSinkWriter<PricingEvent, byte[]> {

        private final DataOutputSerializer rows = new DataOutputSerializer(4 << 10);
        private List<byte[]> full = new ArrayList<>();

        @Override
        public void write(PricingEvent event, Context context) throws IOException {
            Row.of(event).write(rows);
            if (rows.length() >= CHUNK_BYTES) {
                cut();
            }
        }

        private void cut() {
            full.add(rows.getCopyOfBuffer());
            rows.clear();
        }

        @Override
        public void flush(boolean endOfInput) {
            // Nothing goes out before its checkpoint is complete.
        }

        @Override
        public Collection<byte[]> prepareCommit() {
            if (rows.length() > 0) {
                cut();
            }
            List<byte[]> all = full;
            full = new ArrayList<>();
            return all;
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    /** The rows of completed checkpoints, one transaction for all that come together. */
    private static final class Upserts implements Committer<byte[]> {

        private final SimpleJdbcConnectionProvider connections;

        Upserts(JdbcConnectionOptions database) {
            connections = new SimpleJdbcConnectionProvider(database);
        }

        @Override
        public void commit(Collection<CommitRequest<byte[]>> requests)
                throws IOException, InterruptedException {
            TreeMap<Row, Row> newest = new TreeMap<>(Row.ORDER);
            for (CommitRequest<byte[]> request : requests) {
                DataInputDeserializer in = new DataInputDeserializer(request.getCommittable());
                while (in.available() > 0) {
                    Row row = Row.read(in);
                    Row known = newest.get(row);
                    // A withdrawal has the version of the price that it withdraws.
                    if (known == null
                            || row.priceVersion() > known.priceVersion()
                            || (row.priceVersion() == known.priceVersion() && row.withdrawn())) {
                        // Removed first: put would keep the old one as the key.
                        newest.remove(row);
                        newest.put(row, row);
                    }
                }
            }
            for (int tries = 1; !newest.isEmpty(); tries++) {
                try {
                    write(newest.values());
                    return;
                } catch (SQLException | ClassNotFoundException e) {
                    connections.closeConnection();
                    if (tries == TRIES) {
                        throw new IOException("current_prices cannot be written", e);
                    }
                    LOG.warn("current_prices was not written; once more", e);
                }
            }
        }

        private void write(Collection<Row> rows) throws SQLException, ClassNotFoundException {
            Connection connection = connections.getOrEstablishConnection();
            connection.setAutoCommit(false);
            try (PreparedStatement upsert = connection.prepareStatement(CurrentPrices.UPSERT)) {
                int waiting = 0;
                for (Row row : rows) {
                    row.fill(upsert);
                    upsert.addBatch();
                    if (++waiting == BATCH_ROWS) {
                        upsert.executeBatch();
                        waiting = 0;
                    }
                }
                upsert.executeBatch();
                connection.commit();
            }
        }

        @Override
        public void close() {
            connections.closeConnection();
        }
    }

    /** They are bytes already. */
    private static final class AsTheyAre implements SimpleVersionedSerializer<byte[]> {

        private static final int ROWS = 1;

        @Override
        public int getVersion() {
            return ROWS;
        }

        @Override
        public byte[] serialize(byte[] rows) {
            return rows;
        }

        @Override
        public byte[] deserialize(int version, byte[] rows) throws IOException {
            if (version != ROWS) {
                throw new IOException(
                        "Rows of current_prices of version %d are stored; known is %d."
                                .formatted(version, ROWS));
            }
            return rows;
        }
    }
}
