package io.slackwater.pricing.connectors;

import io.slackwater.pricing.Output;
import io.slackwater.pricing.model.DashboardMetric;
import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.settings.Settings;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.configuration.PipelineOptionsInternal;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.iceberg.DistributionMode;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.flink.TableLoader;
import org.apache.iceberg.flink.sink.IcebergSink;

/**
 * The Iceberg tables: append-only facts, committed with each checkpoint, exactly once. No upserts:
 * the deletes that they write make reads a hundred times slower until someone compacts them.
 */
final class Lake {

    /** What IcebergSink writes into the summary of each of its commits. */
    private static final String JOB_ID = "flink.job-id";

    /** How often adding columns is tried while others commit to the table. */
    private static final int MAX_ATTEMPTS = 20;

    private final LakeCatalog catalog;

    Lake(Settings.Lake settings) {
        this.catalog = new LakeCatalog(settings);
    }

    /** The name of a table and how it looks. */
    private record Layout(
            TableIdentifier name,
            Schema schema,
            PartitionSpec partitions,
            Map<String, String> properties) {}

    /**
     * Creates the namespace and the tables that are missing, adds to tables of an earlier release
     * the columns that they lack, and checks those that exist.
     *
     * @param flink the settings of Flink, which may fix the job's id
     * @throws StartupException with every fault found
     */
    static void prepare(Settings.Lake settings, ReadableConfig flink) {
        List<String> faults = new ArrayList<>();
        Catalog catalog = null;
        try {
            catalog = new LakeCatalog(settings).loadCatalog();
            createNamespace(catalog);
            for (Layout layout : layouts(settings)) {
                Table table = createWhereMissing(catalog, layout);
                addMissingColumns(table, layout);
                checkColumns(table, layout, faults);
                checkJobId(table, flink, faults);
            }
        } catch (RuntimeException e) {
            faults.add(
                    "lake.uri: the catalog at %s cannot be used: %s"
                            .formatted(settings.uri(), StartupException.reason(e)));
        } finally {
            close(catalog);
        }
        if (!faults.isEmpty()) {
            throw new StartupException(faults);
        }
    }

    private static List<Layout> layouts(Settings.Lake settings) {
        return List.of(
                new Layout(
                        LakeTables.EVENTS,
                        LakeTables.EVENTS_SCHEMA,
                        LakeTables.eventsPartitions(settings.buckets()),
                        LakeTables.PROPERTIES),
                new Layout(
                        LakeTables.METRICS,
                        LakeTables.METRICS_SCHEMA,
                        LakeTables.metricsPartitions(),
                        LakeTables.PROPERTIES),
                new Layout(
                        LakeTables.DEAD_LETTERS,
                        LakeTables.DEAD_LETTERS_SCHEMA,
                        LakeTables.deadLettersPartitions(),
                        LakeTables.PROPERTIES),
                new Layout(
                        LakeTables.RULE_BOOKS,
                        LakeTables.RULE_BOOKS_SCHEMA,
                        LakeTables.ruleBooksPartitions(),
                        LakeTables.RULE_BOOKS_PROPERTIES));
    }

    private static void createNamespace(Catalog catalog) {
        SupportsNamespaces namespaces = (SupportsNamespaces) catalog;
        try {
            if (!namespaces.namespaceExists(LakeTables.NAMESPACE)) {
                namespaces.createNamespace(LakeTables.NAMESPACE);
            }
        } catch (AlreadyExistsException e) {
            // Another job was faster.
        }
    }

    private static Table createWhereMissing(Catalog catalog, Layout layout) {
        if (!catalog.tableExists(layout.name())) {
            try {
                return catalog.createTable(
                        layout.name(), layout.schema(), layout.partitions(), layout.properties());
            } catch (AlreadyExistsException e) {
                // Another job was faster.
            }
        }
        return catalog.loadTable(layout.name());
    }

    /**
     * Adds the columns that a table of an earlier release lacks, by name; its rows have null there.
     * Only where the table is then exactly as we write it: a table of somebody else is left alone,
     * and refused by {@link #checkColumns}.
     */
    private static void addMissingColumns(Table table, Layout layout) {
        for (int attempt = 1;
                attempt <= MAX_ATTEMPTS && !isAsWritten(table.schema(), layout);
                attempt++) {
            UpdateSchema additions = table.updateSchema();
            try {
                if (!isAsWritten(additions.unionByNameWith(layout.schema()).apply(), layout)) {
                    return;
                }
            } catch (IllegalArgumentException | IllegalStateException incompatible) {
                return; // A column of this name has a type that cannot become ours.
            }
            try {
                additions.commit();
            } catch (CommitFailedException conflict) {
                // Another job has added them, or has committed rows, in the meantime: look again.
                if (attempt == MAX_ATTEMPTS) {
                    throw conflict;
                }
                table.refresh();
            }
        }
    }

