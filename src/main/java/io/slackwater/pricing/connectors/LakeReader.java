package io.slackwater.pricing.connectors;

import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Outcome;
import io.slackwater.pricing.model.PricingEvent.Published;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.settings.Settings;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;

/**
 * Reads what the job has written to the lake, through the same catalog and as the same records.
 * Each call reads the newest snapshot that is committed: the job may write meanwhile, and what it
 * has written since its last checkpoint is not seen.
 *
 * <p>Every method throws {@link Unreadable} when the catalog, a table or a file cannot be read.
 */
public final class LakeReader implements AutoCloseable {

    /**
     * The order in which the job wrote the rows of one product and warehouse. It is not that of
     * their times: a stock level that comes late is priced as of its own time, which may be before
     * a book that has begun since. The price version counts what was published. Rows that published
     * nothing share the version of the price that stays, and so does the tombstone that ends it.
     *
     * <p>A live job that was started without its state counts versions from 1 again: until it has
     * caught up, the rows of the job before it are the newest.
     */
    private static final Comparator<PricingEvent> AS_WRITTEN =
            Comparator.comparingLong(PricingEvent::priceVersion)
                    .thenComparing(event -> event.published() == Published.TOMBSTONE)
                    .thenComparing(event -> event.stock().version())
                    .thenComparingLong(PricingEvent::effectiveAt)
                    // Whatever the order in which the files are read.
                    .thenComparing(PricingEvent::cause)
                    .thenComparing(
                            PricingEvent::ruleBook,
                            Comparator.nullsFirst(Comparator.naturalOrder()));

    /** What {@link #newest} needs: the columns of a row, and of its trace what it begins with. */
    private static final List<String> NEWEST_COLUMNS =
            List.of(
                    "product_id",
                    "warehouse_id",
                    "quantity",
                    "price_tier",
                    "price",
                    "currency",
                    "price_version",
                    "previous_price",
                    "cause",
                    "event_time",
                    "effective_at",
                    "rule_book",
                    "segment_prices",
                    "delivery_time",
                    "restocking_time",
                    "source_partition",
                    "source_offset",
                    "ingested_at",
                    "outcome",
                    "published",
                    "trace");

    private final Settings.Lake settings;
    private final Catalog catalog;

    private LakeReader(Settings.Lake settings, Catalog catalog) {
        this.settings = settings;
        this.catalog = catalog;
    }

    /** The lake cannot be read; the message is one line: what, where, why. */
    public static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unreadable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Opens the catalog that the settings name. */
    public static LakeReader open(Settings.Lake settings) {
        if (!settings.enabled()) {
            throw new Unreadable(
                    "lake.enabled: is false, so there is no lake to read; allowed: true", null);
        }
        try {
            return new LakeReader(settings, new LakeCatalog(settings).loadCatalog());
        } catch (RuntimeException e) {
            throw unreachable(settings, e);
        }
    }

    /**
     * The newest row of every product and warehouse that was ever priced: its price, or its
     * withdrawal. Of the trace it has the base only, with what is needed to price it again:
     * category and list price.
     */
    public Collection<PricingEvent> newest() {
        Map<Key, PricingEvent> newest = new HashMap<>();
        // A few texts stand in millions of rows.
        Map<String, String> texts = new HashMap<>();
        read(
                LakeTables.EVENTS,
                NEWEST_COLUMNS,
                Expressions.equal("superseded", false),
                row -> {
                    PricingEvent event = StoredRows.event(row, texts, 1);
                    newest.merge(
                            new Key(event.stock().productId(), event.stock().warehouseId()),
                            event,
                            (a, b) -> AS_WRITTEN.compare(a, b) <= 0 ? b : a);
                });
        return newest.values();
    }

    private record Key(String productId, String warehouseId) {}

