package io.slackwater.pricing.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.slackwater.pricing.dashboard.Controls.Promise;
import io.slackwater.pricing.settings.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Checks every price against what went in, from the topics alone: it is given each record of the
 * inputs, of {@code price_list}, and what the job answered and refused, and calculates with the
 * {@link ContractModel}. It contains no line of the job's engine (ArchitectureTest).
 *
 * <pre>
 *  inventory_raw, dead_letters  ─► SentStock, EventTimeRange ─┐
 *  product_catalog              ─► CatalogHistory ────────────┼─► PossibleQuotes ─► NewestCheck ─┐
 *  pricing_rules, rule_status   ─► AcceptedBooks ─────────────┴─► RecordCheck ───────────────────┼─► AuditPromises
 *  price_list                   ─► VersionCheck ─────────────────────────────────────────────────┘
 * </pre>
 *
 * <p>Times are epoch milliseconds of the reader's clock, which the caller reads. For one thread.
 */
final class PriceAudit {

    private final Settings.Input input;
    private final AuditedKeys keys = new AuditedKeys();
    private final SentStock stock;
    private final CatalogHistory catalog = new CatalogHistory();
    private final AcceptedBooks books;
    private final EventTimeRange eventTime;
    private final VersionCheck versionCheck = new VersionCheck();
    private final RecordCheck recordCheck;
    private final NewestCheck newestCheck;
    private final AuditPromises promises;

    /**
     * @param settings what the job was told
     * @param inventoryPartitions of {@code inventory_raw}
     * @param now when reading begins
     */
    PriceAudit(Settings settings, int inventoryPartitions, long now) {
        input = settings.input();
        stock = new SentStock(input, keys);
        books = new AcceptedBooks(settings.pricing().book());
        eventTime = new EventTimeRange(input, inventoryPartitions, now);
        PricedOffsets offsets = new PricedOffsets();
        recordCheck = new RecordCheck(catalog, books, offsets);
        newestCheck =
                new NewestCheck(
                        keys, stock, new PossibleQuotes(catalog, books, eventTime), offsets);
        promises = new AuditPromises(versionCheck, recordCheck, newestCheck);
    }

    // ---- what went in

    /** Takes a record of {@code inventory_raw}. */
    void inventory(int partition, long offset, long timestamp, byte[] key, byte[] value, long now) {
        ToldStock message = ToldStock.read(key, value, partition, offset, timestamp, input);
        if (message.productId() != null) {
            eventTime.message(partition, message.version().eventTime(), now);
            stock.add(message, now);
        }
    }

    /** Takes a record of {@code product_catalog}. */
    void catalogEntry(int partition, long offset, long timestamp, byte[] key, byte[] value) {
        String product = catalog.add(partition, offset, timestamp, key, value);
        if (product != null) {
            keys.productChanged(product);
        }
    }

    /** Takes a record of {@code pricing_rules}; {@link #ruleStatus} tells what became of it. */
    void ruleBook(long timestamp, byte[] key, byte[] value) {
        books.addPublished(timestamp, key, value);
    }

    /** Takes a record of {@code rule_status}: only the job says which books it has accepted. */
    void ruleStatus(byte[] value) throws IOException {
        books.addAnswer(ExactJson.read(value));
    }

    /** Takes a record of {@code dead_letters}. */
    void deadLetter(byte[] value) throws IOException {
        stock.removeRefused(ExactJson.read(value));
    }

    // ---- what came out

    /** Takes a record of {@code price_list}. */
    void price(byte[] recordKey, byte[] value, long now) throws IOException {
        if (value == null) {
            String id = new String(recordKey, StandardCharsets.UTF_8);
            AuditedKey key = keys.find(id);
            versionCheck.withdrawal(id, key);
            if (key != null) {
                key.withdraw();
                keys.changed(key);
            }
            return;
        }
        JsonNode json = ExactJson.read(value);
        AuditedKey key =
                keys.of(json.path("product_id").asText(), json.path("warehouse_id").asText());
        PriceRecord price = PriceRecord.of(json);
        versionCheck.price(key, price);
        recordCheck.add(key, price, now);
        keys.changed(key);
    }

    // ---- the verdict

    /**
     * Checks everything that has changed, and what was not right before.
     *
     * @param readUntil everything that stood on the topics then has been read
     */
    void look(long now, long readUntil) {
        boolean answered = books.takeAnswers();
        boolean boundaryPassed = eventTime.advance(now, books.boundaries());
        if (answered || boundaryPassed) {
            keys.allChanged();
        }
        newestCheck.look(now);
        recordCheck.look(now, readUntil);
    }

    /** Returns how the promises do, as of the last {@link #look}. */
    List<Promise> promises(long now, long readUntil) {
        return promises.at(now, readUntil);
    }

    /** Returns how many prices were recomputed and found right. */
    long explained() {
        return recordCheck.explained();
    }

    /** Returns how many prices could not be checked: their keys are too busy. */
    long unchecked() {
        return recordCheck.unchecked();
    }

    /** Returns how many prices are wrong for certain, or not explained yet. */
    long unexplained() {
        return recordCheck.wrong() + recordCheck.unexplained();
    }

    /** Returns how many keys have a price that is due. */
    long priced() {
        return newestCheck.priced();
    }

    /** Returns how many keys should have a price. */
    long sellable() {
        return newestCheck.sellable();
    }

    /** Returns one sentence about what is not right now, on its way or not; null: nothing. */
    String fault() {
        return Stream.of(
                        versionCheck.fault(),
                        recordCheck.firstWrong(),
                        recordCheck.firstUnexplained(),
                        newestCheck.anyDifference())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }
}
