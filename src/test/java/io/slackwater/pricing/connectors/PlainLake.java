package io.slackwater.pricing.connectors;

import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.settings.Settings;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.data.RowData;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.flink.sink.RowDataTaskWriterFactory;
import org.apache.iceberg.io.TaskWriter;

/**
 * {@code pricing.events} written without Flink: the rows of the job into Iceberg's own writers, and
 * an append for each commit. For the benchmark's bare loop, and for one thread.
 */
public final class PlainLake implements AutoCloseable {

    private final Catalog catalog;
    private final Table table;
    private final RowDataTaskWriterFactory writers;
    private TaskWriter<RowData> writer;

    private PlainLake(Catalog catalog, int number) {
        this.catalog = catalog;
        this.table = catalog.loadTable(LakeTables.EVENTS);
        this.writers = writers(table, number);
        this.writer = writers.create();
    }

    /** Creates the tables that are missing. */
    public static void prepare(Settings.Lake settings) {
        Lake.prepare(settings, new Configuration());
    }

    /** Adds rows to {@code pricing.events} and {@code pricing.rule_books}: one commit each. */
    public static void append(
            Settings.Lake settings, List<PricingEvent> events, List<RuleStatus> answers)
            throws IOException {
        Catalog catalog = new LakeCatalog(settings).loadCatalog();
        try (Closeable closing = catalog instanceof Closeable c ? c : () -> {}) {
            append(
                    catalog.loadTable(LakeTables.EVENTS),
                    events.stream().map(LakeRows::event).toList());
            append(
                    catalog.loadTable(LakeTables.RULE_BOOKS),
                    answers.stream().map(LakeRows::ruleBook).toList());
        }
    }

    static void append(Table table, List<RowData> rows) throws IOException {
        if (rows.isEmpty()) {
            return;
        }
        try (TaskWriter<RowData> writer = writers(table, 0).create()) {
            for (RowData row : rows) {
                writer.write(row);
            }
            AppendFiles append = table.newAppend();
            for (DataFile file : writer.complete().dataFiles()) {
                append.appendFile(file);
            }
            append.commit();
        }
    }

    private static RowDataTaskWriterFactory writers(Table table, int number) {
        RowDataTaskWriterFactory writers =
                new RowDataTaskWriterFactory(
                        table,
                        LakeTables.rowType(table.schema()),
                        512L << 20,
                        FileFormat.PARQUET,
                        Map.of("write.parquet.compression-codec", "zstd"),
                        Set.of(),
                        false);
        writers.initialize(number, 0);
        return writers;
    }

    /**
     * @param number of this writer, of those that write at the same time
     */
    public static PlainLake open(Settings.Lake settings, int number) {
        return new PlainLake(new LakeCatalog(settings).loadCatalog(), number);
    }

    /** Adds a row. */
    public void write(PricingEvent event) throws IOException {
        writer.write(LakeRows.event(event));
    }

    /** Makes the rows since the last commit visible. */
    public void commit() throws IOException {
        AppendFiles append = table.newAppend();
        for (DataFile file : writer.complete().dataFiles()) {
            append.appendFile(file);
        }
        append.commit();
        writer = writers.create();
    }

    @Override
    public void close() throws IOException {
        writer.abort();
        if (catalog instanceof Closeable closeable) {
            closeable.close();
        }
    }
}
