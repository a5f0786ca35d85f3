package io.slackwater.pricing.connectors;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.flink.FlinkSchemaUtil;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types.BooleanType;
import org.apache.iceberg.types.Types.DecimalType;
import org.apache.iceberg.types.Types.IntegerType;
import org.apache.iceberg.types.Types.ListType;
import org.apache.iceberg.types.Types.LongType;
import org.apache.iceberg.types.Types.MapType;
import org.apache.iceberg.types.Types.StringType;
import org.apache.iceberg.types.Types.StructType;
import org.apache.iceberg.types.Types.TimestampType;

/**
 * What the Iceberg tables look like. {@link LakeRows} fills the columns in this order.
 *
 * <p>Partitioning is hidden: by day, and the events by buckets of the product too. By the product
 * itself it would be a file for each product and checkpoint.
 */
final class LakeTables {

    static final Namespace NAMESPACE = Namespace.of("pricing");
    static final TableIdentifier EVENTS = TableIdentifier.of(NAMESPACE, "events");
    static final TableIdentifier METRICS = TableIdentifier.of(NAMESPACE, "dashboard_metrics");
    static final TableIdentifier DEAD_LETTERS = TableIdentifier.of(NAMESPACE, "dead_letters");
    static final TableIdentifier RULE_BOOKS = TableIdentifier.of(NAMESPACE, "rule_books");

    static final int AMOUNT_PRECISION = 38;
    static final int AMOUNT_SCALE = 6;

    private static final Type AMOUNT = DecimalType.of(AMOUNT_PRECISION, AMOUNT_SCALE);
    private static final Type TEXT = StringType.get();
    private static final Type LONG = LongType.get();
    private static final Type INT = IntegerType.get();
    private static final Type FLAG = BooleanType.get();
    private static final Type INSTANT = TimestampType.withZone();

    static final Schema EVENTS_SCHEMA =
            new Schema(
                    required(1, "product_id", TEXT),
                    required(2, "warehouse_id", TEXT),
                    required(3, "quantity", LONG),
                    optional(4, "price_tier", TEXT),
                    optional(5, "price", AMOUNT),
                    optional(6, "currency", TEXT),
                    required(7, "price_version", LONG),
                    optional(8, "previous_price", AMOUNT),
                    required(9, "cause", TEXT, "inventory, rule_book, schedule or catalog"),
                    required(10, "event_time", INSTANT, "of the stock level"),
                    required(11, "effective_at", INSTANT, "since when the price holds"),
                    optional(12, "rule_book", TEXT, "such as default@7"),
                    optional(13, "segment_prices", MapType.ofRequired(14, 15, TEXT, AMOUNT)),
                    optional(16, "delivery_time", INT, "days"),
                    optional(17, "restocking_time", INT, "days"),
                    required(18, "superseded", FLAG, "older than the newest known"),
                    required(19, "source_partition", INT),
                    required(20, "source_offset", LONG),
                    required(21, "ingested_at", INSTANT, "the Kafka record's timestamp"),
                    required(22, "outcome", TEXT, "priced, superseded or withdrawn"),
                    required(23, "published", TEXT, "nothing, price or tombstone"),
                    required(
                            24,
                            "trace",
                            ListType.ofRequired(
                                    25,
                                    StructType.of(
                                            required(26, "step", TEXT),
                                            required(27, "source", TEXT),
                                            required(28, "detail", TEXT),
                                            // Text: exact, whatever its digits.
                                            required(29, "after", TEXT),
                                            // At the end, where a table of release 0.1.0 gets
                                            // them too.
                                            optional(30, "before", TEXT),
                                            optional(31, "lost", TEXT, "rules that fit and lost"))),
                            "the steps that made the price, in order"),
                    // At the end, like every column that came after release 0.1.0.
                    optional(32, "previous_currency", TEXT, "of previous_price"));

    static final Schema METRICS_SCHEMA =
            new Schema(
                    required(1, "window_start", INSTANT),
                    required(2, "window_end", INSTANT),
                    required(3, "dimension", TEXT),
                    required(4, "value", TEXT),
                    required(5, "updates", LONG),
                    required(6, "price_changes", LONG),
                    optional(7, "min_price", AMOUNT),
                    optional(8, "max_price", AMOUNT),
                    optional(9, "avg_price", AMOUNT),
                    required(10, "units_on_hand", LONG),
                    optional(11, "stock_value", AMOUNT),
                    required(12, "low_stock", LONG),
                    required(13, "out_of_stock", LONG),
                    required(14, "oversold", LONG),
                    optional(15, "currency", TEXT, "of the amounts"));

