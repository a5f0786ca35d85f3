package io.slackwater.pricing.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.demo.AuditedKey.Sent;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The stock that was sent, without what the job refused: the levels of every key, and what was
 * withdrawn.
 */
final class SentStock {

    private final Settings.Input limits;
    private final AuditedKeys keys;
    private final Map<String, StockVersion> withdrawnBefore = new HashMap<>();

    SentStock(Settings.Input limits, AuditedKeys keys) {
        this.limits = limits;
        this.keys = keys;
    }

    /**
     * Adds the levels of a message of {@code inventory_raw}.
     *
     * @param now when it was read, epoch milliseconds
     */
    void add(ToldStock message, long now) {
        for (StockLevel level : message.levels()) {
            if (level != null) {
                AuditedKey key = keys.of(level.productId(), level.warehouseId());
                if (key.add(level, now)) {
                    keys.changed(key);
                }
            }
        }
        if (message.withdrawsBefore()) {
            withdrawnBefore.merge(
                    message.productId(),
                    message.version(),
                    (a, b) -> ContractModel.isBefore(a, b) ? b : a);
            keys.productChanged(message.productId());
        }
    }

    /**
     * Removes the levels that a record of {@code dead_letters} names: they are not lost, and have
     * no price. The job found a fault that {@link ToldStock} does not know.
     */
    void removeRefused(JsonNode letter) {
        JsonNode source = letter.path("source");
        if (!source.path("topic").asText().equals(KafkaTopics.INVENTORY)
                || letter.path("truncated").asBoolean()
                || !letter.path("payload_encoding").asText().equals("utf-8")) {
            return;
        }
        ToldStock refused =
                ToldStock.read(
                        null,
                        letter.path("payload").asText().getBytes(StandardCharsets.UTF_8),
                        source.path("partition").asInt(),
                        source.path("offset").asLong(),
                        ExactJson.millis(source.path("timestamp")),
                        limits);
        String[] path = letter.path("path").asText().split("/");
        boolean oneLine =
                path.length > 2 && path[1].equals("inventory") && path[2].matches("[0-9]{1,6}");
        for (int i = 0; i < refused.levels().size(); i++) {
            StockLevel level = refused.levels().get(i);
            if (level != null && (!oneLine || i == Integer.parseInt(path[2]))) {
                AuditedKey key = keys.of(level.productId(), level.warehouseId());
                if (key.remove(level.version())) {
                    keys.changed(key);
                }
            }
        }
    }

    /** Returns whether a key has a stock level that was not withdrawn. */
    boolean isSold(AuditedKey key) {
        Sent newest = key.newest();
        StockVersion withdrawn = withdrawnBefore.get(key.product());
        return newest != null
                && (withdrawn == null || !ContractModel.isBefore(newest.version(), withdrawn));
    }
}