    private static boolean isAsWritten(Schema schema, Layout layout) {
        return LakeTables.rowType(schema).equals(LakeTables.rowType(layout.schema()));
    }

    /**
     * Rows are written by position: other columns than ours would be filled with the wrong data.
     */
    private static void checkColumns(Table table, Layout layout, List<String> faults) {
        if (!isAsWritten(table.schema(), layout)) {
            faults.add(
                    "table %s: has other columns than this version writes, which are %s; it has %s"
                            .formatted(
                                    layout.name(),
                                    layout.schema().asStruct(),
                                    table.schema().asStruct()));
        }
    }

    /**
     * Trap: the sink asks the table which checkpoint of this job id was committed last, and skips
     * the commits up to it. A job that starts without state counts its checkpoints from 1 again;
     * with an id that was used before, all of them are skipped, silently, and the rows are gone.
     *
     * <p>Ids are random unless someone fixes one. With high availability a fixed id without a path
     * is also what a job manager sees that takes over, whose state lies elsewhere; that is not for
     * us to refuse.
     */
    private static void checkJobId(Table table, ReadableConfig flink, List<String> faults) {
        String jobId = flink.get(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID);
        if (jobId == null || StoredState.mayExist(flink)) {
            return;
        }
        for (Snapshot snapshot : table.snapshots()) {
            if (jobId.equals(snapshot.summary().get(JOB_ID))) {
                faults.add(
                        "%s: %s has written to table %s before; without its state (%s) its rows would be dropped silently: restore it, or take a new id"
                                .formatted(
                                        PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID.key(),
                                        jobId,
                                        table.name(),
                                        StateRecoveryOptions.SAVEPOINT_PATH.key()));
                return;
            }
        }
    }

    private static void close(Catalog catalog) {
        if (catalog instanceof Closeable closeable) {
            try {
                closeable.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Where every event goes. */
    Output<PricingEvent> events() {
        return output(
                LakeTables.EVENTS,
                LakeTables.EVENTS_SCHEMA,
                LakeRows::event,
                "map-event-to-row",
                "write-lake-events");
    }

    /** Where metrics go. */
    Output<DashboardMetric> metrics() {
        return output(
                LakeTables.METRICS,
                LakeTables.METRICS_SCHEMA,
                LakeRows::metric,
                "map-metric-to-row",
                "write-lake-metrics");
    }

    /** Where dead letters go. */
    Output<DeadLetter> deadLetters() {
        return output(
                LakeTables.DEAD_LETTERS,
                LakeTables.DEAD_LETTERS_SCHEMA,
                LakeRows::deadLetter,
                "map-dead-letter-to-row",
                "write-lake-dead-letters");
    }

    /**
     * Where answers about rule books go: all but how far a sweep has come, which is of the moment.
     */
    Output<RuleStatus> ruleBooks() {
        Output<RuleStatus> table =
                output(
                        LakeTables.RULE_BOOKS,
                        LakeTables.RULE_BOOKS_SCHEMA,
                        LakeRows::ruleBook,
                        "map-rule-book-to-row",
                        "write-lake-rule-books");
        return answers ->
                table.write(
                        answers.filter(answer -> answer.state() != State.CONVERGING)
                                // One file a commit: there are few.
                                .setParallelism(1)
                                .name("select-rule-book-answers")
                                .uid("select-rule-book-answers"));
    }

    private <T> Output<T> output(
            TableIdentifier table,
            Schema schema,
            MapFunction<T, RowData> row,
            String mapName,
            String sinkName) {
        return stream -> {
            DataStream<RowData> rows =
                    stream.map(row, InternalTypeInfo.of(LakeTables.rowType(schema)))
                            // Chained to what comes before: an extra shuffle costs more than it
                            // saves.
                            .setParallelism(stream.getParallelism())
                            .name(mapName)
                            .uid(mapName)
                            // The sink itself has no place for it.
                            .setDescription(mapName + ": table " + table);
            IcebergSink.forRowData(rows)
                    .tableLoader(TableLoader.fromCatalog(catalog, table))
                    // Likewise. Its price is a file for each subtask, which compaction merges.
                    .distributionMode(DistributionMode.NONE)
                    // Without it the uids of the sink's operators come from the table's name.
                    .uidSuffix(sinkName)
                    .append();
        };
    }
}