    /**
     * Every row of a product in a warehouse in the order in which the job wrote them, those of
     * superseded stock levels before all others. Reads the files of one bucket only.
     */
    public List<PricingEvent> rowsOf(String productId, String warehouseId) {
        List<PricingEvent> rows = new ArrayList<>();
        Map<String, String> texts = new HashMap<>();
        read(
                LakeTables.EVENTS,
                List.of(),
                Expressions.and(
                        Expressions.equal("product_id", productId),
                        Expressions.equal("warehouse_id", warehouseId)),
                row -> rows.add(StoredRows.event(row, texts, Integer.MAX_VALUE)));
        rows.sort(
                Comparator.comparing((PricingEvent row) -> row.outcome() != Outcome.SUPERSEDED)
                        .thenComparing(AS_WRITTEN));
        return rows;
    }

    /**
     * Every answer about a rule book, with its document where it has one; those of a lower version
     * before those of a higher one, and of a version in the order of their publication, acceptance
     * before convergence. An answer that a restarted job has given again stands there once.
     */
    public List<RuleStatus> answers(String bookId) {
        return answers(Expressions.equal("book_id", bookId));
    }

    /**
     * The answers that accepted a version of a rule book, each with the document as it was
     * published, the newest first. None: it is not known. More than one: the version was given
     * again after a job was started without its state.
     */
    public List<RuleStatus> accepted(String bookId, long version) {
        List<RuleStatus> accepted = new ArrayList<>();
        for (RuleStatus answer :
                answers(
                        Expressions.and(
                                Expressions.equal("book_id", bookId),
                                Expressions.equal("version", version),
                                Expressions.notNull("document")))) {
            if (isAcceptance(answer)) {
                accepted.add(0, answer);
            }
        }
        return accepted;
    }

    /**
     * Returns whether an answer accepted a version, which it has the document of: what is told of a
     * version later has none. A start without state may read a version when its time is over.
     */
    static boolean isAcceptance(RuleStatus answer) {
        return answer.document() != null
                && (answer.state() == State.ACTIVE
                        || answer.state() == State.SCHEDULED
                        || answer.state() == State.ENDED);
    }

    private List<RuleStatus> answers(Expression filter) {
        List<RuleStatus> answers = new ArrayList<>();
        read(LakeTables.RULE_BOOKS, List.of(), filter, row -> answers.add(StoredRows.answer(row)));
        return answers.stream()
                .distinct()
                .sorted(
                        Comparator.comparing(
                                        RuleStatus::version,
                                        Comparator.nullsFirst(Comparator.naturalOrder()))
                                .thenComparing(
                                        RuleStatus::publishedAt,
                                        // What no message made comes after what one did.
                                        Comparator.nullsLast(Comparator.naturalOrder()))
                                // A version may end, and begin again when another one ends.
                                .thenComparing(
                                        RuleStatus::at,
                                        Comparator.nullsFirst(Comparator.naturalOrder()))
                                .thenComparing(RuleStatus::state))
                .toList();
    }

    /** Reads the newest snapshot of a table; no columns: all of them. */
    private void read(
            TableIdentifier name, List<String> columns, Expression filter, Consumer<Record> row) {
        Table table;
        try {
            table = catalog.loadTable(name);
        } catch (NoSuchTableException | NoSuchNamespaceException e) {
            throw new Unreadable(
                    "table %s: does not exist in the catalog at %s; a job that writes to this lake creates it when it starts"
                            .formatted(name, settings.uri()),
                    e);
        } catch (RuntimeException e) {
            throw unreachable(settings, e);
        }
        IcebergGenerics.ScanBuilder scan = IcebergGenerics.read(table).where(filter);
        if (!columns.isEmpty()) {
            scan.select(columns);
        }
        try (CloseableIterable<Record> records = scan.build()) {
            records.forEach(row);
        } catch (IOException | RuntimeException e) {
            throw new Unreadable(
                    "table %s: cannot be read from %s: %s"
                            .formatted(name, table.location(), StartupException.reason(e)),
                    e);
        }
    }

    private static Unreadable unreachable(Settings.Lake settings, RuntimeException e) {
        return new Unreadable(
                "lake.uri: the catalog at %s cannot be used: %s"
                        .formatted(settings.uri(), StartupException.reason(e)),
                e);
    }

    @Override
    public void close() throws IOException {
        if (catalog instanceof Closeable closeable) {
            closeable.close();
        }
    }
}