    static final Schema DEAD_LETTERS_SCHEMA =
            new Schema(
                    required(1, "reason", TEXT),
                    required(2, "path", TEXT, "JSON pointer"),
                    required(3, "message", TEXT),
                    required(4, "source_topic", TEXT),
                    required(5, "source_partition", INT),
                    required(6, "source_offset", LONG),
                    required(7, "source_timestamp", INSTANT),
                    optional(8, "key", TEXT),
                    optional(9, "payload", TEXT),
                    optional(10, "payload_encoding", TEXT),
                    required(11, "truncated", FLAG),
                    required(12, "failed_at", INSTANT));

    /**
     * One row for each answer about a rule book, so that its history needs no retention of a topic.
     */
    static final Schema RULE_BOOKS_SCHEMA =
            new Schema(
                    optional(1, "book_id", TEXT),
                    optional(2, "version", LONG),
                    required(3, "state", TEXT, "such as active, rejected or converged"),
                    optional(4, "effective_from", INSTANT),
                    optional(5, "at", INSTANT, "the event time reached when it was decided"),
                    optional(6, "published_at", INSTANT, "of the book's message, where one came"),
                    required(
                            7,
                            "reasons",
                            ListType.ofRequired(
                                    8,
                                    StructType.of(
                                            required(9, "reason", TEXT),
                                            required(10, "path", TEXT, "JSON pointer"),
                                            required(11, "message", TEXT))),
                            "why it was refused; empty otherwise"),
                    optional(12, "examined", LONG, "prices"),
                    optional(13, "changed", LONG, "prices"),
                    optional(14, "took_ms", LONG),
                    optional(15, "document", TEXT, "the book as it was published"),
                    optional(16, "deciding_version", LONG, "which decides prices at that time"));

    /**
     * Table properties, set when a table is created.
     *
     * <p>The pages are small because history is written to many partitions at once, each with a
     * file of its own until the next checkpoint: 1,120 open files took 2.8 GB of heap with the
     * defaults (1 MiB a page, 2 MiB a dictionary) and 0.6 GB with these. The files were of the same
     * size.
     */
    static final Map<String, String> PROPERTIES =
            Map.of(
                    TableProperties.FORMAT_VERSION, "2",
                    TableProperties.PARQUET_COMPRESSION, "zstd",
                    TableProperties.PARQUET_PAGE_SIZE_BYTES, Integer.toString(64 << 10),
                    TableProperties.PARQUET_DICT_SIZE_BYTES, Integer.toString(64 << 10),
                    // A commit with each checkpoint: without these the metadata grow for ever.
                    TableProperties.METADATA_DELETE_AFTER_COMMIT_ENABLED, "true",
                    TableProperties.METADATA_PREVIOUS_VERSIONS_MAX, "20");

    /**
     * Properties of the table of rule books: nothing is committed where nothing was answered. The
     * sink commits an empty snapshot for every tenth checkpoint without rows by default, to say
     * that it is alive; in this table, where days pass between two rows, they would be all that
     * there is.
     */
    static final Map<String, String> RULE_BOOKS_PROPERTIES =
            with(PROPERTIES, "flink.max-continuous-empty-commits", "" + Integer.MAX_VALUE);

    private LakeTables() {}

    private static Map<String, String> with(
            Map<String, String> properties, String key, String value) {
        Map<String, String> all = new HashMap<>(properties);
        all.put(key, value);
        return Map.copyOf(all);
    }

    static PartitionSpec eventsPartitions(int buckets) {
        return PartitionSpec.builderFor(EVENTS_SCHEMA)
                .day("event_time")
                .bucket("product_id", buckets)
                .build();
    }

    static PartitionSpec metricsPartitions() {
        return PartitionSpec.builderFor(METRICS_SCHEMA).day("window_start").build();
    }

    static PartitionSpec deadLettersPartitions() {
        return PartitionSpec.builderFor(DEAD_LETTERS_SCHEMA).day("failed_at").build();
    }

    /**
     * Not at all: a few rows a day at most, which are read together. A partition a year would save
     * reading nothing, and a row without its time of publication would lie in one of its own.
     */
    static PartitionSpec ruleBooksPartitions() {
        return PartitionSpec.unpartitioned();
    }

    /** As Flink sees the rows. */
    static RowType rowType(Schema schema) {
        return FlinkSchemaUtil.convert(schema);
    }
}
