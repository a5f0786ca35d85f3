package io.slackwater.pricing.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.StockVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The entries that {@code product_catalog} has had of every product. */
final class CatalogHistory {

    /** Entries kept per product: the ones read last. */
    private static final int MAX_ENTRIES = 64;

    /** The newest entry of a product. A null entry: the catalog has none any more. */
    private record Newest(CatalogEntry entry, StockVersion version) {}

    /** Every entry that a product had, in the order in which they were read. Null: none. */
    private final Map<String, List<CatalogEntry>> read = new HashMap<>();

    private final Map<String, Newest> newest = new HashMap<>();

    /**
     * Adds a record of {@code product_catalog}. One that cannot be used is left out, as the job
     * makes it a dead letter.
     *
     * @param timestamp of the Kafka record, epoch milliseconds
     * @return the product whose newest entry this is; null: there is a newer one, or no product
     */
    String add(int partition, long offset, long timestamp, byte[] key, byte[] value) {
        String product;
        CatalogEntry entry = null;
        Long updatedAt = timestamp;
        if (value == null) {
            product = key == null ? null : ToldStock.productOf(key);
        } else {
            try {
                JsonNode json = ExactJson.read(value);
                product = json.path("product_id").asText(null);
                updatedAt = ToldStock.time(json.path("updated_at"), timestamp);
                entry = updatedAt == null ? null : entry(json, updatedAt);
            } catch (IOException | RuntimeException notAnEntry) {
                return null;
            }
        }
        if (product == null || updatedAt == null) {
            return null;
        }
        List<CatalogEntry> entries = read.computeIfAbsent(product, p -> new ArrayList<>());
        entries.add(entry);
        if (entries.size() > MAX_ENTRIES) {
            entries.remove(0);
        }
        StockVersion version = new StockVersion(updatedAt, partition, offset);
        Newest before = newest.get(product);
        if (before != null && ContractModel.isBefore(version, before.version())) {
            return null;
        }
        newest.put(product, new Newest(entry, version));
        return product;
    }

    private static CatalogEntry entry(JsonNode json, long updatedAt) {
        JsonNode listPrice = json.path("list_price");
        return new CatalogEntry(
                text(json.path("price_tier")),
                listPrice.isNumber() ? listPrice.decimalValue() : null,
                text(json.path("category")),
                updatedAt);
    }

    /** An empty text counts as absent; null: none. */
    private static String text(JsonNode node) {
        return node.asText("").isEmpty() ? null : node.asText();
    }

    /** Returns the entry of a product that counts now; null: none. */
    CatalogEntry newest(String product) {
        Newest found = newest.get(product);
        return found == null ? null : found.entry();
    }

    /**
     * Returns every entry that may have counted when a price was made, the newest one last; null
     * among them: none. The job may have read the entries in another order, so that an older one
     * may have counted for a while.
     */
    List<CatalogEntry> candidates(String product) {
        List<CatalogEntry> candidates = new ArrayList<>();
        candidates.add(null);
        candidates.addAll(read.getOrDefault(product, List.of()));
        candidates.add(newest(product));
        return candidates;
    }
}
